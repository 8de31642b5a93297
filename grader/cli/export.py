"""`grader export`."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.options import course_option, out_option, submissions_option


@click.command(
    "export",
    epilog="""\b
Examples:
  grader export hw1 --to excel
  grader export hw1 --to canvas --template canvas-gradebook.csv --dry-run
  grader export hw1 --to moodle --template worksheet.csv --feedback pages.zip""",
)
@click.argument("assignment")
@click.option(
    "--to",
    "target",
    type=click.Choice(["csv", "excel", "canvas", "moodle", "gradescope"]),
    required=True,
)
@course_option
@submissions_option
@out_option
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write. By default DIR/HW/export-TARGET.csv, .xlsx or .zip.",
)
@click.option(
    "--template",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The gradebook as the LMS exported it. Only what changes is written, and shown before.",
)
@click.option("--raw", is_flag=True, help="Without our late penalty: the LMS takes its own.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
@click.option(
    "--feedback",
    is_flag=False,
    flag_value="",
    metavar="[FILE.zip]",
    help="Also an archive of the students' pages, under the names that the LMS matches on. By "
    "default DIR/HW/feedback-TARGET.zip.",
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
    template: Path | None,
    raw: bool,
    dry_run: bool,
    feedback: str | None,
    provisional: bool,
) -> int:
    """Write the grades of ASSIGNMENT, as `grader grade` left them, for an LMS or a spreadsheet."""
    from grader.cli.show import exported
    from grader.exporting import export
    from grader.opened import open_course

    opened = open_course(course or outer_course, submissions=submissions, out=out)
    if target not in ("canvas", "moodle") and (template or raw):
        raise click.UsageError("--template and --raw are for --to canvas and --to moodle")
    if feedback and not feedback.lower().endswith(".zip"):
        raise click.UsageError(f"--feedback: {feedback!r} is no .zip; give a file, or nothing")
    done = export(
        opened,
        assignment,
        target,  # type: ignore[arg-type]
        output=output,
        provisional=provisional,
        template=template,
        is_raw=raw,
        is_dry=dry_run,
        with_pages=feedback is not None,
        archive=Path(feedback) if feedback else None,
        show=exported,
    )
    for file in ["Nothing was written."] if dry_run else filter(None, (done.file, done.archive)):
        click.echo(str(file))
    return 0
