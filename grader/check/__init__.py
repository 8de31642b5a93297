"""The students' self-check: what lies in `check.py`, and in `grader check`.

It says what was checked and what was not. It never says that all is well, because hidden cases
decide. Where a public case would be the answer itself, it says how the answer was read.

NumPy and the standard library alone, Python 3.10 and later, on any system: `grader.release` puts
this folder, the judge and what they need into one file.

    sheet      what students may know of an assignment: plain data
    source     a notebook's cells, read from its file, without Jupyter
    child      runs the cells in a process of its own, and answers probes
    parent     starts that process, with time limits; evidence comes back
    lines      from evidence to what a student reads
    handin     what costs marks before anything is judged: names, absolute paths, input()
    live       `check("Q3")` in a notebook, on the values that are there
    show       all of it as text, as HTML, as JSON
"""
