"""`grader check`."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.options import course_option


@click.command(
    "check",
    epilog="""\b
Examples:
  grader check hw1.ipynb
  grader check "my homework.ipynb" --assignment hw1""",
)
@click.argument("notebook", type=click.Path(path_type=Path))
@course_option
@click.option("--assignment", help="Which assignment it is, if its name does not tell.")
@click.option("--json", "as_json_asked", is_flag=True, help="Print one JSON document instead.")
@click.pass_obj
def command(
    outer_course: Path | None,
    notebook: Path,
    course: Path | None,
    assignment: str | None,
    as_json_asked: bool,
) -> int:
    """Run NOTEBOOK from top to bottom, as grading will, and try it on the public cases.

    Exit status: 0 if all that was checked passed, 1 if something failed.
    """
    from grader.check.handin import lateness, now
    from grader.check.show import as_json, as_text
    from grader.course import load_course
    from grader.report.words import flag_in_words
    from grader.selfcheck import self_check

    opened = load_course(course or outer_course or _course_of(notebook))
    sheet, found = self_check(opened, notebook, assignment)
    late = lateness(sheet, now())
    # click leaves the colours out where no terminal shows them
    if as_json_asked:
        click.echo(as_json(found, late))
    else:  # click leaves the colours out where no terminal shows them
        click.echo(as_text(found, late, colours=True, in_words=flag_in_words), nl=False)
    return 1 if found.failed else 0


def _course_of(notebook: Path) -> Path:
    """The course that the notebook lies in, or else the one that we stand in."""
    from grader.course import find_course
    from grader.errors import GraderError

    try:
        return find_course(notebook.resolve().parent)
    except GraderError:
        return find_course(Path.cwd())
