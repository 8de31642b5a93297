"""Into Moodle's grading worksheet (assignment, Download grading worksheet).

Moodle's import (`feedback/offline/importgradeslib.php`) needs `Identifier`, `Grade` and `Last
modified (grade)`, the last one letter by letter; a blank grade is skipped, but a blank feedback
erases what is there: that column is left out. Over the maximum, negative or locked is skipped
without a word.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

from grader.errors import GraderError
from grader.export.filled import (
    Filled,
    Template,
    fill,
    grade_of,
    matched,
)
from grader.records.scores import Score
from grader.records.submissions import Student

NEEDED = ("Identifier", "Grade", "Last modified (grade)")


def fill_moodle(
    template: Template,
    scores: Sequence[Score],
    roster: Mapping[str, Student],
    *,
    places: int = 2,
    is_raw: bool = False,
) -> Filled:
    """The rows that change, with the columns that Moodle needs and those that say who it is.

    Raises:
        GraderError: it is no worksheet in English.
    """
    place = {name: number for number, name in enumerate(template.header)}
    absent = [name for name in NEEDED if name not in place]
    if absent:
        raise GraderError(
            f"it is no grading worksheet: there is no column {absent[0]!r}",
            at=f"{template.file}, line 1",
            fix="in Moodle, set your language to English and download the grading worksheet again",
        )
    rows = matched(
        template,
        (
            (place.get("ID number"), lambda student: student.id),
            (place.get("Email address"), lambda student: student.email),
            (place.get("Username"), lambda student: student.login),
            (place.get("Full name"), lambda student: student.name),
            (place.get("Full name"), _turned),
        ),
        roster,
    )
    kept = [
        number
        for number, name in enumerate(template.header)
        if name in ("Identifier", "Full name", "ID number", "Email address", "Maximum grade")
    ]
    last = place["Last modified (grade)"]
    head = [*template.cells(template.header, kept), "Grade", template.header[last]]

    def grade(score: Score, row: tuple[str, ...] | None) -> tuple[str, str]:
        made, why_not = grade_of(score, places, is_raw=is_raw)
        if why_not or row is None:
            return made, why_not or "not in the worksheet, or not for sure"
        why_not = _refused(template, row, made, place)
        if "," in template.cell(row, place.get("Maximum grade")):
            made = made.replace(".", ",")  # the decimal mark follows the language
        return made, why_not

    return fill(
        scores,
        rows,
        [head],
        grade_of=grade,
        before_of=lambda row: template.cell(row, place["Grade"]),
        line_of=lambda row, made: [
            *template.cells(row, kept),
            made,
            *template.cells(row, [last]),
        ],
    )


def _refused(template: Template, row: Sequence[str], grade: str, place: Mapping[str, int]) -> str:
    """Why Moodle would skip it without a word; "" if it would not."""
    if template.cell(row, place.get("Grade can be changed")).casefold() == "no":
        return "its grade is locked in Moodle"
    most = template.cell(row, place.get("Maximum grade"))
    try:
        if Decimal(grade) > Decimal(most.replace(",", ".")):
            return f"{grade} is over Moodle's maximum, {most}"
    except InvalidOperation:
        return f"Moodle's maximum grade, {most!r}, is no number" if most else ""
    return ""


def _turned(student: Student) -> str:
    """Jane Doe, of "Doe, Jane"."""
    family, comma, given = student.name.partition(",")
    return f"{given.strip()} {family.strip()}" if comma else ""
