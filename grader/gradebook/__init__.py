"""The gradebook: who is in the course, what was handed in, scores, decisions; and their history.

A database: a file of SQLite beside course.toml, or PostgreSQL for several TAs. Grading needs of it
the decisions alone: scores are made of evidence and decisions, and are kept here as they become.
Nothing is ever changed without a row in `event` that says what was there before, and nothing is
deleted: a decision that is taken back stays, with who took it back.
"""

from grader.gradebook.address import Address, gradebook_at
from grader.gradebook.lines import Kept, difference, in_force, thing_of

__all__ = ["Address", "Kept", "difference", "gradebook_at", "in_force", "thing_of"]
