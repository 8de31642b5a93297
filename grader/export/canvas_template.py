"""Into the gradebook CSV that a person exported from Canvas (Grades, Export).

The file to import has the columns that say who it is, copied, the one of the assignment, and the
rows that change: what is not in it Canvas leaves alone. See `lib/gradebook_importer.rb`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from grader.errors import GraderError
from grader.export.canvas import check_header
from grader.export.filled import (
    Filled,
    Template,
    about_maximum,
    about_strangers,
    fill,
    grade_of,
    matched,
)
from grader.records.scores import Score
from grader.records.submissions import Student

IDENTITY = ("Student", "LastName", "FirstName", "ID", "SIS User ID", "SIS Login ID",
            "Integration ID", "Root Account", "Section")  # fmt: skip
NOT_ASSIGNED = "N/A"
TEST_STUDENT = "Student, Test"  # Canvas's own, in each course
NUMBERED = re.compile(r".*\((\d+)\)\s*")


def fill_canvas(
    template: Template,
    scores: Sequence[Score],
    roster: Mapping[str, Student],
    header: str,
    *,
    places: int = 2,
    is_raw: bool = False,
) -> Filled:
    """The rows that change.

    Args:
        header: the assignment's column, "HW 1 (501)" or its number alone; "" takes the only one
            there is.

    Raises:
        GraderError: it is no gradebook, or has no such column, or two students lead to one row.
    """
    place = {name: number for number, name in enumerate(template.header)}
    if "ID" not in place or "Section" not in place:
        raise GraderError(
            "it is no gradebook of Canvas: the columns ID and Section are not there",
            at=f"{template.file}, line 1",
            fix="in Canvas: Grades, Export; give that file as it is",
        )
    column = _column(template, header, place["Section"])
    check_header(template.header[column])
    points = [row for row in template.rows if _is_points_possible(row)]
    if any("read only" in template.cell(row, column) for row in points):
        raise GraderError(
            f"Canvas takes no grades into {template.header[column]!r}: it is read only",
            at=str(template.file),
            fix="take the column of the assignment itself",
        )
    rows = matched(
        template,
        (
            (place["ID"], lambda student: student.lms_id),
            (place.get("SIS User ID"), lambda student: student.id),
            (place.get("SIS Login ID"), lambda student: student.login),
        ),
        roster,
    )
    kept = [number for number, name in enumerate(template.header) if name in IDENTITY]
    head = [[*template.cells(template.header, kept), template.header[column]]]
    # with its four spaces, and as many points as Canvas says
    head += [template.cells(row, [*kept, column]) for row in points]

    def grade(score: Score, row: tuple[str, ...] | None) -> tuple[str, str]:
        made, why_not = grade_of(score, places, is_raw=is_raw, excused="EX")
        if why_not or row is None:
            return made, why_not or "not in Canvas's gradebook"
        # Canvas would drop the grade without a word
        is_assigned = template.cell(row, column).upper() != NOT_ASSIGNED
        return made, "" if is_assigned else "the assignment is not assigned to them in Canvas"

    filled = fill(
        scores,
        rows,
        head,
        grade_of=grade,
        before_of=lambda row: template.cell(row, column),
        line_of=lambda row, made: [*template.cells(row, kept), made],
        places_seen=2,
    )
    notes = [
        note
        for row in points
        for note in about_maximum("Canvas", template.cell(row, column), scores)
    ]
    people = {
        number: f"{name} ({number})"
        for row in template.rows
        if (number := template.cell(row, place["ID"]))
        and (name := _name(template, row)) != TEST_STUDENT
    }
    ours = {template.cell(row, place["ID"]) for row in rows.values()}
    notes += about_strangers("Canvas", people, ours)
    return replace(filled, notes=tuple(notes))


def _name(template: Template, row: tuple[str, ...]) -> str:
    """As Canvas has it, in one column or, by a setting of the account, in two."""
    places = [
        number
        for number, name in enumerate(template.header)
        if name in ("Student", "LastName", "FirstName")
    ]
    return ", ".join(filter(None, (template.cell(row, each) for each in places)))


def _column(template: Template, header: str, section: int) -> int:
    """The place of the assignment's column: by its number, else by all of its title."""
    after = [
        number
        for number, name in enumerate(template.header)
        if number > section and NUMBERED.fullmatch(name)
    ]
    wanted = NUMBERED.fullmatch(header)
    number = wanted[1] if wanted else header.strip()
    named = [
        each
        for each in after
        if template.header[each] == header.strip()
        or ((found := NUMBERED.fullmatch(template.header[each])) and found[1] == number)
    ]
    if not header and len(after) == 1:
        named = after
    if len(named) != 1:
        there = "; ".join(template.header[each] for each in after) or "none"
        raise GraderError(
            f"the template has no column {header!r}" if header else "which column is not said",
            at=f"{template.file}, line 1",
            fix=f'one of: {there}; as canvas = "..." in assignment.toml, above [points]',
        )
    return named[0]


def _is_points_possible(row: Sequence[str]) -> bool:
    return bool(row) and row[0].strip().startswith("Points Possible")
