"""`grader validate`."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.options import course_option, jobs_option, sandbox_option


@click.command(
    "validate",
    epilog="""\b
Examples:
  grader validate hw1
  grader validate hw1 --json""",
)
@click.argument("assignment")
@course_option
@jobs_option
@sandbox_option
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
@click.pass_obj
def command(
    outer_course: Path | None,
    assignment: str,
    course: Path | None,
    jobs: int | None,
    sandbox: str,
    as_json: bool,
) -> int:
    """Try ASSIGNMENT before students get it: does it grade right?

    Runs the instructor's notebook and the students' version, plants every known mistake, and
    looks for tolerances that don't fit, verdicts that move, checks that anything passes, and what
    students are not told. Exit status 1 if the assignment should not be released.
    """
    from grader.cli.show import chosen_sandbox, findings, progress
    from grader.course import find_course, load_course
    from grader.validation import validate

    opened = load_course(course or outer_course or find_course(Path.cwd()))
    walls = chosen_sandbox(sandbox)
    with progress(f"validating {assignment}") as advance:
        found = validate(opened, assignment, sandbox=walls, jobs=jobs, advance=advance)
    findings(found, as_json=as_json)
    return 1 if found.problems else 0
