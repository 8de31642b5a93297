"""The instructor's version of an nbgrader assignment: its cells, and what each is for."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Literal

from grader.errors import GraderError

Role = Literal["tests", "solution", "by hand", "other"]
"""`tests`: asserts that give points. `by hand`: a person gives them. `solution`: where students
write what tests look at."""

_MARKED = re.compile(r"### ?BEGIN SOLUTION", re.IGNORECASE)
_HIDDEN = re.compile(r"### ?(BEGIN|END) HIDDEN TESTS", re.IGNORECASE)


@dataclass(frozen=True)
class Cell:
    """One cell.

    Attributes:
        number: from 1, over all cells.
        name: its `grade_id`, or "".
        points: what it gives; 0 if nothing.
        is_answer: whether students write all of it: the instructor's answer, in code or in words.
    """

    number: int
    kind: str
    source: str
    role: Role = "other"
    name: str = ""
    points: Decimal = Decimal(0)
    is_answer: bool = False

    @property
    def released_as_written(self) -> str:
        """Its source with markers around all of it, if nbgrader would take all of it away."""
        if not self.is_answer or _MARKED.search(self.source):
            return self.source
        return f"### BEGIN SOLUTION\n{self.source}\n### END SOLUTION"


@dataclass(frozen=True)
class Notebook:
    """One notebook of an assignment."""

    file: Path
    cells: tuple[Cell, ...]

    @property
    def is_graded(self) -> bool:
        return any(cell.points and cell.role in ("tests", "by hand") for cell in self.cells)


def read_notebook(file: Path) -> Notebook:
    """The cells of one notebook.

    Raises:
        GraderError: it is no notebook in format 4.
    """
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        cells = document["cells"]
        return Notebook(file, tuple(_cell(number, cell) for number, cell in enumerate(cells, 1)))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise GraderError(
            "this is no notebook in nbformat 4",
            at=str(file),
            fix="open it in Jupyter and save it again",
        ) from error


def _cell(number: int, cell: Mapping[str, Any]) -> Cell:
    source = "".join(cell["source"])
    about = (cell.get("metadata") or {}).get("nbgrader") or {}
    is_graded, is_solution = bool(about.get("grade")), bool(about.get("solution"))
    role: Role = "other"
    if about.get("task") or (is_graded and is_solution):
        role = "by hand"
    elif is_graded:
        role = "tests"
    elif is_solution or _MARKED.search(source):
        role = "solution"
    return Cell(
        number,
        str(cell["cell_type"]),
        source,
        role,
        str(about.get("grade_id") or ""),
        _points(about.get("points")) if is_graded or about.get("task") else Decimal(0),
        is_solution,
    )


def _points(value: object) -> Decimal:
    try:
        points = Decimal(str(value))
    except InvalidOperation:
        return Decimal(0)
    return points if points.is_finite() and points > 0 else Decimal(0)


def hidden_lines(source: str) -> frozenset[int]:
    """The numbers, from 1, of the lines between the markers of hidden tests."""
    hidden, inside = set(), False
    for number, line in enumerate(source.split("\n"), start=1):
        marker = _HIDDEN.search(line)
        if marker:
            inside = marker[1].upper() == "BEGIN"
        elif inside:
            hidden.add(number)
    return frozenset(hidden)
