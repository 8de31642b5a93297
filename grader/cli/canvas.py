"""`grader canvas`: fetch hand-ins from Canvas, push grades to it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import opens_course

if TYPE_CHECKING:
    from grader.opened import OpenCourse

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("canvas", context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Canvas directly, by its API: hand-ins from there, grades and pages back.

    It needs the table [canvas] in course.toml, and a token in the environment: CANVAS_TOKEN.
    """


@command.command(
    "fetch",
    epilog="""\b
Examples:
  grader canvas fetch hw1 --dry-run
  grader canvas fetch hw1
  grader canvas fetch hw1 --times-only""",
)
@click.argument("assignment")
@click.option(
    "--times-only",
    is_flag=True,
    help="Download nothing: give times to hand-ins of a zip that were collected without.",
)
@click.option("--owners", type=FILE, help="A CSV: label, student. For what is nobody's.")
@click.option("--dry-run", is_flag=True, help="Say what would be fetched, and fetch nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
@opens_course
def fetch_command(
    opened: OpenCourse,
    assignment: str,
    times_only: bool,
    owners: Path | None,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Fetch all attempts of ASSIGNMENT, with their times, for `grader grade`.

    What is there is not fetched again, so it may be stopped and run again. What is nobody's is
    listed, and kept in submissions/HW/_unmatched/. Excuses and other deadlines that Canvas has are
    shown as commands, and not applied.
    """
    from grader.cli.show import fetched, progress
    from grader.fetching import fetch

    with progress(f"fetching {assignment}") as advance:
        done = fetch(
            opened,
            assignment,
            labels=owners,
            times_only=times_only,
            is_dry=dry_run,
            advance=advance,
        )
    fetched(done, assignment, is_dry=dry_run, as_json=as_json)
    return 1 if done.collected.failed else 0


@command.command(
    "push",
    epilog="""\b
Examples:
  grader canvas push hw1 --dry-run
  grader canvas push hw1 --feedback
  grader canvas push hw1 --yes""",
)
@click.argument("assignment")
@click.option("--feedback", is_flag=True, help="Attach each student's page to a comment, once.")
@click.option("--raw", is_flag=True, help="Without our late penalty: Canvas takes its own.")
@click.option("--dry-run", is_flag=True, help="Show the difference, and push nothing.")
@click.option("--yes", is_flag=True, help="Push without asking.")
@click.option(
    "--provisional",
    is_flag=True,
    help="Push although some scores await a person. Those without a score are left out.",
)
@opens_course
def push_command(
    opened: OpenCourse,
    assignment: str,
    feedback: bool,
    raw: bool,
    dry_run: bool,
    yes: bool,
    provisional: bool,
) -> int:
    """Push the grades of ASSIGNMENT, as `grader grade` left them, to Canvas: those that differ.

    Shows the difference and asks first. Who has no score is left alone, and nobody's grade is ever
    replaced by a blank. It may be stopped and run again: nothing is done twice.
    """
    from grader.cli.show import progress, to_be_pushed, were_pushed
    from grader.pushing import carry_out, plan_push

    push = plan_push(opened, assignment, is_raw=raw, with_pages=feedback, provisional=provisional)
    to_be_pushed(push, with_pages=feedback)
    if not push.wanted:
        click.echo("Canvas has all of it.")
        if yes and not dry_run:  # a push that was stopped at its very end may not have noted that
            carry_out(opened, push)
        return 0
    if dry_run or not (yes or _agreed()):
        click.echo("Nothing was pushed." if dry_run else "Nothing was pushed: --yes pushes it.")
        return 0
    with progress(f"pushing {assignment}") as advance:
        done = carry_out(opened, push, advance=advance)
    were_pushed(done)
    return 1 if done.failed else 0


def _agreed() -> bool:
    """Whether the person at the terminal says so; without one, nobody does."""
    return sys.stdin.isatty() and click.confirm("Push this to Canvas?", default=False)
