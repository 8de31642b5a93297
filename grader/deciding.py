"""`extend`, `override`, `excuse`, `comment`: decisions go into the gradebook, and count at once.

So does taking a change back: see `undo`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.course import DecisionLine, load_assignment, parsed, read_rows
from grader.errors import GraderError
from grader.execute import Sandbox
from grader.gradebook import thing_of
from grader.gradebook.address import source_of_lines
from grader.grading import Graded, grade
from grader.opened import OpenCourse, lines_of
from grader.prepared import questions_of, refuse_silent_marks

Advance = Callable[[int, int, str, int], None]


@dataclass(frozen=True)
class Decided:
    """What was written; and the scores, if there were any before.

    Attributes:
        change: its number in the gradebook; None if all of it stood already.
        graded: the assignment; and others, where slip days are spent otherwise now.
        notes: for the person at the terminal.
    """

    gradebook: str
    change: int | None
    added: tuple[DecisionLine, ...]
    graded: tuple[Graded, ...] = ()
    notes: tuple[str, ...] = ()


def decide(
    opened: OpenCourse,
    assignment_id: str,
    new: Sequence[DecisionLine],
    *,
    sandbox: Sandbox,
    command: str,
    advance: Advance = lambda done, total, who, failed: None,
) -> Decided:
    """Write decisions, all or none, and grade those students again from stored evidence.

    A decision that stands already is not written twice.

    Raises:
        GraderError: one of them can't be followed; nothing is written then.
    """
    from grader.gradebook import decisions
    from grader.gradebook.changes import ChangeSet
    from grader.gradebook.database import writing

    assignment = load_assignment(opened.course, assignment_id)
    hand_ins = opened.submissions / assignment.id
    students = tuple(dict.fromkeys([*opened.roster, *_who_handed_in(hand_ins)]))
    refuse_silent_marks(
        parsed(new, assignment, students=students), questions_of(opened.course, assignment)
    )
    source = source_of_lines(opened.gradebook)
    with writing(opened.gradebook) as connection:
        change = ChangeSet(connection, "decision", command, assignment=assignment.id)
        decisions.import_lines(change, assignment.id, lines_of(opened, assignment), source)
        kept = decisions.kept_decisions(connection, assignment.id)
        standing = {thing_of(each.line): each.line for each in kept}
        added = tuple(
            each
            for each in dict.fromkeys(new)
            if (same := standing.get(thing_of(each))) is None or not same.says_the_same(each)
        )
        decisions.add(change, assignment.id, added)
        change.write()
    number = change.number_if_any if added else None
    who = [each.student for each in added]
    graded = _again(
        opened, assignment.id, who, sandbox=sandbox, command=command, advance=advance, change=number
    )
    return Decided(str(opened.gradebook), number, added, graded)


def undo(
    opened: OpenCourse,
    number: int,
    *,
    sandbox: Sandbox,
    reason: str = "",
    advance: Advance = lambda done, total, who, failed: None,
) -> Decided:
    """Take a change of the gradebook back, and grade whom it concerns again.

    Decisions that it made count no more, and those that it took back count again. If it was a
    grading, the scores that it changed stand as they were before, whatever grading gives: that is a
    decision of its own, which counts until the student hands in again or somebody decides
    otherwise, and which can be taken back too.

    Raises:
        GraderError: there is no such change, or nothing of it can be taken back.
    """
    from grader.gradebook.database import writing
    from grader.gradebook.undoing import take_back_change

    with writing(opened.gradebook) as connection:
        done = take_back_change(connection, number, opened.gradebook, reason=reason)
    graded = _again(
        opened,
        done.assignment,
        done.students,
        sandbox=sandbox,
        command="grader gradebook undo",
        advance=advance,
        change=done.change,
    )
    return Decided(str(opened.gradebook), done.change, done.added, graded, done.notes)


def _again(
    opened: OpenCourse,
    assignment_id: str,
    students: Sequence[str],
    *,
    sandbox: Sandbox,
    command: str,
    advance: Advance,
    change: int | None,
) -> tuple[Graded, ...]:
    """Their scores, made again, where there are scores."""
    who = tuple(dict.fromkeys(students))
    names = [assignment_id, *_with_the_same_slip_days(opened, assignment_id)]
    return tuple(
        grade(
            opened,
            name,
            only=who,
            sandbox=sandbox,
            command=command,
            advance=advance,
            change=change,
        )
        for name in names
        if who and (opened.evidence / name / "standings").is_file()
    )


def _with_the_same_slip_days(opened: OpenCourse, assignment_id: str) -> list[str]:
    """Those where less, or more, may be left now."""
    if not load_assignment(opened.course, assignment_id).late.slip_days:
        return []
    return [
        name
        for name in opened.course.assignments
        if name != assignment_id
        and (opened.evidence / name / "standings").is_file()
        and load_assignment(opened.course, name).late.slip_days
    ]


def read_marks(file: Path) -> list[DecisionLine]:
    """Overrides from a CSV: `student,points,reason`, and `question` where it is about one.

    Raises:
        GraderError: the file is none.
    """
    return [
        DecisionLine(
            row["student"],
            row["question"],
            "override",
            row["points"],
            row["reason"],
            at=row.at(),
        )
        for row in read_rows(file, required=("student", "points", "reason"))
    ]


def read_extensions(file: Path) -> list[DecisionLine]:
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
        found.append(
            DecisionLine(row["student"], "", "extension", value, row["reason"], at=row.at())
        )
    return found


def _who_handed_in(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir() if each.is_dir()] if folder.is_dir() else []
