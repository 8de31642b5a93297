"""`grader extend`, `override`, `excuse` and `comment`: one decision each, and its reason."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import opens_course, sandbox_option

if TYPE_CHECKING:
    from grader.course import DecisionLine
    from grader.deciding import Decided
    from grader.opened import OpenCourse

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
@opens_course
@sandbox_option
def extend(
    opened: OpenCourse,
    assignment: str,
    students: tuple[str, ...],
    until: str | None,
    days: int | None,
    reason: str,
    everybody: bool,
    file: Path | None,
    sandbox: str,
) -> int:
    """Give STUDENTS another deadline for ASSIGNMENT. Counts at once; no code runs again."""
    from grader.course import DecisionLine
    from grader.deciding import read_extensions

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
        new = [DecisionLine(each, "", "extension", value, reason) for each in who]
    return decide_and_show(opened, assignment, new, sandbox, "grader extend")


@click.command(
    "override",
    epilog="""\b
Examples:
  grader override hw1 s03 Q4 --points 1.5 --reason "right on paper"
  grader override hw1 s05 --points 6 --reason "oral examination"
  grader override hw1 s05 --misconduct --reason "copied, as discussed"
  grader override hw1 --from marks.csv""",
)
@click.argument("assignment")
@click.argument("student", required=False)
@click.argument("question", required=False, default="")
@click.option("--points", help="Of the question; without a question, the final score.")
@click.option("--misconduct", is_flag=True, help="Zero for the assignment, and said so.")
@click.option("--reason", default="", help="Needed; shown on the student's page.")
@click.option("--from", "file", type=FILE, help="A CSV: student, question, points, reason.")
@opens_course
@sandbox_option
def override(
    opened: OpenCourse,
    assignment: str,
    student: str | None,
    question: str,
    points: str | None,
    misconduct: bool,
    reason: str,
    file: Path | None,
    sandbox: str,
) -> int:
    """Set the points of STUDENT in QUESTION, or the final score. Survives grading again."""
    from grader.course import DecisionLine
    from grader.deciding import read_marks

    if file is not None:
        if student or points or misconduct:
            raise click.UsageError("--from says who and how many points: leave the rest out")
        new = read_marks(file)
    else:
        if not student or (points is None) != misconduct:
            raise click.UsageError("say which student, and --points or --misconduct")
        kind = "misconduct" if misconduct else "override"
        new = [DecisionLine(student, question, kind, points or "", reason)]
    return decide_and_show(opened, assignment, new, sandbox, "grader override")


@click.command(
    "excuse",
    epilog="""\b
Examples:
  grader excuse hw1 s03 --reason "military service\"""",
)
@click.argument("assignment")
@click.argument("students", nargs=-1, required=True)
@click.option("--reason", default="", help="Shown on the student's page.")
@opens_course
@sandbox_option
def excuse(
    opened: OpenCourse, assignment: str, students: tuple[str, ...], reason: str, sandbox: str
) -> int:
    """Excuse STUDENTS from ASSIGNMENT: no score, and none is missed."""
    from grader.course import DecisionLine

    new = [DecisionLine(each, "", "excuse", "", reason) for each in students]
    return decide_and_show(opened, assignment, new, sandbox, "grader excuse")


@click.command(
    "comment",
    epilog="""\b
Examples:
  grader comment hw1 s03 "Well explained."
  grader comment hw1 s03 Q4 "Look at lecture 2, slide 14.\"""",
)
@click.argument("assignment")
@click.argument("student")
@click.argument("words", nargs=-1, required=True, metavar="[QUESTION] TEXT")
@click.option("--question", default="", help="What it is about; without it, the whole.")
@opens_course
@sandbox_option
def comment(
    opened: OpenCourse,
    assignment: str,
    student: str,
    words: tuple[str, ...],
    question: str,
    sandbox: str,
) -> int:
    """Put TEXT on the page of STUDENT. It changes no points."""
    from grader.course import DecisionLine

    if len(words) == 2 and not question:
        question, text = words
    elif len(words) == 1:
        (text,) = words
    else:
        raise click.UsageError(
            'give the text in quotes: grader comment hw1 s03 Q4 "See lecture 2."'
        )
    new = [DecisionLine(student, question, "comment", "", text.strip())]
    return decide_and_show(opened, assignment, new, sandbox, "grader comment")


def decide_and_show(
    opened: OpenCourse, assignment: str, new: Sequence[DecisionLine], sandbox: str, command: str
) -> int:
    from grader.cli.show import chosen_sandbox, progress
    from grader.deciding import decide

    walls = chosen_sandbox(sandbox)
    with progress(f"grading {assignment}") as advance:
        done = decide(opened, assignment, new, sandbox=walls, command=command, advance=advance)
    if done.added:
        number = "1 decision" if len(done.added) == 1 else f"{len(done.added)} decisions"
        click.echo(f"{number} added to {done.gradebook}, change {done.change}")
    else:
        click.echo(f"Nothing to add: {done.gradebook} says so already.")
    show_decided(done)
    return 0


def show_decided(done: Decided) -> None:
    """What it did to scores."""
    from grader.cli.show import impact_table, printable

    for note in (*done.notes, *(note for each in done.graded[:1] for note in each.notes)):
        click.echo(f"note: {printable(note)}", err=True)
    for place, graded in enumerate(done.graded):
        if place and not graded.changes:  # another assignment, where nothing follows
            continue
        if place:
            click.echo(f"Slip days are spent otherwise in {printable(graded.title)}:")
        if graded.changes is not None:
            impact_table(graded.changes)
        click.echo(f"pages: {graded.folder / 'summary.html'}")
