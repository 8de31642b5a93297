"""A CSV file for people: it begins with a BOM, and no cell is a formula, ids included.

Programs read scores.csv: there ids are as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from grader.report.tables import question_cells

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
)


def export_csv(
    scores: Sequence[Score], roster: Mapping[str, Student], path: Path, *, places: int = 2
) -> None:
    """Everybody's score, then one column a question, so that Excel shows names as they are.

    Args:
        places: decimal places of points, as the late policy has them.
    """
    question_ids = list(dict.fromkeys(q.id for score in scores for q in score.questions))
    rows: list[Sequence[object]] = [(*COLUMNS, *map(neutralised, question_ids))]
    for score in scores:
        student = roster.get(score.student)
        rows.append(
            [
                neutralised(score.student),
                neutralised(score.name),
                neutralised(student.section) if student else "",
                time_text(score.submitted_at),
                "" if score.days_late is None else score.days_late,
                points_text(score.earned, places),
                points_text(score.penalty, places),
                points_text(score.score, places),
                points_text(score.maximum, places_for(score.maximum, places)),
                score.status,
                flags_text(score.flags),
                *question_cells(score, question_ids, places),
            ]
        )
    write_whole(path, chain([BOM], csv_lines(rows)))
