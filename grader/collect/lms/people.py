"""People, as an LMS exports them: Canvas's gradebook, Moodle's worksheet or participants,
Gradescope's roster; or any table with the columns of roster.csv.

Canvas (`lib/gradebook_exporter.rb`): `Student,ID,SIS User ID,SIS Login ID,Section,...`; rows above
the students say `Manual Posting` or `Points Possible`, and the last may be `Student, Test`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from grader.course.roster import why_unsafe
from grader.course.tables import Row, read_rows
from grader.errors import GraderError
from grader.records.submissions import Student

IdFrom = Literal["student", "login", "lms_id", "email"]

TEST_STUDENT = "student, test"


def read_people(file: Path, id_from: IdFrom | None = None) -> tuple[str, list[Student]]:
    """What the export is of, and who is in it.

    Args:
        id_from: which of a person's marks becomes the id: a student number, the login, the LMS's
            number, or what stands before the @ of the mail. None takes the first that all have.

    Raises:
        GraderError: it is no such export, or somebody has no id that can be used, or two have one.
    """
    rows = read_rows(file, required=())
    if not rows:
        raise GraderError("there is nobody in it", at=str(file), fix="export it from the LMS again")
    kind, reader = _reader(rows[0])
    people = [(row, reader(row)) for row in rows if _is_person(row)]
    if not people:
        raise GraderError("there is nobody in it", at=str(file), fix="export it from the LMS again")
    source = id_from or _first_for_all([person for _, person in people], file)
    return kind, _with_ids(people, source)


def _reader(row: Row) -> tuple[str, Callable[[Row], Student]]:
    columns = set(row.places)
    if {"student", "id", "section"} <= columns:
        return "Canvas", _of_canvas
    if "identifier" in columns or {"first name", "email address"} <= columns:
        return "Moodle", _of_moodle
    if "sid" in columns:
        return "Gradescope", _of_gradescope
    if {"student", "name"} <= columns:
        return "a roster", _of_roster
    raise GraderError(
        "it is no list of people that is known here",
        at=f"{row.file}, line 1",
        fix="give Canvas's gradebook export, Moodle's grading worksheet, Gradescope's roster, or a "
        "table with the columns student and name",
    )


def _of_canvas(row: Row) -> Student:
    return Student(
        id=row["sis user id"],
        name=_plain(row["student"]),
        login=row["sis login id"],
        lms_id=row["id"],
        section=row["section"],
    )


def _of_moodle(row: Row) -> Student:
    # the worksheet's Identifier is of one assignment: it is nobody's number
    return Student(
        id=row["id number"],
        name=_plain(row["full name"] or f"{row['first name']} {row['last name']}".strip()),
        login=row["username"],
        email=row["email address"],
    )


def _of_gradescope(row: Row) -> Student:
    return Student(
        id=row["sid"],
        name=_plain(row["name"] or f"{row['first name']} {row['last name']}".strip()),
        email=row["email"],
        section=row["section"] or row["sections"],
    )


def _of_roster(row: Row) -> Student:
    return Student(
        id=row["student"],
        name=row["name"],
        login=row["login"],
        lms_id=row["lms_id"],
        email=row["email"],
        section=row["section"],
    )


def _is_person(row: Row) -> bool:
    if "id" not in row.places or "section" not in row.places:
        return True
    name = row["student"].lower()
    return bool(row["id"]) and not name.startswith("points possible") and name != TEST_STUDENT


def _plain(name: str) -> str:
    """A name that begins with `=` is exported as a formula, `="=name"`."""
    return name[2:-1] if name.startswith('="') and name.endswith('"') else name


_MARKS: dict[IdFrom, Callable[[Student], str]] = {
    "student": lambda each: each.id,
    "login": lambda each: each.login,
    "email": lambda each: each.email.partition("@")[0],
    "lms_id": lambda each: each.lms_id,
}


def _first_for_all(people: Sequence[Student], file: Path) -> IdFrom:
    for source, mark in _MARKS.items():
        if all(map(mark, people)):
            return source
    raise GraderError(
        "some have no student number, some no login, some no mail: there is nothing to tell all by",
        at=str(file),
        fix="export it with the column that all have, or add the ids by hand",
    )


def _with_ids(people: Sequence[tuple[Row, Student]], source: IdFrom) -> list[Student]:
    mark = _MARKS[source]
    lines: dict[str, int] = {}
    found = []
    for row, person in people:
        id = mark(person)
        problem = why_unsafe(id)
        if not problem and id.casefold() in lines:
            problem = f"it is that of line {lines[id.casefold()]} too"
        if problem:
            raise GraderError(
                f"{id!r} can't be an id: {problem}",
                at=row.at(),
                fix=f"another mark for all: --id {' or '.join(_MARKS.keys() - {source})}",
            )
        lines[id.casefold()] = row.line
        found.append(
            Student(id, person.name, person.login, person.lms_id, person.email, person.section)
        )
    return found
