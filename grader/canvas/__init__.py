"""Canvas itself, by its REST API: who handed in what and when; grades and pages back.

Imports canvasapi, which is an extra, only when Canvas is asked.
"""

from grader.canvas.dating import dated_by_canvas, times_of_files
from grader.canvas.errors import CanvasError
from grader.canvas.hand_ins import hand_ins_of
from grader.canvas.opening import is_configured, open_canvas
from grader.canvas.suggestions import Suggestion, suggestions_of

__all__ = [
    "CanvasError",
    "Suggestion",
    "dated_by_canvas",
    "hand_ins_of",
    "is_configured",
    "open_canvas",
    "suggestions_of",
    "times_of_files",
]
