"""A gradebook that an LMS exported, with our grades filled in: what changes, what is left alone."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from grader.errors import GraderError
from grader.records.scores import Score
from grader.records.submissions import Student
from grader.report.csv_text import csv_lines, points_text


@dataclass(frozen=True)
class LeftOut:
    student: str
    reason: str


@dataclass(frozen=True)
class GradeChange:
    """One cell: what the LMS has and what it would get."""

    student: str
    before: str
    after: str


@dataclass(frozen=True)
class Filled:
    """A file to be imported.

    Attributes:
        text: UTF-8 without a BOM; where it is known what the LMS has, the changed rows alone.
        changes: what the LMS has and would get; None if nobody knows what it has.
        equal: how many it has already.
        notes: what does not fit between what the LMS has and what is here.
    """

    text: str
    left_out: tuple[LeftOut, ...]
    changes: tuple[GradeChange, ...] | None = None
    equal: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Template:
    """What was exported: rows of texts, as they stand there."""

    file: Path
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def cell(self, row: Sequence[str], place: int | None) -> str:
        return row[place].strip() if place is not None and place < len(row) else ""

    def cells(self, row: Sequence[str], places: Sequence[int]) -> list[str]:
        """As they stand there, to the last space."""
        return [row[place] if place < len(row) else "" for place in places]


def read_template(file: Path, *, known_by: str) -> Template:
    """What an LMS exported, whatever separates its cells.

    Args:
        known_by: a column that it always has.

    Raises:
        GraderError: it can't be read, or has no rows.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise GraderError(
            f"the template can't be read: {error}",
            at=str(file),
            fix="give the CSV as the LMS exported it",
        ) from None
    rows: list[tuple[str, ...]] = []
    try:
        for separator in ",;\t":
            lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
            header = next(lines, [])
            if known_by in map(str.strip, header) or not rows:
                rows = [tuple(header), *map(tuple, lines)]
            if known_by in map(str.strip, header):
                break
    except csv.Error as error:
        raise GraderError(f"the template can't be read: {error}", at=str(file)) from None
    if len(rows) < 2:
        raise GraderError("the template has no rows", at=str(file), fix="export it again")
    return Template(file, tuple(cell.strip() for cell in rows[0]), tuple(rows[1:]))


NAMED = 5


def about_strangers(
    lms: str,
    people: Mapping[str, str],
    ours: Collection[str],
) -> list[str]:
    """Whom the LMS has and who is nobody here: they get no grade, and nobody would notice.

    Args:
        people: by the LMS's number, the name of each person whom it has.
        ours: the numbers of those who are somebody here.
    """
    names = [name for number, name in people.items() if number not in ours]
    if not names:
        return []
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return [
        f"in {lms} and nobody's here, so without a grade: {', '.join(names[:NAMED])}{more}; "
        "`grader roster` brings roster.csv up to date"
    ]


def about_maximum(lms: str, there: str, scores: Sequence[Score]) -> list[str]:
    """Points are exported as they are: 7 of 7 is 7 of 8 in an LMS that was told 8."""
    try:
        theirs = Decimal(there.replace(",", "."))
    except InvalidOperation:
        return []
    if not scores or theirs == scores[0].maximum:
        return []
    return [
        f"in {lms} it is worth {theirs.normalize():f} points, and here "
        f"{scores[0].maximum.normalize():f}: correct the one that is wrong before you import"
    ]


def grade_of(score: Score, places: int, *, is_raw: bool, excused: str = "") -> tuple[str, str]:
    """What the LMS gets, and why nothing, in words; one of the two is "".

    Args:
        is_raw: the points before the late penalty, where the LMS takes its own.
        excused: the LMS's word for it; "" if it has none.
    """
    if score.status == "excused":
        return (excused, "") if excused else ("", "excused")
    if score.status == "missing":
        return "", "nothing handed in"
    if score.score is None:
        return "", "no score yet"
    return points_text(score.earned if is_raw else score.score, places), ""


Way = tuple[int | None, Callable[[Student], str]]
"""A column of a template (None: there is none), and what it has of a student."""


