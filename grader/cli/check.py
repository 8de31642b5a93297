"""`grader check`."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.options import course_option

_MARKS = {"passed": ("+", "green"), "failed": ("x", "red"), "read": ("?", "yellow")}


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
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead.")
@click.pass_obj
def command(
    outer_course: Path | None,
    notebook: Path,
    course: Path | None,
    assignment: str | None,
    as_json: bool,
) -> int:
    """Run NOTEBOOK from top to bottom, as grading will, and try it on the public cases.

    Exit status: 0 if all that was checked passed, 1 if something failed.
    """
    from grader.course import load_course
    from grader.selfcheck import self_check

    opened = load_course(course or outer_course or _course_of(notebook))
    found = self_check(opened, notebook, assignment)
    if as_json:
        import json
        from dataclasses import asdict

        click.echo(json.dumps(asdict(found) | {"failed": found.failed}, indent=1))
        return 1 if found.failed else 0
    _show(found)
    return 1 if found.failed else 0


def _course_of(notebook: Path) -> Path:
    """The course that the notebook lies in, or else the one that we stand in."""
    from grader.course import find_course
    from grader.errors import GraderError

    try:
        return find_course(notebook.resolve().parent)
    except GraderError:
        return find_course(Path.cwd())


def _show(found: object) -> None:
    from grader.cli.show import printable
    from grader.report.words import flag_in_words
    from grader.selfcheck import SelfCheck

    assert isinstance(found, SelfCheck)
    for error in found.cell_errors:
        click.secho(printable(f"! {error}"), fg="yellow")
        if "StdinNotImplementedError" in error:
            click.echo("  Nobody answers input() when it is graded: write the value into the cell.")
    for flag in found.flags:
        click.secho(printable(f"! {flag_in_words(flag)}"), fg="yellow")
    if found.cell_errors or found.flags:
        click.echo("  The rest of your notebook was run all the same.\n")
    for line in found.lines:
        mark, colour = _MARKS.get(line.state, ("-", None))
        click.secho(
            f"{mark} {line.question:<4}{line.check}", fg=colour, bold=line.state == "failed"
        )
        if line.state != "not checked":
            click.echo(f"      {line.text}")
        if line.hint:
            click.echo(f"      hint: {line.hint}")
    states = [line.state for line in found.lines]
    click.echo(
        f"\nOn the public cases {states.count('passed')} passed, {states.count('failed')} failed."
    )
    if found.failed and "failed" not in states:
        click.echo("But not every cell ran to its end: see above.")
    for state, words in (("read", "Read, not judged"), ("not checked", "Not checked here")):
        names = [f"{line.question} {line.check}" for line in found.lines if line.state == state]
        if names:
            click.echo(f"{words}: {', '.join(names)}.")
    if found.hidden:
        click.echo(f"Hidden cases will also try: {', '.join(found.hidden)}.")
    click.echo("So this is no promise of full marks.")
