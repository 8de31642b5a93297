"""A CSV file for Canvas's gradebook import (Grades, Import).

What Canvas does with such a file, and what follows:

- a blank cell over an existing grade erases it: who has no score has no row;
- a column whose header holds words such as "Final Score" is dropped without a word: refused here;
- students are found by their Canvas ID first: without one, the wrong person could get a grade;
- "Points Possible" is to be copied from a Canvas export or left out: there is none to copy.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from grader.errors import GraderError
from grader.export.filled import Filled, LeftOut, grade_of
from grader.records.scores import Score
from grader.records.submissions import InLms, Student
from grader.report.csv_text import csv_lines, neutralised

DROPPED_HEADERS = re.compile(
    r"(Current|Final) (Score|Points|Grade)|Override (Score|Grade|Status)|\(read only\)", re.I
)
OWN_HEADERS = frozenset({"Student", "ID", "SIS User ID", "SIS Login ID", "Section",
                         "Integration ID", "Root Account", "LastName", "FirstName"})  # fmt: skip


def export_canvas(
    scores: Sequence[Score],
    roster: Mapping[str, Student],
    header: str,
    *,
    places: int = 2,
    is_raw: bool = False,
) -> Filled:
    """The smallest file that Canvas takes: one assignment, those who have a score.

    Args:
        header: the assignment's column, as Canvas exports it, such as "HW 1 (501)".
        places: decimal places of points, as the late policy has them.
        is_raw: the points before the late penalty.

    Raises:
        GraderError: if Canvas would not take the header, or cannot tell who somebody is.
    """
    check_header(header)
    graded: list[tuple[Student, str]] = []
    left_out = []
    for score in scores:
        student = roster.get(score.student)
        if student is None:
            left_out.append(LeftOut(score.student, "not on the roster"))
            continue
        grade, why_not = grade_of(score, places, is_raw=is_raw, excused="EX")
        if why_not:
            left_out.append(LeftOut(score.student, why_not))
        else:
            graded.append((student, grade))
    _check_ids([student for student, _ in graded])
    rows = [
        [_one_line(student.name), student.lms_id, student.login, _one_line(student.section), grade]
        for student, grade in graded
    ]
    text = "".join(csv_lines([["Student", "ID", "SIS Login ID", "Section", header], *rows]))
    return Filled(text, tuple(left_out))


def groups_apart(
    scores: Sequence[Score], hand_ins: Sequence[InLms], *, is_raw: bool = False
) -> list[tuple[str, ...]]:
    """Who handed one file in together, and have different scores: Canvas has one for a group."""
    latest = {each.student: each for each in sorted(hand_ins, key=lambda each: each.attempt)}
    groups: dict[str, list[Score]] = {}
    for score in scores:
        hand_in = latest.get(score.student)
        if hand_in is not None and hand_in.source == "canvas" and hand_in.file:
            groups.setdefault(hand_in.file, []).append(score)
    return [
        tuple(score.student for score in group)
        for group in groups.values()
        if len({score.earned if is_raw else score.score for score in group}) > 1
    ]


def check_header(header: str) -> None:
    """Raises:
    GraderError: Canvas would drop such a column, or take it for another.
    """
    fix = 'take the header from a Canvas gradebook export, such as "HW 1 (501)"'
    if not header.strip() or len(header.splitlines()) != 1:
        raise GraderError("the assignment has no column in Canvas's gradebook yet", fix=fix)
    if DROPPED_HEADERS.search(header):
        raise GraderError(
            f"Canvas drops a column called {header!r} without a word",
            fix="rename the assignment in Canvas: no Current, Final or Override with Score, "
            "Points, Grade or Status behind it",
        )
    if header.strip() in OWN_HEADERS:
        raise GraderError(f"{header!r} means something else to Canvas", fix=fix)


def _check_ids(students: Sequence[Student]) -> None:
    fix = "fill in the column lms_id of roster.csv: the ID column of a Canvas gradebook export"
    without = [student.id for student in students if not student.lms_id.strip()]
    if without:
        raise GraderError(f"no Canvas ID is known for {', '.join(without)}", fix=fix)
    owners: dict[str, str] = {}
    for student in students:
        other = owners.setdefault(student.lms_id, student.id)
        if other != student.id:
            raise GraderError(
                f"{other} and {student.id} have the same Canvas ID, {student.lms_id}", fix=fix
            )


def _one_line(text: str) -> str:
    # Canvas guesses the separator from the first lines; a `;` or a line break could mislead it
    return neutralised(" ".join(text.replace(";", ",").split()))
