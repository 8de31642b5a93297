"""What a grading leaves in the gradebook, in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from grader.course.decisions import DecisionLine
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

    with writing(address) as connection:
        return connection.execute(select(change.c.id).limit(1)).first() is None


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
