"""`grader final`."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.options import course_option, out_option, submissions_option


@click.command(
    "final",
    epilog="""\b
Examples:
  grader final
  grader final s03
  grader final --provisional --json | python -m json.tool""",
)
@click.argument("student", required=False)
@course_option
@submissions_option
@out_option
@click.option(
    "--provisional",
    is_flag=True,
    help="Show it although some scores await a person; whose they are is flagged.",
)
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON on standard output.")
@click.pass_obj
def command(
    outer_course: Path | None,
    student: str | None,
    course: Path | None,
    submissions: Path | None,
    out: Path | None,
    provisional: bool,
    as_json: bool,
) -> int:
    """Print the course's final marks, as the table [final] of course.toml makes them.

    Writes final.csv, final-import.csv and final.html beside the results of the assignments. What is
    not due or not marked yet is no zero: it is what is left, and for each band it says what is
    needed in it. Of STUDENT alone nothing is written.
    """
    import json
    from datetime import UTC, datetime

    from grader.cli.totals import print_student, print_totals
    from grader.final import (
        final_document,
        final_marks,
        refuse_provisional,
        student_of,
        write_final,
    )
    from grader.opened import open_course

    opened = open_course(course or outer_course, submissions=submissions, out=out)
    final = final_marks(opened, datetime.now(UTC))
    students = final.students if student is None else (student_of(final, student),)
    if not provisional:
        refuse_provisional(students)
    written = write_final(final, opened.results) if student is None else ()
    if as_json:
        click.echo(json.dumps(final_document(final, students), ensure_ascii=False, indent=1))
    elif student is not None:
        print_student(students[0], final)
    else:
        print_totals(final, written)
    return 0
