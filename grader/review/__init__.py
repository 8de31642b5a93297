"""The screen for grading by hand: `grader review HW`.

A web application on this machine alone. What a person decides goes into the gradebook, as any
decision does; the pages here show, ask and pass on, and hold no rule about points.

    queue.py    what waits for a person, and in which order
    answers.py  where a written answer stands in a notebook, and which are the same
    desk.py     one assignment while it is reviewed: reads, decides, takes back
    again.py    makes scores and pages again behind one's back, one command's worth at a time
    door.py     who may come in: this machine, this address, this token
    app.py      addresses and pages
"""
