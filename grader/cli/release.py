"""`grader release`."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.options import course_option


@click.command(
    "release",
    epilog="""\b
Examples:
  grader release hw1
  grader release hw1 --out /tmp/bundles""",
)
@click.argument("assignment")
@course_option
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where HW/ and HW.zip go; by default release/ in the course.",
)
@click.pass_obj
def command(
    outer_course: Path | None, assignment: str, course: Path | None, out: Path | None
) -> int:
    """Make what students get of ASSIGNMENT: the notebook without solutions, its data, check.py.

    Refuses to write anything if a line of a solution, the reference or the secret would be in it.
    """
    from grader.course import find_course, load_course
    from grader.course.secret import secret_if_any
    from grader.release.bundle import release

    root = course or outer_course or find_course(Path.cwd())
    opened = load_course(root)
    done = release(
        opened, assignment, out or opened.root / "release", secret=secret_if_any(opened.root)
    )
    for name, size, digest in done.files:
        click.echo(f"{digest[:16]}  {size:>9,}  {name}")
    click.echo(f"bundle: {done.archive}")
    click.echo(f"Whether it grades right is tried by: grader validate {assignment}", err=True)
    return 0
