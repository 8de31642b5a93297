"""The values that the stages exchange: plain, frozen data.

NumPy and the standard library alone, Python 3.10 and later: the students' self-check is made of
this folder and of `grader.judge`.
"""
