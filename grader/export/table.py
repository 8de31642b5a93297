"""A CSV file for people. Programs read scores.csv: there ids are as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from grader.records.scores import Score
from grader.records.submissions import Student
from grader.report.csv_text import csv_text, flags_text, neutralised, points_text, time_text
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


def export_csv(scores: Sequence[Score], roster: Mapping[str, Student], path: Path) -> None:
    """Everybody's score, then one column a question. No cell is a formula, ids included."""
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
                points_text(score.earned),
                points_text(score.penalty),
                points_text(score.score),
                points_text(score.maximum),
                score.status,
                flags_text(score.flags),
                *question_cells(score, question_ids),
            ]
        )
    write_whole(path, csv_text(rows))
