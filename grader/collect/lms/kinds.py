"""Which LMS a download is from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from grader.collect.lms.canvas import canvas, is_canvas
from grader.collect.lms.delivery import Delivery, Owner
from grader.collect.lms.download import File
from grader.collect.lms.gradescope import gradescope, is_gradescope
from grader.collect.lms.moodle import is_moodle, moodle
from grader.collect.lms.nbgrader import is_nbgrader, nbgrader
from grader.collect.lms.plain import plain
from grader.records.submissions import Student

Kind = Literal["canvas", "moodle", "gradescope", "nbgrader", "folder"]


def kind_of(files: Sequence[File], assignment: str) -> Kind:
    """What made these files, by their names; a plain folder if no LMS did."""
    names = [file.name for file in _handed_in(files)]
    if is_gradescope(names):
        return "gradescope"
    if is_moodle(names):
        return "moodle"
    if is_canvas(names):
        return "canvas"
    if is_nbgrader(names, assignment):
        return "nbgrader"
    return "folder"


def deliveries(
    kind: Kind,
    files: Sequence[File],
    *,
    assignment: str,
    expected_name: str,
    students: Mapping[str, Student],
    worksheet: Mapping[str, Owner],
) -> list[Delivery]:
    """The hand-ins that these files are.

    Args:
        expected_name: of the notebook.
        worksheet: Moodle's, by participant.
    """
    files = _handed_in(files)
    if kind == "canvas":
        return canvas(files, expected_name)
    if kind == "moodle":
        return moodle(files, worksheet)
    if kind == "gradescope":
        return gradescope(files)
    if kind == "nbgrader":
        return nbgrader(files, assignment)
    known = [form for each in students.values() for form in (each.id, each.login) if form]
    return plain(files, known)


def _handed_in(files: Sequence[File]) -> list[File]:
    """Without what the system of whoever packed it has left there, such as .DS_Store."""
    return [
        file
        for file in files
        if not file.name.startswith("__MACOSX/")
        and not any(part.startswith(".") for part in file.name.split("/"))
    ]
