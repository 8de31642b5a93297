"""A course's files as typed objects: settings, roster, decisions, secret."""

from grader.course.canvas_course import CanvasCourse, is_loopback
from grader.course.decisions import DecisionLine, parsed, read_decisions, read_lines
from grader.course.roster import read_roster, who_withdrew, why_unsafe
from grader.course.secret import course_secret, fingerprint
from grader.course.settings import (
    Assignment,
    Course,
    find_course,
    load_assignment,
    load_course,
    with_other_rules,
)
from grader.course.tables import Row, read_rows

__all__ = [
    "Assignment",
    "CanvasCourse",
    "Course",
    "DecisionLine",
    "Row",
    "course_secret",
    "find_course",
    "fingerprint",
    "is_loopback",
    "load_assignment",
    "load_course",
    "parsed",
    "read_decisions",
    "read_lines",
    "read_roster",
    "read_rows",
    "who_withdrew",
    "why_unsafe",
    "with_other_rules",
]
