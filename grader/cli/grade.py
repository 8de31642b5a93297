"""`grader grade`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from grader.cli.engine import chosen_engine, engine_options
from grader.cli.options import course_option, out_option, submissions_option


@click.command(
    "grade",
    epilog="""\b
Examples:
  grader grade hw1
  grader grade hw1 --student s01 --student s02
  grader grade hw1 --submissions submissions/samples --out reports/samples
  grader grade hw1 --engine dask --scheduler tls://node1:8786
  grader grade hw1 --json | python -m json.tool""",
)
@click.argument("assignment")
@course_option
@submissions_option
@out_option
@click.option("--student", "students", multiple=True, help="Only this student; may be repeated.")
@engine_options
@click.option(
    "--fresh", is_flag=True, help="Execute every notebook again, whatever evidence is stored."
)
@click.option("--json", "as_json", is_flag=True, help="Print scores.json on standard output.")
@click.option(
    "--never-lower",
    is_flag=True,
    help="Whose score would fall by a change of rules keeps it, from now on.",
)
@click.pass_obj
def command(
    outer_course: Path | None,
    assignment: str,
    course: Path | None,
    submissions: Path | None,
    out: Path | None,
    students: tuple[str, ...],
    jobs: int | None,
    engine: str,
    scheduler: str | None,
    sandbox: str,
    fresh: bool,
    as_json: bool,
    never_lower: bool,
) -> int:
    """Execute, judge, score and report the hand-ins of ASSIGNMENT.

    Writes scores.csv, scores.json, summary.html and a feedback page for each student.
    A student's failing notebook is a result, not a failure of this command.
    """
    from grader.cli.class_summary import class_summary
    from grader.cli.show import (
        alarms,
        executed,
        impact_table,
        printable,
        progress,
        score_table,
    )
    from grader.grading import grade
    from grader.opened import open_course

    opened = open_course(course or outer_course, submissions=submissions, out=out)
    try:
        with (
            chosen_engine(engine, scheduler=scheduler, jobs=jobs, sandbox=sandbox) as where,
            progress(f"grading {assignment}") as advance,
        ):
            graded = grade(
                opened,
                assignment,
                only=students,
                engine=where,
                fresh=fresh,
                never_lower=never_lower,
                advance=advance,
            )
    except KeyboardInterrupt:
        click.echo("stopped: what is done is kept, run the command again to go on", err=True)
        return 1
    alarms(graded, err=as_json)
    for note in graded.notes:
        click.echo(f"note: {printable(note)}", err=True)
    if graded.since_export:
        click.echo("Scores that were exported change:", err=True)
        impact_table(graded.since_export, err=True)
    if as_json:
        # bytes: JSON is UTF-8, whatever the terminal speaks
        click.echo((graded.folder / "scores.json").read_bytes(), nl=False)
    else:
        score_table(graded)
        class_summary(graded)
    click.echo(executed(graded), err=as_json)
    click.echo(f"pages: {graded.folder / 'summary.html'}", err=as_json)
    sys.stdout.flush()
    return 0
