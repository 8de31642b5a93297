"""Who is in an nbgrader course, and when what is due: from its gradebook, else from hand-ins."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from grader.errors import GraderError

Person = tuple[str, str, str]
"""Id, name and address."""


@dataclass(frozen=True)
class Records:
    """Students, and deadlines in UTC by the assignment's name."""

    students: tuple[Person, ...] = ()
    due: Mapping[str, datetime] = field(default_factory=dict)


def read_records(course: Path) -> Records:
    """What the gradebook says; without one, who has a folder in `submitted/`.

    Raises:
        GraderError: there is a gradebook that can't be read.
    """
    file = course / "gradebook.db"
    if not file.is_file():
        folder = course / "submitted"
        names = sorted(each.name for each in folder.glob("*") if each.is_dir())
        return Records(tuple((name, name, "") for name in names))
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as base:
            rows = base.execute("SELECT id, first_name, last_name, email FROM student ORDER BY id")
            people = tuple(
                (str(id), " ".join(filter(None, (first, last))) or str(id), email or "")
                for id, first, last, email in rows
            )
            due = {
                str(name): datetime.fromisoformat(str(when)).replace(microsecond=0)
                for name, when in base.execute("SELECT name, duedate FROM assignment")
                if when
            }
    except (sqlite3.Error, ValueError) as error:
        raise GraderError(
            f"the gradebook can't be read: {error}",
            at=str(file),
            fix="move it away, to import without people and deadlines",
        ) from error
    return Records(people, due)
