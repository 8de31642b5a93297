"""The grader doubts itself: pure functions that say where an author may be wrong, not a student.

`agreement` looks at a class, while it is graded. The others look at questions before anyone is
asked: `calibration` at tolerances, `flakiness` at verdicts that move from run to run, `toothless`
at checks that nothing wrong fails.
"""
