"""Who is in the course: `roster.csv`.

    student,name,login,lms_id,email,section,withdrawn

Who withdrew keeps a row, with the day: what was handed in before keeps its name and its score, and
nothing is missed after.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from grader.course.tables import read_rows
from grader.errors import GraderError
from grader.records.submissions import Student


def read_roster(file: Path) -> dict[str, Student]:
    """The students by id, in the order of the file. Extra columns are ignored.

    Raises:
        GraderError: if there is no roster, or an id is missing, unsafe, or there twice.
    """
    if not file.is_file():
        raise GraderError(
            "there is no roster, so nobody can be told from a stranger",
            at=str(file),
            fix="write one: a line student,name, then a line for each student",
        )
    students: dict[str, Student] = {}
    lines: dict[str, int] = {}
    for row in read_rows(file, required=("student", "name")):
        student = row["student"]
        unsafe = why_unsafe(student)
        if unsafe:
            raise GraderError(
                f"{student!r} can't be a student's id: {unsafe}",
                at=row.at("student"),
                fix="an id of letters, digits, '-', '_' or '.'",
            )
        if student in students:
            raise GraderError(
                f"the student {student} is there twice, in lines {lines[student]} and {row.line}",
                at=row.at("student"),
                fix="remove one of the two lines",
            )
        lines[student] = row.line
        students[student] = Student(
            id=student,
            name=row["name"],
            login=row["login"],
            lms_id=row["lms_id"],
            email=row["email"],
            section=row["section"],
        )
    return students


def who_withdrew(file: Path) -> frozenset[str]:
    """The ids of those who are on the roster and in the course no more."""
    rows = read_rows(file, required=("student",)) if file.is_file() else []
    return frozenset(row["student"] for row in rows if row["withdrawn"])


@dataclass(frozen=True)
class Enrolled:
    """What an export changes in a roster; ids, in the order of the export or of the roster.

    Attributes:
        changed: who is called otherwise now, or has another number, and what it was and is.
        returned: who had withdrawn.
        text: of the new roster.
    """

    added: tuple[str, ...]
    changed: tuple[tuple[str, str], ...]
    withdrawn: tuple[str, ...]
    returned: tuple[str, ...]
    unchanged: int
    text: str


COLUMNS = ("student", "name", "login", "lms_id", "email", "section", "withdrawn")


MOST_GONE = 3
"""Of so many, one may be gone from one export to the next; more is a section, or another course."""


def enrol(
    file: Path, people: Sequence[Student], today: date, *, is_partial: bool = False
) -> Enrolled:
    """What the roster becomes when these people are in the course, and nobody else.

    What an export does not say stays; rows and columns of one's own stay, too.

    Args:
        people: all of them, not some.
        today: noted for those who are not among them any more.
        is_partial: they are some of the course: others stay as they are.

    Raises:
        GraderError: the roster that is there can't be read, or too many would be gone.
    """
    rows = read_rows(file, required=("student", "name")) if file.is_file() else []
    others = [name for name in (rows[0].places if rows else ()) if name not in COLUMNS]
    columns = (*COLUMNS, *others)
    now = {each.id: each for each in people}
    known: list[dict[str, str]] = [{name: row[name] for name in columns} for row in rows]
    changed, withdrawn, returned = [], [], []
    for cells in known:
        student = cells["student"]
        person = now.pop(student, None)
        if person is None:
            if not cells["withdrawn"] and not is_partial:
                cells["withdrawn"] = today.isoformat()
                withdrawn.append(student)
            continue
        if cells["withdrawn"]:
            cells["withdrawn"] = ""
            returned.append(student)
        said = [
            f"{name} {cells[name]!r} -> {new!r}"
            for name, new in _cells(person).items()
            if new and new != cells[name]
        ]
        cells |= {name: new for name, new in _cells(person).items() if new}
        if said:
            changed.append((student, ", ".join(said)))
    if len(withdrawn) * MOST_GONE > len(known):
        raise GraderError(
            f"{len(withdrawn)} of {len(known)} would be gone: it is no list of the whole course, "
            "or it has other ids",
            at=str(file),
            fix="export everybody; or --partial, to note nobody as withdrawn; or --id, for others",
        )
    known += [{"student": id, **_cells(person)} for id, person in now.items()]
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(known)
    unchanged = len(people) - len(now) - len({*returned, *(each for each, _ in changed)})
    return Enrolled(
        tuple(now), tuple(changed), tuple(withdrawn), tuple(returned), unchanged, text.getvalue()
    )


def write_roster(file: Path, text: str) -> None:
    """The new roster, whole or not at all; the one before is kept as `roster.csv.before`."""
    unfinished = file.with_name(f".{file.name}.{os.getpid()}.tmp")
    try:
        unfinished.write_text(text, encoding="utf-8", newline="")
        if file.is_file():
            file.with_name(f"{file.name}.before").write_bytes(file.read_bytes())
        os.replace(unfinished, file)
    finally:
        unfinished.unlink(missing_ok=True)


def _cells(person: Student) -> dict[str, str]:
    return {
        "name": person.name,
        "login": person.login,
        "lms_id": person.lms_id,
        "email": person.email,
        "section": person.section,
    }


def why_unsafe(student: str) -> str:
    """Why an id can't name a folder and a page of its own, or "" if it can."""
    if not student:
        return "it is empty"
    if any(character in "/\\" or not character.isprintable() for character in student):
        return "it holds a slash or a control character"
    if student.startswith((".", "_")):
        return "it begins with '.' or '_'"
    if len(student.encode()) > 100:
        return "it is longer than 100 bytes"
    return ""
