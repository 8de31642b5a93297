"""Marks that were given elsewhere, from a CSV: `student,mark`, or `group,mark`.

A mark is a number of points, or a word: `excused`, or `missing` for who handed nothing in. An empty
cell, and no row at all, is no mark.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from typing import Literal

from grader.course import Row, read_rows
from grader.course.weights import MarksFile
from grader.errors import GraderError
from grader.final.refusals import refuse

WORDS: dict[str, Literal["excused", "missing"]] = {
    "excused": "excused",
    "ex": "excused",  # as Canvas writes it
    "missing": "missing",
}
# 8,5 is what a spreadsheet writes where the comma is the decimal mark; 1,000 may be a thousand
NUMBER = re.compile(r"([+-]?)([0-9]{1,9}(?:[.][0-9]{1,9})?|[0-9]{1,9},[0-9]{1,2}|[.][0-9]{1,9})")


@dataclass(frozen=True, slots=True)
class GivenMark:
    """What stands in a row; `points` is None unless it is `marked`."""

    state: Literal["marked", "excused", "missing"]
    points: Decimal | None = None


def read_marks(
    marks: MarksFile, owners: Collection[str], *, of: Literal["student", "group"], known_from: str
) -> dict[str, GivenMark]:
    """Who has which mark; who has none is not in it.

    Args:
        owners: whose marks there may be: ids of students, or names of groups.
        of: the column that says whose a mark is.
        known_from: where owners are listed.

    Raises:
        GraderError: names all that can't be right: an owner whom nobody knows, or who is there
            twice; what is no mark, or more than the maximum.
    """
    rows = read_rows(marks.file, required=(of, marks.column))
    errors = not_unique(rows, of)
    found = {}
    for row in rows:
        owner, cell = row[of], row[marks.column]
        if owner not in owners:
            errors.append(unknown(row, of, owners, known_from))
        try:
            given = mark_of(row, marks)
        except GraderError as error:
            errors.append(error)
            continue
        if given is not None and cell:
            found[owner] = given
    refuse(errors)
    return found


def mark_of(row: Row, marks: MarksFile) -> GivenMark | None:
    """What a row gives; None for an empty cell.

    Raises:
        GraderError: it is no mark, or outside of what can be given.
    """
    text = row[marks.column]
    if not text:
        return None
    word = WORDS.get(text.lower())
    if word:
        return GivenMark(word)
    points = number_of(text)
    if points is None:
        raise GraderError(
            f"{text!r} is no mark",
            at=row.at(marks.column),
            fix=f"a number from 0 to {marks.maximum:f} such as 8.5, or excused, or missing, or "
            "nothing where there is no mark yet",
        )
    if not 0 <= points <= marks.maximum:
        what = "negative" if points < 0 else f"more than the maximum, {marks.maximum:f}"
        raise GraderError(
            f"the mark {text} is {what}",
            at=row.at(marks.column),
            fix=f"a number from 0 to {marks.maximum:f}; or mend `maximum` in course.toml",
        )
    return GivenMark("marked", points)


def number_of(text: str) -> Decimal | None:
    """A number as people write it, or None. 8.5 and 8,5 are; NaN, 1e3, 1,000 and 8/10 are not."""
    found = NUMBER.fullmatch(text)
    return None if found is None else Decimal(found[1] + found[2].replace(",", "."))


def not_unique(rows: Sequence[Row], column: str) -> list[GraderError]:
    """What is said of each row whose cell is that of an earlier one."""
    first: dict[str, Row] = {}
    errors = []
    for row in rows:
        before = first.setdefault(row[column], row)
        if before is not row and row[column]:
            errors.append(
                GraderError(
                    f"{row[column]} is there twice, in lines {before.line} and {row.line}",
                    at=row.at(column),
                    fix="remove one of the two lines",
                )
            )
    return errors


def unknown(row: Row, column: str, known: Collection[str], known_from: str) -> GraderError:
    """What is said of a row that is about nobody."""
    near = get_close_matches(row[column], known, n=1)
    meant = f"did you mean {near[0]}? Else " if near else ""
    return GraderError(
        f"there is no {column} {row[column]!r} in {known_from}",
        at=row.at(column),
        fix=f"{meant}remove the line, or add {row[column] or 'who it is'} to {known_from}",
    )
