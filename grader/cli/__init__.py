"""The command line. `main` is the only place where an error becomes text and an exit status.

Commands are imported when they are used: `grader --help` needs click and nothing else.
"""

from __future__ import annotations

import errno
import importlib
import io
import os
import signal
import sys
from pathlib import Path
from typing import NoReturn

import click

import grader
from grader.errors import GraderError

COMMANDS = {
    "new": "Make a course, or an assignment, to start from.",
    "roster": "Make or update roster.csv from the LMS's list of people.",
    "collect": "Take a download of the LMS in: who handed in what, and when.",
    "grade": "Execute, judge, score and report an assignment's hand-ins.",
    "rejudge": "Judge and score again from stored evidence, and say who gains and who loses.",
    "extend": "Give students another deadline, with a reason.",
    "override": "Set a student's points, with a reason.",
    "excuse": "Excuse students from an assignment.",
    "slip": "How the term's slip days are spent; or say it.",
    "review": "The screen for grading by hand: written answers, doubts, appeals.",
    "comment": "Put words of yours on a student's page.",
    "late": "Who lost what to lateness, and who would gain and lose by another policy.",
    "gradebook": "Who changed what, when, why; take it back; back up and restore.",
    "report": "Make the pages again from what is stored; runs and scores nothing.",
    "explain": "Print how a score came to be.",
    "replay": "Make a score again from its records, and say whether anything differs.",
    "evidence": "Print what a notebook did, as it is stored.",
    "validate": "Try an assignment before students get it: does it grade right?",
    "release": "Make what students get: notebook without solutions, data, self-check.",
    "import-nbgrader": "Make a course of an nbgrader course, and list what is lost.",
    "check": "Check your own notebook before you hand it in.",
    "canvas": "Fetch hand-ins from Canvas itself, push grades to it.",
    "export": "Write grades for the LMS or for a spreadsheet.",
    "similar": "Pairs of hand-ins that share what is rare in this class. No verdict.",
    "final": "Print the course's final marks, and what is needed in what is left.",
    "doctor": "Say what this machine can do to contain student code.",
}


class _LazyGroup(click.Group):
    """Knows its commands by name, and imports the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"grader.cli.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, 1)
            meant = f" Did you mean {near[0]!r}?" if near else f" There are: {', '.join(COMMANDS)}."
            raise click.UsageError(f"No such command {args[0]!r}.{meant}", ctx)
        return super().resolve_command(ctx, args)


@click.command(
    cls=_LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="`grader COMMAND --help` shows an example of each.",
)
@click.option(
    "--course",
    type=click.Path(file_okay=False, path_type=Path),
    help="The course's folder. By default the nearest one upwards that has a course.toml.",
)
@click.version_option(grader.__version__, prog_name="grader")
@click.pass_context
def cli(ctx: click.Context, course: Path | None) -> None:
    """Grades Jupyter notebooks full of mathematics: runs them, judges the numbers, explains."""
    ctx.obj = course


THE_MACHINES = frozenset(
    (
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EROFS,
        errno.EACCES,
        errno.EPERM,
        errno.EMFILE,
        errno.ENFILE,
        errno.EISDIR,
        errno.ENOTDIR,
    )
)
"""What the system refuses, and a person can put right: no space, no permission, too many files."""


def main() -> None:
    """The entry point. Exit status: 0 done, 1 the job could not be done, 2 wrong usage."""
    color = False if os.environ.get("NO_COLOR") else None  # None: as the stream is a terminal
    _stop_when_told()
    if isinstance(sys.stdout, io.TextIOWrapper):  # a name that the terminal has no letters for
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        status = cli.main(standalone_mode=False, prog_name="grader", color=color)
        sys.stdout.flush()  # or a full disk would be told when nobody listens any more
    except click.ClickException as error:
        error.show()
        sys.exit(2 if isinstance(error, click.UsageError) else 1)
    except GraderError as error:
        _fail(str(error), color)
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped", err=True)
        sys.exit(1)
    except BrokenPipeError:  # `grader ... | head`: the reader has seen enough
        _forget_output()
        sys.exit(1)
    except OSError as error:
        if error.errno not in THE_MACHINES:
            raise
        _forget_output()
        _fail(f"{error.strerror}\n  at:  {error.filename or 'standard output'}", color)
    sys.exit(status if isinstance(status, int) else 0)


def _stop_when_told() -> None:
    """`timeout`, `kill`, a closed terminal: as Ctrl-C, or notebooks would go on without us."""

    def interrupt(signum: int, frame: object) -> None:
        raise KeyboardInterrupt

    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:  # else it is nohup
            signal.signal(number, interrupt)


def _fail(message: str, color: bool | None) -> NoReturn:
    click.secho("error: ", fg="red", bold=True, nl=False, err=True, color=color)
    click.echo(message, err=True)
    sys.exit(1)


def _forget_output() -> None:
    """What is still to be written to standard output goes nowhere, and fails no more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
