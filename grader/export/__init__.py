"""Scores for other systems: a table for people, and files that an LMS reads."""

from grader.export.canvas import export_canvas, groups_apart
from grader.export.canvas_template import fill_canvas
from grader.export.feedback import Layout, NamedPages, in_nbgrader, layout_of, name_pages
from grader.export.filled import Filled, GradeChange, LeftOut, read_template
from grader.export.gradescope import results_files, results_json
from grader.export.moodle import fill_moodle, moodle_participants
from grader.export.provisional import refuse_provisional
from grader.export.table import export_csv
from grader.export.workbook import workbook

__all__ = [
    "Filled",
    "GradeChange",
    "Layout",
    "LeftOut",
    "NamedPages",
    "export_canvas",
    "export_csv",
    "fill_canvas",
    "fill_moodle",
    "groups_apart",
    "in_nbgrader",
    "layout_of",
    "moodle_participants",
    "name_pages",
    "read_template",
    "refuse_provisional",
    "results_files",
    "results_json",
    "workbook",
]
