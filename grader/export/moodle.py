"""Into Moodle's grading worksheet (assignment, Download grading worksheet).

Moodle's import (`feedback/offline/importgradeslib.php`) needs `Identifier`, `Grade` and `Last
modified (grade)`, the last one letter by letter; a blank grade is skipped, but a blank feedback
erases what is there: that column is left out. Over the maximum, negative or locked is skipped
without a word.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from grader.errors import GraderError
from grader.export.filled import (
    Filled,
    Template,
    Way,
    about_maximum,
    about_strangers,
    fill,
    grade_of,
    matched,
)
from grader.records.scores import Score
from grader.records.submissions import InLms, Student

HANDED_IN = re.compile(r"_(\d+)_assignsubmission_(?:file|onlinetext)")
NEEDED = ("Identifier", "Grade", "Last modified (grade)")


def fill_moodle(
    template: Template,
    scores: Sequence[Score],
    roster: Mapping[str, Student],
    hand_ins: Sequence[InLms] = (),
    *,
    places: int = 2,
    is_raw: bool = False,
) -> Filled:
    """The rows that change, with the columns that Moodle needs and those that say who it is.

    Raises:
        GraderError: it is no worksheet in English, or one of another assignment.
    """
    rows = _rows(template, roster, hand_ins)
    place = _places(template)
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

    filled = fill(
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
    maxima = sorted({template.cell(row, place.get("Maximum grade")) for row in rows.values()})
    # without names it is known of nobody who handed nothing in who they are
    people = {
        template.cell(row, place["Identifier"]): name
        for row in template.rows
        if (name := template.cell(row, place.get("Full name")))
    }
    ours = {template.cell(row, place["Identifier"]) for row in rows.values()}
    notes = [note for each in maxima for note in about_maximum("Moodle", each, scores)]
    notes += about_strangers("Moodle", people, ours)
    return replace(filled, notes=tuple(notes))


def moodle_participants(
    template: Template, roster: Mapping[str, Student], hand_ins: Sequence[InLms]
) -> dict[str, str]:
    """By student, the number in this assignment, which is in the names of what was handed in.

    Raises:
        GraderError: as `fill_moodle`.
    """
    place = _places(template)["Identifier"]
    rows = _rows(template, roster, hand_ins)
    found = {student: _number(template.cell(row, place)) for student, row in rows.items()}
    return {student: number for student, number in found.items() if number}


def _places(template: Template) -> dict[str, int]:
    place = {name: number for number, name in enumerate(template.header)}
    absent = [name for name in NEEDED if name not in place]
    if absent:
        raise GraderError(
            f"it is no grading worksheet: there is no column {absent[0]!r}",
            at=f"{template.file}, line 1",
            fix="in Moodle, set your language to English and download the grading worksheet again",
        )
    return place


def _rows(
    template: Template, roster: Mapping[str, Student], hand_ins: Sequence[InLms]
) -> dict[str, tuple[str, ...]]:
    """The row of each student. Where nobody is named, by the number of what was handed in."""
    place = _places(template)
    numbers = _numbers_handed_in(hand_ins)
    sure: list[Way] = [
        (place.get("ID number"), lambda student: student.id),
        (place.get("Email address"), lambda student: student.email),
        (place.get("Username"), lambda student: student.login),
    ]
    numbered = replace(
        template,
        rows=tuple(
            (*row, *[""] * (len(template.header) - len(row)), _number(row[place["Identifier"]]))
            for row in template.rows
            if len(row) > place["Identifier"]
        ),
    )
    last = len(template.header)
    _check_assignment(matched(numbered, sure, roster), numbers, last, template)
    weaker: list[Way] = [
        (last, lambda student: numbers.get(student.id, "")),
        (place.get("Full name"), lambda student: student.name),
        (place.get("Full name"), _turned),
    ]
    return matched(numbered, [*sure, *weaker], roster)


def _check_assignment(
    rows: Mapping[str, tuple[str, ...]],
    numbers: Mapping[str, str],
    place: int,
    template: Template,
) -> None:
    """Each assignment has numbers of its own: a worksheet with others is of another one."""
    both = [student for student in rows if student in numbers]
    other = [student for student in both if rows[student][place] != numbers[student]]
    if 2 * len(other) > len(both):
        who = other[0]
        raise GraderError(
            f"it is the worksheet of another assignment: {who} is participant {rows[who][place]} "
            f"in it, and {numbers[who]} in the download that was collected",
            at=str(template.file),
            fix="download the grading worksheet of this assignment",
        )


def _numbers_handed_in(hand_ins: Sequence[InLms]) -> dict[str, str]:
    """By student, the participant's number. That of a group is nobody's."""
    found = {}
    for each in hand_ins:
        number = HANDED_IN.search(each.file) if each.source == "moodle" else None
        if number:
            found[each.student] = number[1]
    count = Counter(found.values())
    return {student: number for student, number in found.items() if count[number] == 1}


def _number(identifier: str) -> str:
    """Of "Participant 12345", in any language."""
    found = re.search(r"(\d+)\s*$", identifier)
    return found[1] if found else ""


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