def matched(
    template: Template, ways: Sequence[Way], roster: Mapping[str, Student]
) -> dict[str, tuple[str, ...]]:
    """The row of each student, by the first way that knows one.

    A key of two rows decides nothing. Nor does a weaker way lead to a row that a stronger one says
    is somebody else's: two people may have one name.

    Args:
        ways: the stronger first.

    Raises:
        GraderError: two students lead to one row.
    """
    indexes = []
    for place, mark in ways:
        if place is not None:
            rows: dict[str, list[tuple[str, ...]]] = {}
            for row in template.rows:
                rows.setdefault(_key(template.cell(row, place)), []).append(row)
            indexes.append((place, mark, rows))
    found: dict[str, tuple[str, ...]] = {}
    for student in roster.values():
        stronger: list[tuple[int, str]] = []
        for place, mark, rows in indexes:
            own = _key(mark(student))
            same = rows.get(own, []) if own else []
            if len(same) == 1 and not _is_somebody_elses(template, same[0], stronger, place):
                found[student.id] = same[0]
                break
            stronger.append((place, own))
    owners: dict[tuple[str, ...], str] = {}
    for student_id, row in found.items():
        other = owners.setdefault(row, student_id)
        if other != student_id:
            raise GraderError(
                f"{other} and {student_id} lead to the same row: {', '.join(row[:3])}",
                at=str(template.file),
                fix="mend lms_id and login in roster.csv",
            )
    return found


def _is_somebody_elses(
    template: Template,
    row: tuple[str, ...],
    stronger: Sequence[tuple[int, str]],
    place: int,
) -> bool:
    """Whether the row has another value where a student has one, in columns before this one."""
    there = ((_key(template.cell(row, column)), own) for column, own in stronger if column != place)
    return any(has and own and has != own for has, own in there)


def _key(text: str) -> str:
    """For comparison: no matter how it was typed."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def fill(
    scores: Sequence[Score],
    rows: Mapping[str, tuple[str, ...]],
    head: Sequence[Sequence[str]],
    *,
    grade_of: Callable[[Score, tuple[str, ...] | None], tuple[str, str]],
    before_of: Callable[[tuple[str, ...]], str],
    line_of: Callable[[tuple[str, ...], str], Sequence[str]],
    places_seen: int | None = None,
) -> Filled:
    """The rows that change, below the lines of `head`.

    Args:
        rows: of the template, by student; who has none gets none.
        grade_of: what the LMS gets for a score and its row, and why nothing; one of the two is "".
        before_of: what the LMS has in a row.
        line_of: the row as it is to be imported, with its grade.
        places_seen: what differs in later decimal places only the LMS takes for the same.
    """
    lines = list(head)
    changes = []
    left_out = []
    equal = 0
    for score in scores:
        row = rows.get(score.student)
        grade, why_not = grade_of(score, row)
        if row is None or why_not:
            left_out.append(LeftOut(score.student, why_not))
            continue
        before = before_of(row)
        if is_equal(before, grade, places=places_seen):
            equal += 1
            continue
        changes.append(GradeChange(score.student, before, grade))
        lines.append(line_of(row, grade))
    return Filled("".join(csv_lines(lines)), tuple(left_out), tuple(changes), equal)


def is_equal(one: str, other: str, *, places: int | None = None) -> bool:
    """Whether two cells are the same grade: 8.5 and 8,50 are.

    Args:
        places: the LMS sees no more decimal places than these.
    """
    if one.strip().casefold() == other.strip().casefold():
        return True
    numbers = _number(one), _number(other)
    if None in numbers:
        return False
    first, second = (
        number if places is None else points_text(number, places) for number in numbers
    )
    return first == second


def _number(cell: str) -> Decimal | None:
    """As an LMS reads it: the last `,` or `.` is the decimal mark."""
    if not re.fullmatch(r"-?[0-9.,]*[0-9][0-9.,]*", cell.strip()):
        return None
    whole, mark, rest = cell.strip().replace(",", ".").rpartition(".")
    try:
        return Decimal(f"{whole.replace('.', '')}{mark}{rest}")
    except InvalidOperation:
        return None
