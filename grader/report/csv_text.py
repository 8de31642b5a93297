"""How values become cells of a CSV file. Pure.

A spreadsheet takes a cell that begins with `=` for a formula, and names, file names and flags
come from outside: such text gets a leading `'`. Ids and numbers are read by programs and stay.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

BOM = "\ufeff"
"""Begins a file for people: without it Excel takes UTF-8 for an older encoding."""

CONTROL_STARTS = ("\t", "\r", "\n", "\0")
# Not only at the start: where the comma is the decimal mark, a spreadsheet ends cells at `;`, and
# a quotation mark in the middle of what it takes for a cell keeps nothing together.
FORMULA = re.compile(r"""(^|[;\r\n])((?:[^\S\r\n]|["\0\u200b\ufeff])*[=+\-@＝＋－＠])""")


def neutralised(text: str) -> str:
    """`text`, but never a formula: with a leading `'` if a spreadsheet could take it for one.

    >>> neutralised("=HYPERLINK(...)"), neutralised("李 明"), neutralised("a;=1")
    ("'=HYPERLINK(...)", '李 明', "a;'=1")
    """
    safe = FORMULA.sub(r"\1'\2", text)
    return f"'{safe}" if safe.startswith(CONTROL_STARTS) else safe


def points_text(value: Decimal | None, places: int = 2) -> str:
    """So many places, half up, never an exponent; "" for None."""
    if value is None:
        return ""
    return f"{value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):f}"


def places_for(worth: Decimal, places: int) -> int:
    """`places`, or more if what something is worth has more: 0.5 is not shown as 1.

    >>> places_for(Decimal("0.5"), 0), places_for(Decimal("10"), 2)
    (1, 2)
    """
    return max(places, -int(worth.normalize().as_tuple().exponent))


def time_text(value: datetime | None) -> str:
    """ISO 8601 with the offset; "" for None."""
    return "" if value is None else value.isoformat()


def flags_text(flags: Iterable[str]) -> str:
    """Joined by `;`. Each one is neutralised, because some spreadsheets split cells at `;`."""
    return ";".join(neutralised(flag.replace(";", ",")) for flag in flags)


def csv_lines(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Each line ends in a newline, and cells are quoted where they must be.

    A NUL, which ends a cell for many readers, is dropped.
    """
    for row in rows:
        yield f"{_line(row)}\n"


def _line(row: Sequence[object]) -> str:
    # csv quotes what holds a character of the line's end: with "\r\n" a lone "\r" is quoted too
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([str(cell).replace("\0", "") for cell in row])
    return out.getvalue().removesuffix("\r\n")
