"""`extend`, `override` and `excuse`: decisions go into decisions.csv, and count at once."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.course import Assignment, load_assignment
from grader.course.decisions import read_decisions
from grader.course.tables import read_rows
from grader.errors import GraderError
from grader.execute import Sandbox
from grader.grading import Graded, grade
from grader.opened import OpenCourse
from grader.score.decisions import Kind

COLUMNS = ("student", "question", "kind", "value", "reason")


@dataclass(frozen=True)
class NewDecision:
    """A line of decisions.csv to be written; its fields are the columns, as texts."""

    student: str
    kind: Kind
    value: str = ""
    reason: str = ""
    question: str = ""

    @property
    def cells(self) -> dict[str, str]:
        return {
            "student": self.student,
            "question": self.question,
            "kind": self.kind,
            "value": self.value,
            "reason": self.reason,
        }


@dataclass(frozen=True)
class Decided:
    """What was written; and the scores, if there were any before."""

    file: Path
    added: tuple[NewDecision, ...]
    graded: Graded | None


def decide(
    opened: OpenCourse,
    assignment_id: str,
    new: Sequence[NewDecision],
    *,
    sandbox: Sandbox,
    command: str,
    advance: Callable[[int, int, str, int], None] = lambda done, total, who, failed: None,
) -> Decided:
    """Write decisions, all or none, and grade those students again from stored evidence.

    A decision that stands already is not written twice.

    Raises:
        GraderError: one of them can't be followed; nothing is written then.
    """
    assignment = load_assignment(opened.course, assignment_id)
    file = opened.submissions / assignment.id / "decisions.csv"
    students = dict.fromkeys([*opened.roster, *_who_handed_in(file.parent)])
    standing = _last(file)
    added = tuple(
        each
        for each in dict.fromkeys(new)
        if standing.get((each.student, each.question, _thing(each.kind))) != each.cells
    )
    if added:
        _write(file, added, assignment, tuple(students))
    has_scores = (opened.evidence / assignment.id / "standings").is_file()
    who = tuple(dict.fromkeys(each.student for each in added))
    if not who or not has_scores:
        return Decided(file, added, None)
    graded = grade(
        opened, assignment.id, only=who, sandbox=sandbox, command=command, advance=advance
    )
    return Decided(file, added, graded)


def read_marks(file: Path) -> list[NewDecision]:
    """Overrides from a CSV: `student,points,reason`, and `question` where it is about one.

    Raises:
        GraderError: the file is none.
    """
    return [
        NewDecision(row["student"], "override", row["points"], row["reason"], row["question"])
        for row in read_rows(file, required=("student", "points", "reason"))
    ]


def read_extensions(file: Path) -> list[NewDecision]:
    """Extensions from a CSV: `student,until,reason` or `student,days,reason`.

    Raises:
        GraderError: the file is none, or a line has neither or both.
    """
    found = []
    for row in read_rows(file, required=("student",)):
        if bool(row["until"]) == bool(row["days"]):
            raise GraderError(
                "a line needs a deadline or a number of days",
                at=row.at(),
                fix="fill in one of the columns until (2026-02-05T17:00) and days (2)",
            )
        value = row["until"] or f"+{row['days']}d"
        found.append(NewDecision(row["student"], "extension", value, row["reason"]))
    return found


def _last(file: Path) -> dict[tuple[str, str, str], dict[str, str]]:
    """The decisions that stand, by what they are about; of two lines the last."""
    if not file.is_file():
        return {}
    return {
        (row["student"], row["question"], _thing(row["kind"])): {
            name: row[name] for name in COLUMNS
        }
        for row in read_rows(file, required=COLUMNS[:4])
    }


def _thing(kind: str) -> str:
    """Marks and overrides set the same points, so that the later one stands."""
    return "points" if kind.lower() in ("mark", "override") else kind.lower()


def _who_handed_in(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir() if each.is_dir()] if folder.is_dir() else []


def _write(
    file: Path, added: Sequence[NewDecision], assignment: Assignment, students: Sequence[str]
) -> None:
    """The file with these lines below the others, if all of them can be followed."""
    before = file.read_text(encoding="utf-8-sig") if file.is_file() else ""
    first = before.partition("\n")[0]
    separator = next((mark for mark in ",;\t" if mark in first), ",")
    header = [name.strip().lower() for name in next(csv.reader([first], delimiter=separator), [])]
    text = io.StringIO(newline="")
    text.write(before if before.endswith("\n") or not before else f"{before}\n")
    writer = csv.DictWriter(
        text,
        header or COLUMNS,
        delimiter=separator,
        lineterminator="\n",
        restval="",
        extrasaction="ignore",
    )
    if not header:
        writer.writeheader()
    writer.writerows(each.cells for each in added)
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f".{file.name}.{os.getpid()}.tmp")
    try:
        unfinished.write_text(text.getvalue(), encoding="utf-8", newline="")
        try:
            read_decisions(unfinished, assignment, students=students)
        except GraderError as error:
            at = error.at.replace(str(unfinished), str(file))
            raise GraderError(error.problem, at=at, fix=error.fix) from None
        os.replace(unfinished, file)
    finally:
        unfinished.unlink(missing_ok=True)
