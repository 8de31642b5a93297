"""What costs marks before anything is judged: names, paths of one computer, `input()`, size."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timezone
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from grader.check.sheet import Sheet
from grader.check.source import as_python
from grader.runner.absent import bound_names
from grader.runner.statements import statements

LARGE = 20 << 20
"""Bytes of a file that some systems for handing in refuse, or show as nothing."""

SLOW = 0.5
"""Of the time that a cell may take."""

_ABSOLUTE = re.compile(r"^(?:[A-Za-z]:[\\/]|/(?:content|home|Users|mnt|drive|tmp|root)/|~[\\/])")


def warnings_on(
    sheet: Sheet, notebook: Path, cells: Sequence[str], seconds: Mapping[int, float]
) -> Iterator[str]:
    """What to mend before handing in, in words.

    Args:
        seconds: what each cell took, by number.
    """
    if notebook.name != sheet.notebook:
        yield (
            f"the file is called {notebook.name}: hand it in as {sheet.notebook}, "
            "so that nobody has to guess what it is"
        )
    size = notebook.stat().st_size
    if size > LARGE:
        yield (
            f"the file has {size >> 20} MB: clear the outputs that are large pictures or tables, "
            "and save it"
        )
    if not any(cell.strip() for cell in cells):
        yield "there is no code in it: is it the right file, and was it saved?"
    for number, cell in enumerate(cells, start=1):
        yield from _in_cell(number, cell)
    for number, took in seconds.items():
        if took > SLOW * sheet.allowed.cell_seconds:
            yield (
                f"cell {number} took {took:.0f} s here, and {sheet.allowed.cell_seconds:g} s "
                "are allowed when it is graded"
            )


def _in_cell(number: int, cell: str) -> Iterator[str]:
    for node in (part for top in statements(as_python(cell)) for part in ast.walk(top)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if _ABSOLUTE.match(node.value):
                yield (
                    f"cell {number} names {node.value[:60]!r}, a place on one computer: "
                    "use the file's name alone"
                )
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "input"
        ):
            said = "nobody answers when it is graded; write the value into the cell"
            yield f"cell {number} calls input(): {said}"


def names_defined(cells: Sequence[str]) -> frozenset[str]:
    """The names that the cells bind at their top level."""
    return frozenset(
        name for cell in cells for node in statements(as_python(cell)) for name in bound_names(node)
    )


UNKNOWN = "extensions are not known here"


def lateness(sheet: Sheet, now: datetime) -> str:
    """What handing in now would cost, by this computer's clock; "" if nothing is known.

    Whether somebody has an extension is known to the course, and not here.
    """
    if not sheet.late:
        return ""
    for place, step in enumerate(sheet.late):
        until = datetime.fromisoformat(step.until)
        if now < until:
            left = _in_words((until - now).total_seconds())
            if place == 0:
                return f"on time by this computer's clock, for another {left}"
            days = f"{place} day{'s' * (place > 1)} late by this computer's clock"
            if not sheet.late_is_simple:
                return f"{days}, for another {left}; {UNKNOWN}"
            return f"{days}: x {step.factor.normalize():f}, for another {left}; {UNKNOWN}"
    return f"too late by this computer's clock: it would be 0; {UNKNOWN}"


def now() -> datetime:
    return datetime.now(timezone.utc)


def points(number: Decimal) -> str:
    """Rounded for people, half-up, without zeros at the end."""
    rounded = number.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return f"{rounded.normalize():f}"


def _in_words(seconds: float) -> str:
    minutes = int(seconds // 60)
    if minutes < 120:
        return f"{minutes} minutes"
    hours = minutes // 60
    return f"{hours} hours" if hours < 48 else f"{hours // 24} days"
