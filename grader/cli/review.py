"""`grader review`."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.options import course_option, out_option, sandbox_option, submissions_option


@click.command(
    "review",
    epilog="""\b
Examples:
  grader review hw1
  grader review hw1 --port 8042 --no-browser""",
)
@click.argument("assignment")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="By default a free one.")
@click.option("--no-browser", is_flag=True, help="Print the address, and open nothing.")
@course_option
@submissions_option
@out_option
@sandbox_option
@click.pass_obj
def command(
    outer_course: Path | None,
    assignment: str,
    port: int,
    no_browser: bool,
    course: Path | None,
    submissions: Path | None,
    out: Path | None,
    sandbox: str,
) -> int:
    """Open the screen for grading ASSIGNMENT by hand: written answers, doubts, appeals.

    It is served on this machine alone, at an address with a random token. What is decided goes into
    the gradebook at once, under your name (GRADER_AUTHOR), and scores and pages follow.
    """
    from functools import partial

    from grader.cli.show import chosen_sandbox
    from grader.opened import open_course
    from grader.reviewing import review

    walls = chosen_sandbox(sandbox)
    reopen = partial(open_course, course or outer_course, submissions=submissions, out=out)

    def announce(address: str) -> None:
        click.echo(address)
        click.echo("Finish on the page, or with Ctrl-C: every decision is kept.", err=True)
        if not no_browser:
            click.launch(address)

    trouble = review(
        reopen(), assignment, sandbox=walls, port=port, reopen=reopen, announce=announce
    )
    if trouble:
        click.echo(f"Some scores could not be made again: {trouble}", err=True)
        click.echo(f"Every decision is kept: run `grader grade {assignment}`.", err=True)
        return 1
    click.echo("Scores and pages are up to date.")
    return 0
