"""How values become cells of a CSV file. Pure.

A spreadsheet takes a cell that begins with `=` for a formula, and names, file names and flags
come from outside: such text gets a leading `'`. Ids and numbers are read by programs and stay.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")


def neutralised(text: str) -> str:
    """`text`, but never a formula: with a leading `'` if a spreadsheet could take it for one.

    >>> neutralised("=HYPERLINK(...)"), neutralised("李 明")
    ("'=HYPERLINK(...)", '李 明')
    """
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) else text


def points_text(value: Decimal | None) -> str:
    """Two places, half up, never an exponent; "" for None."""
    return "" if value is None else f"{value.quantize(CENT, ROUND_HALF_UP):f}"


def time_text(value: datetime | None) -> str:
    """ISO 8601 with the offset; "" for None."""
    return "" if value is None else value.isoformat()


def flags_text(flags: Iterable[str]) -> str:
    """Joined by `;`. Each one is neutralised, because some spreadsheets split cells at `;`."""
    return ";".join(neutralised(flag.replace(";", ",")) for flag in flags)


def csv_text(rows: Iterable[Sequence[object]]) -> str:
    """UTF-8 has no BOM here, lines end in a newline, and cells are quoted where they must be."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()
