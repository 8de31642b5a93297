"""What pages cost: `grader report --fresh` beside plain `nbconvert --to html`.

    this process          writes a course with N hand-ins, grades it, reads the clocks, prints
      grader report       all pages of the class again, with its makers, one a core
      jupyter nbconvert   the same executed notebooks, one process a core, each with its share

Both have started, and imported, within what is measured. The hand-ins come from a grammar, see
`benchmarks.evidence`.
"""
