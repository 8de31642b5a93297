"""Scores as files and pages that people read. Knows nothing of judging or of clocks."""

from grader.report.feedback import feedback_page
from grader.report.folder import Shown, page_file, write_class, write_page
from grader.report.summary import summary_page
from grader.report.tables import (
    places_of,
    read_scores_json,
    write_scores_csv,
    write_scores_json,
)

__all__ = [
    "Shown",
    "feedback_page",
    "page_file",
    "places_of",
    "read_scores_json",
    "summary_page",
    "write_class",
    "write_page",
    "write_scores_csv",
    "write_scores_json",
]
