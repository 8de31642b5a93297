"""`grader collect`."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.options import course_option, submissions_option

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(
    "collect",
    epilog="""\b
Examples:
  grader collect hw1 submissions.zip --times times.csv
  grader collect hw1 moodle.zip --worksheet grades.csv --dry-run
  grader collect hw1 submitted/ --from nbgrader""",
)
@click.argument("assignment")
@click.argument("download", type=click.Path(path_type=Path))
@click.option(
    "--from",
    "kind",
    type=click.Choice(["canvas", "moodle", "gradescope", "nbgrader", "folder"]),
    help="What the download is from. By default it is recognised by the names in it.",
)
@click.option("--times", type=FILE, help="A CSV: user_id (or student, login), submitted_at.")
@click.option("--worksheet", type=FILE, help="Moodle's grading worksheet: who is who.")
@click.option("--owners", type=FILE, help="A CSV: label, student. For what is nobody's.")
@click.option("--groups", type=FILE, help="A CSV: student, group. Who hands in together.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@course_option
@submissions_option
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
@click.pass_obj
def command(
    outer_course: Path | None,
    assignment: str,
    download: Path,
    kind: str | None,
    times: Path | None,
    worksheet: Path | None,
    owners: Path | None,
    groups: Path | None,
    dry_run: bool,
    course: Path | None,
    submissions: Path | None,
    as_json: bool,
) -> int:
    """Take a DOWNLOAD of the LMS in: hand-ins of ASSIGNMENT, for `grader grade`.

    A zip or a folder, from Canvas, Moodle, Gradescope or nbgrader, or a plain one. What is nobody's
    is listed, and kept in submissions/HW/_unmatched/. Twice the same changes nothing; a newer
    download adds attempts. Times of a Canvas zip are asked of Canvas, if it is known how: see
    `grader canvas --help`.
    """
    from grader.cli.show import collected, progress
    from grader.collecting import collect
    from grader.opened import open_course

    opened = open_course(course or outer_course, submissions=submissions)
    with progress(f"collecting {assignment}") as advance:
        done = collect(
            opened,
            assignment,
            download,
            kind=kind,  # type: ignore[arg-type]
            times=times,
            worksheet=worksheet,
            labels=owners,
            groups=groups,
            is_dry=dry_run,
            advance=advance,
        )
    collected(done, assignment, is_dry=dry_run, as_json=as_json)
    return 0
