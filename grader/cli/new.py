"""`grader new`."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.options import course_option


@click.command(
    "new",
    epilog="""\b
Examples:
  grader new CS1              a course, with one working assignment
  cd CS1 && grader grade hw1
  grader new --assignment hw2""",
)
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option("--assignment", help="Add an assignment of this name to the course that we are in.")
@course_option
@click.pass_obj
def command(
    outer_course: Path | None, folder: Path | None, assignment: str | None, course: Path | None
) -> int:
    """Make a course in FOLDER to start from; or, with --assignment, an assignment in a course."""
    from datetime import datetime

    from grader.course import find_course
    from grader.starter import new_assignment, new_course

    today = datetime.now().astimezone()
    if folder is not None:
        made = new_course(folder, today=today, assignment=assignment or "hw1")
        for file in made.files:
            click.echo(str(file))
        click.echo(f"\nNow: cd {folder}, then grader grade {assignment or 'hw1'}")
        return 0
    if assignment is None:
        raise click.UsageError("Name a folder for the course, or an --assignment for this one.")
    made = new_assignment(
        course or outer_course or find_course(Path.cwd()), assignment, today=today
    )
    for file in made.files:
        click.echo(str(file))
    for note in made.notes:
        click.echo(f"note: {note}", err=True)
    return 0
