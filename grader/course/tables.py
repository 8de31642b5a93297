"""CSV files that people keep: rows by column name, each with its line."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.errors import GraderError


@dataclass(frozen=True, slots=True)
class Row:
    """One row; its cells without the space around them, "" where there is none.

    `places`: of the columns, by name; the same for all rows of a file.
    """

    file: Path
    line: int
    cells: tuple[str, ...]
    places: Mapping[str, int]

    def __getitem__(self, column: str) -> str:
        place = self.places.get(column, len(self.cells))
        return self.cells[place] if place < len(self.cells) else ""

    def at(self, column: str = "") -> str:
        """`submissions/hw1/manifest.csv, line 42, column submitted_at`."""
        place = f"{self.file}, line {self.line}"
        return f"{place}, column {column}" if column else place


def read_rows(file: Path, *, required: Sequence[str]) -> list[Row]:
    """The rows of a CSV file with a header; blank rows are left out. UTF-8, with a BOM or without.

    Cells are separated as those of the header are: by commas, or, as a spreadsheet writes them
    where the comma is the decimal mark, by semicolons, or by tabs.

    Raises:
        GraderError: if the file can't be read, or has a required column not once.
    """
    rows: list[Row] = []
    try:
        with file.open(newline="", encoding="utf-8-sig") as stream:
            first = stream.readline()
            separator = next((mark for mark in ",;\t" if mark in first), ",")
            stream.seek(0)
            reader = csv.reader(stream, delimiter=separator)
            header = [name.strip().lower() for name in next(reader, [])]
            places = {name: place for place, name in enumerate(header)}  # the last of a name
            line = reader.line_num + 1  # a quoted cell may span lines: a row is where it starts
            for values in reader:
                if any(value.strip() for value in values):
                    cells = tuple(value.strip() for value in values)
                    rows.append(Row(file, line, cells, places))
                line = reader.line_num + 1
    except UnicodeDecodeError as error:
        raise GraderError(
            "the file is not UTF-8 text", at=str(file), fix="save it as CSV UTF-8"
        ) from error
    except (csv.Error, OSError) as error:
        raise GraderError(f"the file can't be read: {error}", at=str(file)) from error
    absent = [column for column in required if column not in header]
    if absent:
        raise GraderError(
            f"there is no column {' and no column '.join(absent)}",
            at=f"{file}, line 1",
            fix=f"the first line is: {','.join(required)}",
        )
    for column in required:
        if header.count(column) > 1:
            raise GraderError(
                f"there are {header.count(column)} columns {column}",
                at=f"{file}, line 1",
                fix="leave one of them, or call the others something else",
            )
    return rows
