"""The instructor's notebook as students get it: no solutions, no outputs, no traces of a machine.

The markers are those that nbgrader's authors know, with as many # as there are:

    ### BEGIN SOLUTION ... ### END SOLUTION              becomes a place to write in
    ### BEGIN HIDDEN TESTS ... ### END HIDDEN TESTS      goes
    ### BEGIN MARK SCHEME ... ### END MARK SCHEME        goes
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from grader.errors import GraderError

CODE = ("# YOUR CODE HERE", "raise NotImplementedError()")
TEXT = ("YOUR ANSWER HERE",)
_MARKER = re.compile(
    r"^(\s*)#+\s*(BEGIN|END)\s+(SOLUTION|HIDDEN TESTS|MARK SCHEME)\b.*$", re.IGNORECASE
)
_WORDS = r"(BEGIN|END)[\s_-]*(SOLUTIONS?|HIDDEN[\s_-]*TESTS?|MARK[\s_-]*SCHEMES?)\b"
_ALMOST = re.compile(rf"\b{_WORDS}|(?:#|<!--)(?i:\W*{_WORDS})")
"""What was meant as a marker: `<!-- BEGIN SOLUTION -->`, `> ### BEGIN SOLUTION`."""
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def stripped(notebook: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The students' version of a notebook in nbformat 4; the same for the same notebook.

    Args:
        name: of the file, for messages.

    Raises:
        GraderError: a marker has no partner, or is none.
    """
    cells = []
    for number, cell in enumerate(notebook["cells"], start=1):
        source, _ = split(cell, f"{name}, cell {number}")
        kept: dict[str, Any] = {
            "cell_type": cell["cell_type"],
            "id": cell.get("id", f"cell-{number}"),
            "metadata": {},
            "source": source,
        }
        if cell["cell_type"] == "code":
            kept |= {"execution_count": None, "outputs": []}
        # a picture of a solution goes with the text that shows it
        shown = {
            name: picture
            for name, picture in (cell.get("attachments") or {}).items()
            if re.search(rf"attachment:{re.escape(name)}(?![\w.-])", unquote(source))
        }
        if shown:
            kept["attachments"] = shown
        cells.append(kept)
    return {
        "cells": cells,
        "metadata": {"kernelspec": dict(KERNEL), "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def split(cell: Mapping[str, Any], at: str) -> tuple[str, tuple[str, ...]]:
    """What students get of a cell, and the pieces that they don't.

    Raises:
        GraderError: a marker has no partner, or is none.
    """
    lines: list[str] = []
    pieces: list[str] = []
    inside = ""
    hidden: list[str] = []
    for line in "".join(cell["source"]).split("\n"):
        marker = _MARKER.match(line)
        if marker is None and _ALMOST.search(line):
            raise GraderError(
                f"{line.strip()!r} is no marker, and what it marks would reach students",
                at=at,
                fix="write ### BEGIN SOLUTION and ### END SOLUTION, each on a line of its own that "
                "begins with #, in text cells too; or say it in other words",
            )
        if marker is None:
            (hidden if inside else lines).append(line)
            continue
        indent, which, what = marker[1], marker[2].upper(), marker[3].upper()
        if (which == "BEGIN") == bool(inside) or (inside and what != inside):
            raise GraderError(
                f"{line.strip()!r} has no partner"
                + (f": {inside} has begun and not ended" if inside else ""),
                at=at,
                fix="every ### BEGIN ... needs its ### END ..., and none lies in another",
            )
        if which == "BEGIN":
            inside, hidden = what, []
            continue
        if inside == "SOLUTION":
            text = CODE if cell["cell_type"] == "code" else TEXT
            lines += [indent + part for part in text]
        pieces.append("\n".join(hidden))
        inside = ""
    if inside:
        raise GraderError(
            f"{inside} has begun and not ended", at=at, fix=f"add a line ### END {inside}"
        )
    return "\n".join(lines), tuple(pieces)
