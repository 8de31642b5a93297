"""`grader roster`."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.options import course_option


@click.command(
    "roster",
    epilog="""\b
Examples:
  grader roster canvas-gradebook.csv --dry-run
  grader roster participants.csv --id login""",
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--id",
    "id_from",
    type=click.Choice(["student", "login", "lms_id", "email"]),
    help="What becomes the id: student number, login, the LMS's number, or the mail before its @. "
    "By default the first that all have.",
)
@click.option(
    "--partial", is_flag=True, help="It has some of the course: note nobody as withdrawn."
)
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@course_option
@click.pass_obj
def command(
    outer_course: Path | None,
    file: Path,
    id_from: str | None,
    partial: bool,
    dry_run: bool,
    course: Path | None,
) -> int:
    """Make roster.csv, or bring it up to date, from an export of the LMS in FILE.

    Canvas's gradebook, Moodle's grading worksheet or Gradescope's roster. Who is not in it any more
    is noted as withdrawn, and keeps what was handed in. The roster before is kept beside it.
    """
    from datetime import datetime

    from grader.cli.show import printable
    from grader.collect.lms.people import read_people
    from grader.course import find_course, load_course
    from grader.course.roster import enrol, write_roster

    opened = load_course(course or outer_course or find_course(Path.cwd()))
    kind, people = read_people(file, id_from)  # type: ignore[arg-type]
    roster = opened.root / "roster.csv"
    done = enrol(roster, people, datetime.now(opened.timezone).date(), is_partial=partial)
    click.echo(f"{len(people)} people, from {kind}")
    for number, what in (
        (len(done.added), "new"),
        (len(done.returned), "came back"),
        (len(done.withdrawn), "withdrew"),
        (len(done.changed), "changed"),
        (done.unchanged, "as they were"),
    ):
        if number:
            click.echo(f"  {number:>5}  {what}")
    for student in done.withdrawn:
        click.echo(f"- {printable(student)} is not in it: noted as withdrawn")
    for student, said in done.changed:
        click.echo(f"- {printable(student)}: {printable(said)}")
    if dry_run:
        click.echo("Nothing was written.")
        return 0
    write_roster(roster, done.text)
    click.echo(str(roster))
    return 0
