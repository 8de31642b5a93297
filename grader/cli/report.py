"""`grader report`."""

from __future__ import annotations

import click

from grader.cli.options import opens_course
from grader.opened import OpenCourse


@click.command(
    "report",
    epilog="""\b
Examples:
  grader report hw1
  grader report hw1 --fresh""",
)
@click.argument("assignment")
@click.option("--fresh", is_flag=True, help="Make every page, not only those that have changed.")
@opens_course
def command(opened: OpenCourse, assignment: str, fresh: bool) -> int:
    """Make the pages of ASSIGNMENT again from what is stored; nothing is executed or scored.

    Pages made before do not change by time alone: with `show_hidden = "after_extensions"` in
    assignment.toml, this is how hidden cases come onto them once nobody can hand in any more.
    """
    from grader.cli.show import printable, progress
    from grader.reporting import report

    with progress(f"pages of {assignment}") as advance:
        done = report(opened, assignment, fresh=fresh, advance=advance)
    for note in done.notes:
        click.echo(f"note: {printable(note)}", err=True)
    if done.shows_hidden:
        click.echo("Hidden cases are shown with their numbers.")
    click.echo(f"{done.written} of {done.pages} students' pages were made anew.")
    click.echo(f"pages: {done.folder / 'summary.html'}")
    return 0
