"""What people decided, from `decisions.csv`: `student,question,kind,value,reason`."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from pathlib import Path
from typing import cast, get_args

from grader.course.clock import local_time
from grader.course.settings import Assignment
from grader.course.tables import Row, read_rows
from grader.errors import GraderError
from grader.score import Decision, check_decision
from grader.score.decisions import Kind

KINDS: tuple[str, ...] = get_args(Kind)
LONGER = re.compile(r"\+?\s*(\d{1,3})\s*(?:d|days?)", re.IGNORECASE)  # "+2d", "2 days"


def read_decisions(
    file: Path, assignment: Assignment, *, students: Collection[str] = ()
) -> tuple[Decision, ...]:
    """The decisions in the order of the file; none if there is no file.

    Args:
        students: whom a decision can be about; anybody, if there are none.

    Raises:
        GraderError: for the first line that can't be followed.
    """
    if not file.is_file():
        return ()
    rows = read_rows(file, required=("student", "question", "kind", "value"))
    return tuple(_decision(row, assignment, students) for row in rows)


def _decision(row: Row, assignment: Assignment, students: Collection[str]) -> Decision:
    student, kind = row["student"], row["kind"].lower()
    if not student or (students and student not in students):
        close = get_close_matches(student, students, n=1)
        raise GraderError(
            f"there is no student {student!r}",
            at=row.at("student"),
            fix=f"did you mean {close[0]}?" if close else "an id of the roster",
        )
    if kind not in KINDS:
        raise GraderError(
            f"there is no kind of decision {kind!r}",
            at=row.at("kind"),
            fix=f"one of {', '.join(KINDS)}",
        )
    decision = Decision(
        student=student,
        question=row["question"],
        kind=cast(Kind, kind),
        value=_value(row, kind, assignment.due),
        reason=row["reason"],
        at=row.at(),
    )
    check_decision(decision, assignment.points)
    if kind == "override" and not row["reason"]:
        raise GraderError(
            f"an override without a reason: {student} will read why",
            at=row.at("reason"),
            fix="say in a few words why, such as: right on paper",
        )
    return decision


def _value(row: Row, kind: str, due: datetime) -> datetime | timedelta | Decimal | None:
    text = row["value"]
    if kind == "extension":
        return _extension(row, text, due)
    if kind == "excuse":
        if text.lower() not in ("", "yes"):
            raise GraderError(
                f"an excuse has no value, and here is {text!r}",
                at=row.at("value"),
                fix="leave it empty; to undo an excuse, delete the line",
            )
        return None
    try:
        points = Decimal(text)
    except InvalidOperation:
        points = Decimal("NaN")
    if not points.is_finite():
        raise GraderError(
            f"{text!r} is not a number of points",
            at=row.at("value"),
            fix="a number with a point, such as 0.5",
        )
    return points


def _extension(row: Row, text: str, due: datetime) -> datetime | timedelta:
    assert due.tzinfo is not None
    longer = LONGER.fullmatch(text)
    if longer:
        return timedelta(days=int(longer[1]))
    try:
        new = _time(text, due.tzinfo)
        if new < due:
            raise ValueError(f"{text} is before the deadline, {due:%Y-%m-%d %H:%M}")
    except (ValueError, OverflowError) as error:
        raise GraderError(
            f"an extension that can't be followed: {error}",
            at=row.at("value"),
            fix="a later deadline in the course's time, such as 2026-02-05T17:00, or +2d",
        ) from error
    return new


def _time(text: str, zone: tzinfo) -> datetime:
    if ":" not in text:
        raise ValueError(f"{text!r} is no date with a time of day")
    time = datetime.fromisoformat(text)
    return local_time(time, zone) if time.tzinfo is None else time.astimezone(zone)
