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
    GradeChange,
    LeftOut,
    Template,
    grade_of,
    is_equal,
    matched,
)
from grader.records.scores import Score
from grader.records.submissions import Student
from grader.report.csv_text import csv_lines

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
    lines = [[*(template.header[number] for number in kept), "Grade", template.header[last]]]
    changes = []
    left_out = []
    equal = 0
    for score in scores:
        grade, why_not = grade_of(score, places, is_raw=is_raw)
        row = rows.get(score.student)
        if not why_not and row is None:
            why_not = "not in the worksheet, or not for sure"
        if not why_not and row is not None:
            why_not = _refused(template, row, grade, place)
        if why_not or row is None:
            left_out.append(LeftOut(score.student, why_not))
            continue
        before = template.cell(row, place["Grade"])
        if is_equal(before, grade):
            equal += 1
            continue
        if "," in template.cell(row, place.get("Maximum grade")):
            grade = grade.replace(".", ",")  # the decimal mark follows the language
        changes.append(GradeChange(score.student, before, grade))
        cells = [row[number] if number < len(row) else "" for number in (*kept, last)]
        lines.append([*cells[:-1], grade, cells[-1]])
    return Filled("".join(csv_lines(lines)), tuple(changes), equal, tuple(left_out))


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
