"""`grader rejudge`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from grader.cli.engine import chosen_engine, engine_options
from grader.cli.options import course_option, out_option, submissions_option


@click.command(
    "rejudge",
    epilog="""\b
Examples:
  grader rejudge hw1 --dry-run
  grader rejudge hw1""",
)
@click.argument("assignment")
@course_option
@submissions_option
@out_option
@engine_options
@click.option("--dry-run", is_flag=True, help="Say who gains and who loses, and change no score.")
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
    jobs: int | None,
    engine: str,
    scheduler: str | None,
    sandbox: str,
    dry_run: bool,
    never_lower: bool,
) -> int:
    """Judge and score ASSIGNMENT again from stored evidence, and say whose score changes.

    For a changed tolerance, reference, case, credit, deadline, late policy or decision. Only what
    was never asked before is executed: new cases of a question, new hand-ins.
    """
    from grader.cli.show import alarms, executed, impact_table, printable, progress
    from grader.grading import grade
    from grader.opened import open_course

    opened = open_course(course or outer_course, submissions=submissions, out=out)
    with (
        chosen_engine(engine, scheduler=scheduler, jobs=jobs, sandbox=sandbox) as where,
        progress(f"judging {assignment}") as advance,
    ):
        graded = grade(
            opened,
            assignment,
            engine=where,
            dry_run=dry_run,
            never_lower=never_lower,
            command="grader rejudge",
            advance=advance,
        )
    alarms(graded)
    for note in graded.notes:
        click.echo(f"note: {printable(note)}", err=True)
    for rule in graded.rules_changed:
        click.echo(f"changed: {printable(rule)}")
    if graded.changes is None:
        click.echo("No scores before these are known: there is nothing to compare with.")
    else:
        impact_table(graded.changes)
    click.echo(executed(graded))
    if dry_run:
        click.echo("Nothing was changed (--dry-run).")
    else:
        click.echo(f"pages: {graded.folder / 'summary.html'}")
    sys.stdout.flush()
    return 0
