"""What it costs that nothing is executed twice: `grade` again, and `rejudge`, beside bare scripts.

    this process       writes a course with N hand-ins, reads the clocks of the kernel, prints
      grader COMMAND   one after the other, each in a control group of its own
      python script.py the same cells of some of the students, to compare with

The hand-ins are of hw1 and judged by hw1's own questions. They come from a grammar (`students`), so
that a seed and a number are a notebook.
"""
