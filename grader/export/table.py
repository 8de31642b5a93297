"""The table for people: everybody's score, then one column a question. And it as a CSV file, which
begins with a BOM, and in which no cell is a formula, ids included.

Programs read scores.csv: there ids are as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import chain
from pathlib import Path

from grader.records.scores import Score
from grader.records.submissions import Student
from grader.report.csv_text import (
    BOM,
    csv_lines,
    flags_text,
    neutralised,
    places_for,
    points_text,
    time_text,
)
from grader.report.files import write_whole
from grader.report.words import rounding_in_words

COLUMNS = (
    "student",
    "name",
    "section",
    "submitted_at",
    "days_late",
    "earned",
    "penalty",
    "score",
    "maximum",
    "status",
    "flags",
    "rounding",
)


@dataclass(frozen=True)
class Points:
    """A number that is shown, and rounded half up, to so many decimal places."""

    value: Decimal
    places: int


@dataclass(frozen=True)
class Flags:
    flags: tuple[str, ...]


Cell = str | int | Points | datetime | Flags | None
"""None is blank. A text may say anything: students choose names of files."""


def people_table(
    scores: Sequence[Score], roster: Mapping[str, Student], *, places: int = 2
) -> Iterator[list[Cell]]:
    """A header and a row for each score, one after the other: there may be many thousands.

    Args:
        places: decimal places of points, as the late policy has them.
    """
    question_ids = list(dict.fromkeys(q.id for score in scores for q in score.questions))
    yield [*COLUMNS, *question_ids]
    for score in scores:
        student = roster.get(score.student)
        earned = {
            question.id: Points(question.earned, places_for(question.points, places))
            for question in score.questions
            if score.attempt is not None
        }
        yield [
            score.student,
            score.name,
            student.section if student else "",
            score.submitted_at,
            score.days_late,
            Points(score.earned, places),
            Points(score.penalty, places),
            None if score.score is None else Points(score.score, places),
            Points(score.maximum, places_for(score.maximum, places)),
            score.status,
            Flags(score.flags),
            rounding_in_words(places),
            *(earned.get(id) for id in question_ids),
        ]


def export_csv(
    scores: Sequence[Score], roster: Mapping[str, Student], path: Path, *, places: int = 2
) -> None:
    """Write the table so that Excel shows names as they are.

    Args:
        places: decimal places of points, as the late policy has them.
    """
    rows = people_table(scores, roster, places=places)
    write_whole(path, chain([BOM], csv_lines(list(map(_text, row)) for row in rows)))


def _text(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case Points(value, places):
            return points_text(value, places)
        case Flags(flags):
            return flags_text(flags)
        case datetime():
            return time_text(cell)
        case int():
            return str(cell)
    return neutralised(cell)
