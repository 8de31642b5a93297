"""`grader release`."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.options import course_option, jobs_option, sandbox_option


@click.command(
    "release",
    epilog="""\b
Examples:
  grader release hw1
  grader release hw1 --out /tmp/bundles
  grader release hw1 --anyway
  grader release hw1 --to gradescope""",
)
@click.argument("assignment")
@course_option
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where HW/ and HW.zip go; by default release/ in the course.",
)
@jobs_option
@sandbox_option
@click.option(
    "--to",
    "target",
    type=click.Choice(["students", "gradescope"]),
    default="students",
    help="The students' bundle, or the zip of an autograder for Gradescope.",
)
@click.option("--anyway", is_flag=True, help="Don't try first whether it grades right.")
@click.pass_obj
def command(
    outer_course: Path | None,
    assignment: str,
    course: Path | None,
    out: Path | None,
    jobs: int | None,
    sandbox: str,
    target: str,
    anyway: bool,
) -> int:
    """Make what students get of ASSIGNMENT: the notebook without solutions, its data, check.py.

    Tries first, as `grader validate` does, whether it grades right, and refuses if it does not.
    With --anyway too it refuses if a line of a solution, the reference or the secret would leave.
    """
    from grader.cli.show import chosen_sandbox, findings, progress
    from grader.course import find_course, load_course
    from grader.course.secret import secret_if_any
    from grader.errors import GraderError
    from grader.release.bundle import release
    from grader.validation import validate

    root = course or outer_course or find_course(Path.cwd())
    opened = load_course(root)
    if not anyway:
        walls = chosen_sandbox(sandbox)
        with progress(f"validating {assignment}") as advance:
            found = validate(opened, assignment, sandbox=walls, jobs=jobs, advance=advance)
        if found.problems:
            findings(found)
            raise GraderError(
                f"{assignment} is not ready for students, and nothing was written",
                at=str(opened.root / "assignments" / assignment),
                fix="mend what stands above, or release it as it is with --anyway",
            )
    folder = out or opened.root / "release"
    if target == "gradescope":
        from grader.release.gradescope import write_autograder

        made = write_autograder(opened, assignment, folder)
        click.echo(f"autograder: {made.archive}")
        click.echo(
            "It holds the reference and the course's secret: it is for Gradescope alone.", err=True
        )
        return 0
    done = release(opened, assignment, folder, secret=secret_if_any(opened.root))
    for name, size, digest in done.files:
        click.echo(f"{digest[:16]}  {size:>9,}  {name}")
    click.echo(f"bundle: {done.archive}")
    if anyway:
        said = f"Whether it grades right was not tried: grader validate {assignment}"
        click.echo(said, err=True)
    return 0
