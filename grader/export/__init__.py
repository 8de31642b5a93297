"""Scores for other systems: a table for people, and files that an LMS reads."""

from grader.export.canvas import export_canvas
from grader.export.canvas_template import fill_canvas
from grader.export.filled import Filled, GradeChange, LeftOut, read_template
from grader.export.gradescope import results_files, results_json
from grader.export.moodle import fill_moodle
from grader.export.provisional import refuse_provisional
from grader.export.table import export_csv
from grader.export.workbook import workbook

__all__ = [
    "Filled",
    "GradeChange",
    "LeftOut",
    "export_canvas",
    "export_csv",
    "fill_canvas",
    "fill_moodle",
    "read_template",
    "refuse_provisional",
    "results_files",
    "results_json",
    "workbook",
]
