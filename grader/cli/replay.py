"""`grader replay`."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.options import course_option, out_option, sandbox_option, submissions_option


@click.command(
    "replay",
    epilog="""\b
Examples:
  grader replay hw1 s03
  grader replay hw1 s03 --execute""",
)
@click.argument("assignment")
@click.argument("student")
@course_option
@submissions_option
@out_option
@sandbox_option
@click.option("--execute", is_flag=True, help="Run the notebook again too, and compare.")
@click.pass_obj
def command(
    outer_course: Path | None,
    assignment: str,
    student: str,
    course: Path | None,
    submissions: Path | None,
    out: Path | None,
    sandbox: str,
    execute: bool,
) -> int:
    """Make STUDENT's score again from the records, and say whether anything differs.

    The course's secret is not needed, nor are the questions of today, but for properties: they
    are judged by the author's functions.
    Exit status: 0 if all is the same, 1 if something differs or could not be judged again.
    """
    from grader.cli.show import chosen_sandbox, printable
    from grader.opened import open_course
    from grader.receipts import executed_again, records_of, replayed

    walls = chosen_sandbox(sandbox) if execute else "full"
    opened = open_course(course or outer_course, submissions=submissions, out=out)
    records = records_of(opened, assignment, student)
    score, differs, lost = replayed(records, opened.evidence / assignment)
    click.echo(printable(score.explanation))
    click.echo("Made again from the records: " + ("it differs." if differs else "the same."))
    for line in differs:
        click.echo(f"  {printable(line)}")
    if lost:
        click.echo("Not judged again, what was said then stands:")
    for line in lost:
        click.echo(f"  {printable(line)}")
    if execute:
        other = executed_again(opened, assignment, records, walls)
        click.echo("Executed again: " + ("it differs." if other else "the same, byte for byte."))
        for line in other:
            click.echo(f"  {printable(line)}")
        differs += other
    return 1 if differs or lost else 0
