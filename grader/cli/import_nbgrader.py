"""`grader import-nbgrader`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(
    "import-nbgrader",
    epilog="""\b
Examples:
  grader import-nbgrader CS1             its assignments, into CS1-grader/
  grader import-nbgrader CS1/source/ps1 --out ps1""",
)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="The course's folder; by default FOLDER-grader here.",
)
def command(folder: Path, out: Path | None) -> int:
    """Make a course of FOLDER, an nbgrader course or one assignment of its source/.

    Asserts become cases of the functions that they call, with the instructor's solution as the
    reference; cells that a person grades stay so, and every cell keeps its points. What could not
    be carried over is listed.
    """
    from datetime import datetime

    from grader.cli.show import carried_over
    from grader.course.settings import TAKEN
    from grader.nbgrader.course import import_course

    made = import_course(
        folder,
        out or Path(f"{folder.resolve().name}-grader"),
        today=datetime.now().astimezone(),
        taken=TAKEN,
    )
    carried_over(made)
    return 0
