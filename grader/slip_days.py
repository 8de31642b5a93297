"""How many of a term's slip days are left to whom: told by the hand-ins that were due before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from grader.collect import collect_folder
from grader.course import Assignment, load_assignment
from grader.opened import OpenCourse, decisions_of
from grader.score import Decided, attempts_that_count, days_late, slip_days_left


def slip_days_of(opened: OpenCourse, assignment: Assignment) -> Callable[[str], int]:
    """How many of the term's slip days each student has left when this assignment is due."""
    bank = assignment.late.slip_days
    if bank == 0:
        return lambda student: 0
    earlier = [
        load_assignment(opened.course, name)
        for name in opened.course.assignments
        if name != assignment.id and (opened.submissions / name).is_dir()
    ]
    spent: dict[str, list[int]] = {}
    for other in sorted(earlier, key=lambda each: each.due):
        if other.due >= assignment.due:
            continue
        decisions = decisions_of(opened, other)
        handed_in = collect_folder(opened.submissions / other.id, other.notebook.name)
        for student in {each.student for each in handed_in}:
            own = [each for each in handed_in if each.student == student]
            latest = attempts_that_count(own, replace(other.late, attempts="latest"))
            time = latest[0].submitted_at if latest else None
            decided = Decided.of(student, decisions)
            if time is not None and decided.excuse is None:
                due = decided.deadline(other.due)
                spent.setdefault(student, []).append(days_late(due, time, grace=other.late.grace))
    return lambda student: slip_days_left(bank, spent.get(student, []))
