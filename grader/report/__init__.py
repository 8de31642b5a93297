"""Scores as files and pages that people read. Knows nothing of judging or of clocks."""

from grader.report.feedback import feedback_page
from grader.report.folder import write_report
from grader.report.summary import summary_page
from grader.report.tables import (
    places_of,
    read_scores_json,
    scores_document,
    write_scores_csv,
    write_scores_json,
)

__all__ = [
    "feedback_page",
    "places_of",
    "read_scores_json",
    "scores_document",
    "summary_page",
    "write_report",
    "write_scores_csv",
    "write_scores_json",
]
