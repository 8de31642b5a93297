"""The records that a course keeps: evidence above all, so that no student's code runs twice.

    evidence/HW/runs/       what each notebook did, and what each probe of it gave; by the run's key
    evidence/HW/plans/      what was asked and expected; by the plan's key
    evidence/HW/verdicts/   what judging said of a run under a plan
    evidence/HW/receipts/   what each score was made of; by student
    evidence/HW/pushed/     what was pushed to Canvas; by student
    evidence/HW/notebooks   the key of a file's cells, by the file's SHA-256

A record is written whole or not at all, and checked when it is read: one that is not what was
written is as good as not there.
"""
