"""`grader extend`, `grader override`, `grader excuse`: one decision each, and its reason."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import course_option, out_option, sandbox_option, submissions_option

if TYPE_CHECKING:
    from grader.deciding import NewDecision

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(
    "extend",
    epilog="""\b
Examples:
  grader extend hw1 s03 s07 --days 2 --reason "ill, certificate seen"
  grader extend hw1 s03 --until 2026-02-05T17:00 --reason "moved house"
  grader extend hw1 --all --days 1 --reason "the LMS was down"
  grader extend hw1 --from extensions.csv""",
)
@click.argument("assignment")
@click.argument("students", nargs=-1)
@click.option("--until", help="The new deadline, in the course's time.")
@click.option("--days", type=click.IntRange(1, 365), help="Or so many days more.")
@click.option("--reason", default="", help="Shown on the student's page.")
@click.option("--all", "everybody", is_flag=True, help="Everybody on the roster.")
@click.option("--from", "file", type=FILE, help="A CSV: student, until or days, reason.")
@course_option
@submissions_option
@out_option
@sandbox_option
@click.pass_obj
def extend(
    outer_course: Path | None,
    assignment: str,
    students: tuple[str, ...],
    until: str | None,
    days: int | None,
    reason: str,
    everybody: bool,
    file: Path | None,
    course: Path | None,
    submissions: Path | None,
    out: Path | None,
    sandbox: str,
) -> int:
    """Give STUDENTS another deadline for ASSIGNMENT. Counts at once; no code runs again."""
    from grader.deciding import NewDecision, read_extensions
    from grader.opened import open_course

    opened = open_course(course or outer_course, submissions=submissions, out=out)
    if file is not None:
        if students or everybody or until or days:
            raise click.UsageError("--from says who and until when: leave the rest out")
        new = read_extensions(file)
    else:
        if (until is None) == (days is None):
            raise click.UsageError("say --until TIME or --days N")
        if bool(students) == everybody:
            raise click.UsageError("say which students, or --all")
        value = until or f"+{days}d"
        who = tuple(opened.roster) if everybody else students
        new = [NewDecision(each, "extension", value, reason) for each in who]
    return _decide(opened, assignment, new, sandbox, "grader extend")


@click.command(
    "override",
    epilog="""\b
Examples:
  grader override hw1 s03 Q4 --points 1.5 --reason "right on paper"
  grader override hw1 s05 --points 0 --reason "copied, as discussed"
  grader override hw1 --from marks.csv""",
)
@click.argument("assignment")
@click.argument("student", required=False)
@click.argument("question", required=False, default="")
@click.option("--points", help="Of the question; without a question, the final score.")
@click.option("--reason", default="", help="Needed; shown on the student's page.")
@click.option("--from", "file", type=FILE, help="A CSV: student, question, points, reason.")
@course_option
@submissions_option
@out_option
@sandbox_option
@click.pass_obj
def override(
    outer_course: Path | None,
    assignment: str,
    student: str | None,
    question: str,
    points: str | None,
    reason: str,
    file: Path | None,
    course: Path | None,
    submissions: Path | None,
    out: Path | None,
    sandbox: str,
) -> int:
    """Set the points of STUDENT in QUESTION, or the final score. Survives grading again."""
    from grader.deciding import NewDecision, read_marks
    from grader.opened import open_course

    opened = open_course(course or outer_course, submissions=submissions, out=out)
    if file is not None:
        if student or points:
            raise click.UsageError("--from says who and how many points: leave the rest out")
        new = read_marks(file)
    else:
        if not student or points is None:
            raise click.UsageError("say which student, and --points")
        new = [NewDecision(student, "override", points, reason, question)]
    return _decide(opened, assignment, new, sandbox, "grader override")


@click.command(
    "excuse",
    epilog="""\b
Examples:
  grader excuse hw1 s03 --reason "military service\"""",
)
@click.argument("assignment")
@click.argument("students", nargs=-1, required=True)
@click.option("--reason", default="", help="Shown on the student's page.")
@course_option
@submissions_option
@out_option
@sandbox_option
@click.pass_obj
def excuse(
    outer_course: Path | None,
    assignment: str,
    students: tuple[str, ...],
    reason: str,
    course: Path | None,
    submissions: Path | None,
    out: Path | None,
    sandbox: str,
) -> int:
    """Excuse STUDENTS from ASSIGNMENT: no score, and none is missed."""
    from grader.deciding import NewDecision
    from grader.opened import open_course

    opened = open_course(course or outer_course, submissions=submissions, out=out)
    new = [NewDecision(each, "excuse", "", reason) for each in students]
    return _decide(opened, assignment, new, sandbox, "grader excuse")


def _decide(
    opened: object, assignment: str, new: Sequence[NewDecision], sandbox: str, command: str
) -> int:
    from grader.cli.show import chosen_sandbox, impact_table, printable, progress
    from grader.deciding import decide
    from grader.opened import OpenCourse

    assert isinstance(opened, OpenCourse)
    walls = chosen_sandbox(sandbox)
    with progress(f"grading {assignment}") as advance:
        done = decide(opened, assignment, new, sandbox=walls, command=command, advance=advance)
    lines = "1 line" if len(done.added) == 1 else f"{len(done.added)} lines"
    if done.added:
        click.echo(f"{lines} added to {done.file}")
    else:
        click.echo(f"Nothing to add: {done.file} says so already.")
    if done.graded is not None:
        for note in done.graded.notes:
            click.echo(f"note: {printable(note)}", err=True)
        if done.graded.changes is not None:
            impact_table(done.graded.changes)
        click.echo(f"pages: {done.graded.folder / 'summary.html'}")
    return 0
