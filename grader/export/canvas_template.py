"""Into the gradebook CSV that a person exported from Canvas (Grades, Export).

The file to import has the columns that say who it is, copied, the one of the assignment, and the
rows that change: what is not in it Canvas leaves alone. See `lib/gradebook_importer.rb`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from grader.errors import GraderError
from grader.export.canvas import check_header
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

IDENTITY = ("Student", "LastName", "FirstName", "ID", "SIS User ID", "SIS Login ID",
            "Integration ID", "Root Account", "Section")  # fmt: skip
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
    above = [row for row in template.rows if _is_points_possible(row)]
    lines = [[*(template.header[number] for number in kept), template.header[column]]]
    # with its four spaces, and as many points as Canvas says
    lines += [[*(_raw(row, number) for number in kept), _raw(row, column)] for row in above]
    changes = []
    left_out = []
    equal = 0
    for score in scores:
        grade, why_not = grade_of(score, places, is_raw=is_raw, excused="EX")
        row = rows.get(score.student)
        if not why_not and row is None:
            why_not = "not in Canvas's gradebook"
        if why_not or row is None:
            left_out.append(LeftOut(score.student, why_not))
            continue
        before = template.cell(row, column)
        if is_equal(before, grade):
            equal += 1
            continue
        changes.append(GradeChange(score.student, before, grade))
        lines.append([*(_raw(row, number) for number in kept), grade])
    return Filled("".join(csv_lines(lines)), tuple(changes), equal, tuple(left_out))


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


def _raw(row: Sequence[str], place: int) -> str:
    return row[place] if place < len(row) else ""
