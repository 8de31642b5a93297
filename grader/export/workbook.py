"""An Excel workbook for people: a sheet of scores, and a sheet that says how they came to be.

Numbers are numbers, and a text is a text whatever it begins with: a cell's kind is said, never
guessed. A name `=HYPERLINK("...")` is shown as it is, also after somebody has edited the cell: for
that it has the format of text, and the mark of one that was typed behind a `'`.

XlsxWriter can only write, needs nothing else and comes out several times a year; openpyxl, which
reads as well, has had no release since 2024. pandas would write decimals as texts.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from grader.errors import GraderError
from grader.export.table import Cell, Flags, Points, people_table
from grader.records.scores import Score
from grader.records.submissions import Student
from grader.report.csv_text import points_text

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

LONGEST_TEXT = 32_767  # characters; Excel takes no more in a cell
WIDEST = 300  # pixels
TEXT = "@"
TIME = "yyyy-mm-dd hh:mm:ss"


def workbook(
    scores: Sequence[Score],
    roster: Mapping[str, Student],
    *,
    facts: Sequence[tuple[str, str]],
    zone: tzinfo | None,
    made_at: datetime,
    places: int = 2,
) -> bytes:
    """The file's content.

    Args:
        facts: for the second sheet: what, and what there is to say of it.
        zone: of the times in it, which a cell cannot say.
        places: decimal places of points, as the late policy has them.

    Raises:
        GraderError: XlsxWriter is not installed.
    """
    try:
        import xlsxwriter
    except ImportError as error:
        raise GraderError(
            "an Excel file needs the package XlsxWriter, which is not installed",
            fix='pip install "grader[excel]", or export --to csv, which Excel opens too',
        ) from error
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        book.set_properties({"created": made_at.replace(tzinfo=None)})
        sheet = book.add_worksheet("scores")
        table = list(people_table(scores, roster, places=places))
        _fill(sheet, table, book, zone, has_header=True)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, len(table) - 1, len(table[0]) - 1)
        sheet.autofit(WIDEST)
        about = book.add_worksheet("about")
        _fill(about, facts, book, zone)
        about.autofit(2 * WIDEST)
    return content.getvalue()


def _fill(
    sheet: Worksheet,
    rows: Sequence[Sequence[Cell]],
    book: Workbook,
    zone: tzinfo | None,
    *,
    has_header: bool = False,
) -> None:
    """Each kind of cell by its own method: XlsxWriter's `write` would guess."""

    @cache
    def look(number: str, *, bold: bool = False) -> Format:
        form = {"num_format": number, "bold": bold, "quote_prefix": number == TEXT}
        made: Format = book.add_format(form)
        return made

    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            match cell:
                case None:
                    pass
                case Points(value, places):
                    # a float would be written with a 16th digit: 0.07000000000000001
                    shown = Decimal(points_text(value, places))
                    form = f"0.{'0' * places}" if places else "0"
                    sheet.write_number(row, column, shown, look(form))
                case datetime():
                    here = cell.astimezone(zone).replace(tzinfo=None)
                    sheet.write_datetime(row, column, here, look(TIME))
                case int():
                    sheet.write_number(row, column, cell)
                case str() | Flags():
                    text = _fitting("; ".join(cell.flags) if isinstance(cell, Flags) else cell)
                    is_bold = has_header and row == 0
                    sheet.write_string(row, column, text, look(TEXT, bold=is_bold))


def _fitting(text: str) -> str:
    """As Excel takes it: cut if it is too long, and without a NUL."""
    text = text.replace("\0", "")
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"
