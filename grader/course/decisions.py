"""What people decided, in the words of `decisions.csv`: `student,question,kind,value,reason`.

s02,,extension,+2d,ill          another deadline, 2026-02-05T17:00, or so many days more
s03,Q2,override,0.5,on paper    points of a question; without a question, the final score
s03,Q9,mark,1,                  points of a written answer
s04,,excuse,,military service   no score, and none is missed
s05,,misconduct,,copied         zero, and said so
s06,Q3,comment,,see lecture 2   words for the student; no points
s06,Q3,looked-at,yes@2,         what was doubtful in attempt 2 is as it was judged
s06,Q3,appeal,,the sign is right  a student objects: it waits in `grader review`
s07,,slip-days,2,               so many slip days, not what the order of deadlines gives
s07,,published,1@2,             slip days of attempt 2 when marks were exported
s07,,at-least,8.50@2,           no less for attempt 2: a re-grade that was to lower nobody
s08,,stands,8.50@2,             the score of attempt 2, until somebody decides otherwise
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from pathlib import Path
from typing import cast, get_args

from grader.course.clock import local_time
from grader.course.settings import Assignment
from grader.course.tables import read_rows
from grader.errors import GraderError
from grader.score import Decision, check_decision
from grader.score.decisions import Kind

KINDS: tuple[str, ...] = get_args(Kind)
LONGER = re.compile(r"\+?\s*(\d{1,3})\s*(?:d|days?)", re.IGNORECASE)  # "+2d", "2 days"


UNKEPT = re.compile("[\0\ud800-\udfff]")  # PostgreSQL has no NUL; the others are no text at all
COMMA = re.compile(r"-?\d+,\d{1,2}")  # 0,5; and not 1,000, which is read in two ways
ATTEMPT = re.compile(r"(.+)@(\d{1,6})")  # "8.50@2": points of that attempt alone


@dataclass(frozen=True)
class DecisionLine:
    """One decision in a person's words; `at` says where it stands, for messages."""

    student: str
    question: str
    kind: str
    value: str = ""
    reason: str = ""
    at: str = ""

    def place(self, column: str) -> str:
        """`submissions/hw1/decisions.csv, line 3, column value`."""
        return f"{self.at}, column {column}" if self.at else column

    def says_the_same(self, other: DecisionLine) -> bool:
        return (self.student, self.question, self.kind, self.value, self.reason) == (
            *(other.student, other.question, other.kind, other.value, other.reason),
        )


def read_lines(file: Path) -> tuple[DecisionLine, ...]:
    """The lines of a decisions.csv, in their order; none if there is no file.

    Raises:
        GraderError: it is none.
    """
    if not file.is_file():
        return ()
    rows = read_rows(file, required=("student", "question", "kind", "value"))
    return tuple(
        DecisionLine(
            row["student"],
            row["question"],
            row["kind"].lower(),
            row["value"],
            row["reason"],
            at=row.at(),
        )
        for row in rows
    )


def parsed(
    lines: Iterable[DecisionLine], assignment: Assignment, *, students: Collection[str] = ()
) -> tuple[Decision, ...]:
    """The decisions, in the order of the lines.

    Args:
        students: whom a decision can be about; anybody, if there are none.

    Raises:
        GraderError: for the first line that can't be followed.
    """
    return tuple(_decision(line, assignment, students) for line in lines)


def read_decisions(
    file: Path, assignment: Assignment, *, students: Collection[str] = ()
) -> tuple[Decision, ...]:
    """`parsed` of `read_lines`."""
    return parsed(read_lines(file), assignment, students=students)


def _decision(row: DecisionLine, assignment: Assignment, students: Collection[str]) -> Decision:
    student, kind = row.student, row.kind.lower()
    for column in ("student", "question", "kind", "value", "reason"):
        if bad := UNKEPT.search(getattr(row, column)):
            raise GraderError(
                f"a decision with a character that no gradebook keeps, {bad[0]!r}",
                at=row.place(column),
                fix="take it out",
            )
    if not student or (students and student not in students):
        close = get_close_matches(student, students, n=1)
        raise GraderError(
            f"there is no student {student!r}",
            at=row.place("student"),
            fix=f"did you mean {close[0]}?" if close else "an id of the roster",
        )
    if kind not in KINDS:
        raise GraderError(
            f"there is no kind of decision {kind!r}",
            at=row.place("kind"),
            fix=f"one of {', '.join(KINDS)}",
        )
    decision = Decision(
        student=student,
        question=row.question,
        kind=cast(Kind, kind),
        value=_value(row, kind, assignment.due),
        reason=row.reason,
        at=row.at,
        attempt=_attempt(row, kind),
    )
    check_decision(decision, assignment.points)
    if kind in NEED_A_REASON and not row.reason:
        raise GraderError(
            f"{NEED_A_REASON[kind]}: {student} will read it",
            at=row.place("reason"),
            fix="say it in a few words, such as: right on paper",
        )
    return decision


NEED_A_REASON = {
    "override": "an override without a reason",
    "misconduct": "misconduct without a word of what it was",
    "comment": "a comment without words",
    "appeal": "an appeal that says nothing",
}
FOR_AN_ATTEMPT = ("looked-at", "at-least", "stands", "published")
NO_VALUE = {
    "excuse": "an excuse",
    "misconduct": "a zero for misconduct",
    "comment": "a comment",
    "looked-at": "a look",
    "appeal": "an appeal",
}


def _attempt(row: DecisionLine, kind: str) -> int | None:
    """The attempt that a score is kept for."""
    found = ATTEMPT.fullmatch(row.value) if kind in FOR_AN_ATTEMPT else None
    return int(found[2]) if found else None


def _value(row: DecisionLine, kind: str, due: datetime) -> datetime | timedelta | Decimal | None:
    text = row.value
    if kind == "extension":
        return _extension(row, text, due)
    found = ATTEMPT.fullmatch(text) if kind in FOR_AN_ATTEMPT else None
    text = found[1] if found else text
    if kind in NO_VALUE:
        if text.lower() not in ("", "yes"):
            raise GraderError(
                f"{NO_VALUE[kind]} has no value, and here is {text!r}",
                at=row.place("value"),
                fix="leave it empty; to undo it, delete the line",
            )
        return None
    try:  # a spreadsheet that separates cells by semicolons writes 0,5
        points = Decimal(text.replace(",", ".") if COMMA.fullmatch(text) else text)
    except InvalidOperation:
        points = Decimal("NaN")
    if kind in ("slip-days", "published") and not re.fullmatch(r"\d{1,3}", text):
        raise GraderError(
            f"{text!r} is no number of slip days", at=row.place("value"), fix="0, 1, 2, ..."
        )
    if not points.is_finite():
        raise GraderError(
            f"{text!r} is not a number of points",
            at=row.place("value"),
            fix="a number with a point, such as 0.5",
        )
    return points


def _extension(row: DecisionLine, text: str, due: datetime) -> datetime | timedelta:
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
            at=row.place("value"),
            fix="a later deadline in the course's time, such as 2026-02-05T17:00, or +2d",
        ) from error
    return new


def _time(text: str, zone: tzinfo) -> datetime:
    if ":" not in text:
        raise ValueError(f"{text!r} is no date with a time of day")
    time = datetime.fromisoformat(text)
    return local_time(time, zone) if time.tzinfo is None else time.astimezone(zone)
