"""Scores for other systems: a table for people, and files that an LMS reads."""

from grader.export.canvas import CanvasExport, LeftOut, export_canvas
from grader.export.provisional import refuse_provisional
from grader.export.table import export_csv

__all__ = ["CanvasExport", "LeftOut", "export_canvas", "export_csv", "refuse_provisional"]
