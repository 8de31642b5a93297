"""`grader doctor`."""

from __future__ import annotations

import sys
import sysconfig

import click


@click.command(
    "doctor",
    epilog="""\b
Example:
  grader doctor""",
)
@click.option(
    "--best",
    is_flag=True,
    help="Print only the best that --sandbox can have here: require, degrade or off.",
)
def command(best: bool) -> int:
    """Try every step that contains student code, and say what is missing and what to do.

    Exit status: 0 if student code can be contained, 1 if not.
    """
    from grader.execute.machine import best as best_sandbox
    from grader.execute.machine import examine, uncompiled

    if best:
        click.echo({"full": "require", "degraded": "degrade", "off": "off"}[best_sandbox()])
        return 0
    marks = {True: ("ok", "green"), False: ("MISSING", "red"), None: ("-", None)}
    is_whole = True
    for step in examine():
        is_whole &= bool(step.is_there)
        mark, colour = marks[step.is_there]
        click.secho(f"{mark:<8}", fg=colour, nl=False)
        click.echo(f"{step.name}{f': {step.detail}' if step.detail else ''}")
        if step.remedy:
            click.echo(f"  fix: {step.remedy}")
    if slow := uncompiled():
        click.secho(f"{'slow':<8}", fg="yellow", nl=False)
        click.echo(f"not compiled, so each worker starts a second later: {', '.join(slow)}")
        click.echo(f"  fix: {sys.executable} -m compileall -q {sysconfig.get_path('purelib')}")
    if not is_whole and all(step.is_there for step in examine("degraded")):
        click.echo("\nThere is a lesser sandbox, without namespaces: --sandbox degrade")
    click.echo(
        "\nStudent code is contained on this machine."
        if is_whole
        else "\nStudent code is not contained on this machine: `grader grade` refuses to run it,"
        "\nunless it is told to with --sandbox off."
    )
    return 0 if is_whole else 1
