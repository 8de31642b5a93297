"""`grader explain`."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.options import course_option, out_option, submissions_option


@click.command(
    "explain",
    epilog="""\b
Examples:
  grader explain hw1 s03
  grader explain hw1 s03 Q4""",
)
@click.argument("assignment")
@click.argument("student")
@click.argument("question", required=False)
@course_option
@submissions_option
@out_option
@click.pass_obj
def command(
    outer_course: Path | None,
    assignment: str,
    student: str,
    question: str | None,
    course: Path | None,
    submissions: Path | None,
    out: Path | None,
) -> int:
    """Print how STUDENT's score came to be: each check, its cases, the arithmetic, the records.

    It shows hidden cases and expected values: it is for whoever defends a score, not for students.
    """
    from grader.cli.receipt import print_receipt
    from grader.opened import open_course
    from grader.receipts import records_of

    opened = open_course(course or outer_course, submissions=submissions, out=out)
    print_receipt(records_of(opened, assignment, student), question)
    return 0
