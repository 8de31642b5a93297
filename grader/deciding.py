"""`extend`, `override`, `excuse`, `comment`: decisions go into the gradebook, and count at once.

So does taking a change back: see `undo`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.collect import collect_folder
from grader.course import Assignment, DecisionLine, load_assignment, parsed, read_rows
from grader.errors import GraderError
from grader.execute import Local, Sandbox
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

    A decision that stands already is not written twice. Its student is graded again all the same:
    the command that wrote it may have been stopped before.

    Raises:
        GraderError: one of them, or a line of decisions.csv, can't be followed; nothing is written
            then. Or scores can't be made: what is decided stands, and it says so.
    """
    from grader.gradebook import decisions
    from grader.gradebook.changes import ChangeSet
    from grader.gradebook.database import writing

    assignment = load_assignment(opened.course, assignment_id)
    students = _everybody(opened, assignment)
    lines = lines_of(opened, assignment)
    refuse_silent_marks(
        parsed([*new, *lines], assignment, students=students),
        questions_of(opened.course, assignment),
    )
    source = source_of_lines(opened.gradebook)
    with writing(opened.gradebook) as connection:
        change = ChangeSet(connection, "decision", command, assignment=assignment.id)
        decisions.import_lines(change, assignment.id, lines, source)
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
    who = [each.student for each in new]
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
        GraderError: there is no such change, or nothing of it can be taken back. Or scores can't be
            made: it is taken back, and it says so.
    """
    from grader.gradebook.database import writing
    from grader.gradebook.undoing import take_back_change

    with writing(opened.gradebook) as connection:
        done = take_back_change(connection, number, opened.gradebook, reason=reason)
        if done.assignment not in opened.course.assignments:
            raise GraderError(
                f"change {number} is about {done.assignment}, which the course does not have now",
                at=f"{opened.course.root / 'course.toml'}, key assignments",
                fix=f"add {done.assignment} there as long as you take it back",
            )
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
    """Their scores, made again, where there are scores.

    Raises:
        GraderError: another command is at work, say. It tells what is decided already.
    """
    graded: list[Graded] = []
    for name in [assignment_id, *_with_the_same_slip_days(opened, assignment_id)]:
        if not students or not (opened.evidence / name / "standings").is_file():
            continue
        there = set(_everybody(opened, load_assignment(opened.course, name)))
        who = [each for each in dict.fromkeys(students) if each in there]
        if not who:  # they have left since, or are strangers here
            continue
        try:
            graded.append(
                grade(
                    opened,
                    name,
                    only=who,
                    engine=Local(sandbox=sandbox),
                    command=command,
                    advance=advance,
                    change=change,
                )
            )
        except GraderError as error:
            raise GraderError(
                f"{error.problem}. What you decided is in the gradebook; the scores of {name} do "
                "not follow it yet",
                at=error.at,
                fix=f"{error.fix or 'mend that'}; then: grader grade {name}",
            ) from error
    return tuple(graded)


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


def _everybody(opened: OpenCourse, assignment: Assignment) -> tuple[str, ...]:
    """The roster, and who else handed in."""
    folder = opened.submissions / assignment.id
    there = collect_folder(folder, assignment.notebook.name) if folder.is_dir() else []
    return tuple(dict.fromkeys([*opened.roster, *(each.student for each in there)]))
