"""Who is in the course: `roster.csv`."""

from __future__ import annotations

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
