"""An automated grading harness for notebooks full of mathematics.

The line that data follows, one folder a stage:

    collect -> execute -> judge -> score -> report / export

`course` reads the configuration, `questions` is what authors write and `plan()` makes of it,
`records` are the values that the stages exchange. See docs/architecture.md.
"""

__version__ = "0.1.0"
