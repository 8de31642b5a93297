"""`grader gradebook`: its history, taking changes back, backups."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import opens_course, sandbox_option

if TYPE_CHECKING:
    from grader.gradebook.changes import Event
    from grader.opened import OpenCourse


NUMBER = click.IntRange(1, 2**31 - 1)
"""Of a change: as many as the database counts."""


@click.group("gradebook", context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """The gradebook: who changed what, when and why; taking it back; backups."""


@command.command(
    "history",
    epilog="""\b
Examples:
  grader gradebook history hw1 --student s03
  grader gradebook history --change 12 --json""",
)
@click.argument("assignment", default="")
@click.option("--student", default="", help="Only what is about this student.")
@click.option("--change", type=NUMBER, help="Only this change.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@opens_course
def history_command(
    opened: OpenCourse, assignment: str, student: str, change: int | None, as_json: bool
) -> int:
    """Print what changed in ASSIGNMENT, or in all: number, when, who, what, why."""
    from grader.course import load_assignment
    from grader.gradebook.changes import history
    from grader.gradebook.database import reading

    if assignment:
        load_assignment(opened.course, assignment)  # refuse a slip
    with reading(opened.gradebook) as connection:
        events = (
            history(connection, assignment=assignment, student=student, change=change)
            if connection is not None
            else []
        )
    if as_json:
        _print_json(events)
    elif not events:
        click.echo("Nothing has changed yet.")
    else:
        _print_events(events, opened, names_assignment=not assignment)
    return 0


@command.command(
    "undo",
    epilog="""\b
Examples:
  grader gradebook undo 12
  grader gradebook undo 12 --reason "the tolerance was right after all\"""",
)
@click.argument("change", type=NUMBER)
@click.option("--reason", default="", help="Shown on the student's page where a score stands.")
@opens_course
@sandbox_option
def undo_command(opened: OpenCourse, change: int, reason: str, sandbox: str) -> int:
    """Take CHANGE back: decisions count no more; after a grading, scores stand as before it.

    A score that stands does so until the student hands in again or somebody decides otherwise.
    Taking back is a change too, and can be taken back.
    """
    from grader.cli.decisions import show_decided
    from grader.cli.show import chosen_sandbox, progress
    from grader.deciding import undo

    walls = chosen_sandbox(sandbox)
    with progress("grading again") as advance:
        done = undo(opened, change, sandbox=walls, reason=reason, advance=advance)
    click.echo(f"Change {change} is taken back, by change {done.change}.")
    show_decided(done)
    return 0


@command.command(
    "backup",
    epilog="""\b
Examples:
  grader gradebook backup backup-2026-03-01.zip""",
)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@opens_course
def backup_command(opened: OpenCourse, file: Path) -> int:
    """Write the gradebook, the course's secret and the roster to FILE, a zip.

    It holds grades and the secret: keep it where students can't read it.
    """
    from grader.gradebook.backup import write_backup

    root = opened.course.root
    done = write_backup(opened.gradebook, root, FILES, file)
    rows = ", ".join(f"{number} {name}s" for name, number in done.rows.items())
    click.echo(f"{file}: {rows}; {', '.join(done.files) or 'no files'}")
    return 0


FILES = ("course.secret", "secret.fingerprint", "roster.csv")


@command.command(
    "restore",
    epilog="""\b
Examples:
  grader gradebook restore backup-2026-03-01.zip --replace""",
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="In the place of a gradebook that is not empty.")
@click.option(
    "--course",
    type=click.Path(file_okay=False, path_type=Path),
    help="The course's folder. By default the nearest one upwards that has a course.toml.",
)
@click.pass_obj
def restore_command(
    outer_course: Path | None, file: Path, replace: bool, course: Path | None
) -> int:
    """Put the gradebook of FILE in place, in the file or in PostgreSQL, whichever is configured.

    The secret and the roster come back if they are missing. Grade again afterwards: scores and
    pages follow the decisions that are restored.
    """
    from grader.course import find_course, load_course
    from grader.gradebook import gradebook_at
    from grader.gradebook.backup import restore_backup

    found = load_course(course or outer_course or find_course(Path.cwd()))
    address = gradebook_at(found.root, found.gradebook)
    done = restore_backup(file, address, found.root, replace=replace)
    rows = ", ".join(f"{number} {name}s" for name, number in done.rows.items())
    click.echo(f"{address}: {rows}")
    for name in done.files:
        click.echo(f"{found.root / name} is back")
    return 0


def _print_json(events: list[Event]) -> None:
    import json
    from dataclasses import asdict

    entries = [{**asdict(each), "at": each.at.isoformat()} for each in events]
    click.echo(json.dumps(entries, ensure_ascii=False, indent=1).encode())


def _print_events(events: list[Event], opened: OpenCourse, *, names_assignment: bool) -> None:
    """One line a change, and below it one line a thing that it changed."""
    from grader.cli.show import printable

    last = None
    for each in events:
        if each.change != last:
            last = each.change
            when = f"{each.at.astimezone(opened.course.timezone):%Y-%m-%d %H:%M}"
            why = f": {each.reason}" if each.reason else ""
            click.echo(printable(f"{each.change:>4}  {when}  {each.author}  {each.command}{why}"))
        where = f"{each.assignment} " if names_assignment and each.assignment else ""
        click.echo(printable(f"      {where}{each.student}  {in_words(each)}"))


def in_words(event: Event) -> str:
    """`score 7.00 -> 10.00`, `decision: extension +2d (ill)`."""
    before, after = event.before, event.after
    if event.what == "decision":
        facts = after or before or {}
        words = " ".join(filter(None, (facts["kind"], facts["question"], facts["value"])))
        reason = f" ({facts['reason']})" if facts["reason"] else ""
        return f"{'decision' if after else 'no more'}: {words}{reason}"
    if event.what == "attempt":
        facts = after or before or {}
        return f"attempt {event.item}, handed in {facts['submitted_at'] or 'nobody knows when'}"
    if event.what == "pair":
        reason = (after or before or {})["reason"]
        said = f"looked at beside {event.item}{f' ({reason})' if reason else ''}"
        return said if after else f"no more: {said}"
    if event.what == "score":
        now = after or {}
        if before is not None and _score(before) == _score(now):
            return f"score {_score(now)} as before, otherwise explained"
        was = "" if before is None else f"{_score(before)} -> "
        return f"score {was}{_score(now)}"
    if before is None:
        return "is in the course"
    now = after or {}
    changed = [f"{name} {before.get(name)!r} -> {now[name]!r}" for name in now
               if before.get(name) != now[name]]  # fmt: skip
    return ", ".join(changed)


def _score(facts: object) -> str:
    assert isinstance(facts, dict)
    return str(facts["status"] if facts["score"] is None else facts["score"])
