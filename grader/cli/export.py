"""`grader export`."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.options import course_option, out_option, submissions_option


@click.command(
    "export",
    epilog="""\b
Examples:
  grader export hw1 --to csv
  grader export hw1 --to canvas --output hw1-canvas.csv""",
)
@click.argument("assignment")
@click.option("--to", "target", type=click.Choice(["csv", "canvas"]), required=True)
@course_option
@submissions_option
@out_option
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write. By default DIR/HW/export-TARGET.csv.",
)
@click.option(
    "--provisional",
    is_flag=True,
    help="Export although some scores await a person. Those without a score are left out.",
)
@click.pass_obj
def command(
    outer_course: Path | None,
    assignment: str,
    target: str,
    course: Path | None,
    submissions: Path | None,
    out: Path | None,
    output: Path | None,
    provisional: bool,
) -> int:
    """Write the grades of ASSIGNMENT, as `grader grade` left them, for an LMS or a spreadsheet."""
    from grader.cli.show import printable
    from grader.exporting import export
    from grader.opened import open_course

    opened = open_course(course or outer_course, submissions=submissions, out=out)
    written = export(opened, assignment, target, output=output, provisional=provisional)
    for line in written.notes:
        click.echo(f"note: {printable(line)}", err=True)
    click.echo(str(written.file))
    return 0
