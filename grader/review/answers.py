"""Where a written answer stands in a notebook, and which answers are the same. Pure.

An answer's cell is known from the instructor's notebook: the text cells with a solution belong to
the written questions, in their order. In a student's notebook it is the cell with that id; or, in
one that an older program saved without ids, what stands between the cells around it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Cell = Mapping[str, Any]


@dataclass(frozen=True)
class Place:
    """Where an answer is to be: the cell's id, and the text of the cells around it."""

    cell: str
    before: str
    after: str


def places(instructors: Sequence[Cell], solutions: Sequence[int], count: int) -> list[Place] | None:
    """Of `count` written questions; None if there are not as many text cells with a solution.

    Args:
        instructors: the cells of the instructor's notebook, as students get them.
        solutions: which of them are text and had a solution.
    """
    if len(solutions) != count:
        return None
    return [
        Place(
            cell=str(instructors[number].get("id", "")),
            before=_text(instructors[number - 1]) if number else "",
            after=_text(instructors[number + 1]) if number + 1 < len(instructors) else "",
        )
        for number in solutions
    ]


def answer_at(cells: Sequence[Cell], place: Place) -> list[int]:
    """Which cells of a student's notebook hold the answer; none if it is not to be found."""
    by_id = [number for number, cell in enumerate(cells) if cell.get("id") == place.cell]
    if place.cell and len(by_id) == 1:
        start = by_id[0]
        return [start, *_following(cells, start + 1, place.after)]
    before = [number for number, cell in enumerate(cells) if _text(cell) == place.before]
    if not place.before or len(before) != 1:
        return []
    return _following(cells, before[0] + 1, place.after)


def _following(cells: Sequence[Cell], start: int, after: str) -> list[int]:
    """Text cells from `start` up to the cell that comes after the answer."""
    found = []
    for number in range(start, len(cells)):
        cell = cells[number]
        if cell.get("cell_type") != "markdown" or (after and _text(cell) == after):
            break
        if re.match(r"#{1,3} ", _text(cell)):  # the next question
            break
        found.append(number)
    return found


def same(text: str) -> str:
    """What two answers have in common if they say the same: letters, digits and signs, without
    the space between, and without difference between capital and small letters."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _text(cell: Cell) -> str:
    source = cell.get("source", "")
    return ("".join(source) if isinstance(source, (list, tuple)) else str(source)).strip()


def text_of(cells: Sequence[Cell], numbers: Sequence[int]) -> str:
    """The answer, as it was typed."""
    return "\n\n".join(_text(cells[number]) for number in numbers).strip()
