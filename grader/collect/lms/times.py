"""Times of hand-ins from a file beside the download, for LMS whose zip has none.

user_id,attempt,submitted_at        as the Canvas API has them
student,submitted_at                or login, email, lms_id
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from grader.collect.lms.delivery import Owner
from grader.collect.lms.owners import Roster
from grader.course.tables import read_rows
from grader.errors import GraderError

WANTED = "a time with its offset, such as 2026-02-03T16:40:00+08:00, or with a Z for UTC"
WHO = ("user_id", "lms_id", "student", "login", "email")


def read_times(file: Path, roster: Roster) -> dict[str, datetime]:
    """When each student handed in; of several attempts, the last. The download has no other.

    Raises:
        GraderError: the file is none, or a time in it has no offset.
    """
    latest: dict[str, tuple[int, datetime]] = {}
    for row in read_rows(file, required=("submitted_at",)):
        if not any(row[column] for column in WHO):
            raise GraderError(
                "a row says nobody",
                at=row.at(),
                fix=f"give one of the columns {', '.join(WHO)}",
            )
        if not row["submitted_at"]:
            continue  # who has not handed in is listed by Canvas too
        owner = Owner(
            student=row["student"],
            number=row["user_id"] or row["lms_id"],
            login=row["login"],
            email=row["email"],
        )
        student = roster.student_of(owner)
        attempt = int(row["attempt"]) if row["attempt"].isdigit() else 0
        time = _time(row["submitted_at"], row.at("submitted_at"))
        if student is not None and (attempt, time) > latest.get(student, (-1, time)):
            latest[student] = attempt, time
    return {student: time for student, (_, time) in latest.items()}


def read_labels(file: Path, roster: Roster) -> Mapping[str, tuple[str, ...]]:
    """Whose the hand-ins are that nobody could be found for: columns `label` and `student`; a group
    has a row for each member.

    Raises:
        GraderError: the file is none, or names somebody who is not on the roster.
    """
    found: dict[str, tuple[str, ...]] = {}
    for row in read_rows(file, required=("label", "student")):
        if row["student"] not in roster.students:
            raise GraderError(
                f"{row['student']!r} is not on the roster",
                at=row.at("student"),
                fix="give the id as roster.csv has it",
            )
        found[row["label"]] = (*found.get(row["label"], ()), row["student"])
    return found


def _time(text: str, at: str) -> datetime:
    time = None
    with suppress(ValueError):
        time = datetime.fromisoformat(text)
    if time is None or time.tzinfo is None:
        raise GraderError(f"{text!r} is no time that can be relied on", at=at, fix=f"give {WANTED}")
    return time
