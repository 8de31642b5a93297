"""`grader evidence`."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.options import course_option, out_option, submissions_option


@click.command(
    "evidence",
    epilog="""\b
Examples:
  grader evidence hw1 s03
  grader evidence hw1 --prune""",
)
@click.argument("assignment")
@click.argument("student", required=False)
@course_option
@submissions_option
@out_option
@click.option("--prune", is_flag=True, help="Drop the records that no score refers to.")
@click.pass_obj
def command(
    outer_course: Path | None,
    assignment: str,
    student: str | None,
    course: Path | None,
    submissions: Path | None,
    out: Path | None,
    prune: bool,
) -> int:
    """Print what STUDENT's notebook did: its cells, and what it answered when it was asked."""
    from grader.course import load_assignment
    from grader.opened import open_course

    if (student is None) == (not prune):
        raise click.UsageError("Give either a student or --prune.")
    opened = open_course(course or outer_course, submissions=submissions, out=out)
    if prune:
        from grader.store.prune import prune as drop

        dropped = drop(opened.evidence / load_assignment(opened.course, assignment).id)
        click.echo(f"{dropped.records} records dropped, {dropped.bytes >> 10} KB")
        return 0
    from grader.cli.receipt import print_evidence
    from grader.receipts import records_of

    assert student is not None
    print_evidence(records_of(opened, assignment, student))
    return 0
