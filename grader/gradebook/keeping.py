"""What a grading leaves in the gradebook, in one transaction."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Sequence

from grader.course.decisions import DecisionLine
from grader.errors import GraderError
from grader.gradebook.address import Address, source_of_lines
from grader.gradebook.lines import NEVER_LOWER
from grader.records.scores import Score
from grader.records.submissions import Student, Submission


def ready(address: Address) -> bool:
    """Make the gradebook, or see that it can be written: before an hour of running, not after.

    Returns:
        Whether it is new: nothing was ever kept in it.

    Raises:
        GraderError: it cannot.
    """
    from sqlalchemy import select

    from grader.gradebook.database import writing
    from grader.gradebook.tables import change

    _refuse_read_only(address)
    with writing(address) as connection:
        return connection.execute(select(change.c.id).limit(1)).first() is None


def _refuse_read_only(address: Address) -> None:
    """SQLite lets a transaction that is to write begin all the same, and fails at its end."""
    if address.file is None or not address.file.exists():
        return
    for place in (address.file, address.file.resolve().parent):  # beside it is its journal
        if not os.access(place, os.W_OK):
            raise GraderError(
                "the gradebook can't be used: it can't be written to",
                at=str(place),
                fix="you need to be allowed to write to the file and to its folder",
            )


def keep_grading(
    address: Address,
    assignment: str,
    *,
    command: str,
    continues: int | None,
    students: Iterable[Student],
    withdrawn: Collection[str],
    submissions: Iterable[Submission],
    scores: Sequence[Score],
    lines: Sequence[DecisionLine],
    kept_up: Sequence[DecisionLine] = (),
) -> int | None:
    """Keep who is in the course, what was handed in, what was decided, and the scores.

    Args:
        command: what the person typed.
        continues: the change that this belongs to; None begins one.
        lines: of decisions.csv.
        kept_up: decisions that keep scores from falling.

    Returns:
        The change's number; None if nothing changed.

    Raises:
        GraderError: the gradebook can't be written. Scores and pages are, by then.
    """
    from grader.gradebook import decisions, results
    from grader.gradebook.changes import ChangeSet
    from grader.gradebook.database import writing

    with writing(address) as connection:
        change = ChangeSet(
            connection, "grading", command, assignment=assignment, continues=continues
        )
        results.keep_students(change, students, withdrawn)
        results.keep_attempts(change, assignment, submissions)
        decisions.import_lines(change, assignment, lines, source_of_lines(address))
        decisions.add(change, assignment, kept_up, source=NEVER_LOWER)
        results.keep_scores(change, assignment, scores)
        change.write()
        return change.number_if_any
