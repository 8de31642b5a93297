"""What a person at a terminal sees: progress, tables, announcements."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from grader.errors import GraderError

if TYPE_CHECKING:
    from grader.grading import Graded

Advance = Callable[[int, int, str], None]
"""Told after each submission: how many are done, of how many, and who it was."""


def announce_sandbox(asked: str | None) -> None:
    """Say loudly that student code is not contained yet; refuse to pretend that it is.

    Raises:
        GraderError: more containment is asked for than there is.
    """
    if asked in ("require", "degrade"):
        raise GraderError(
            f"--sandbox {asked}: the sandbox is not built yet",
            fix="grade on a machine that you can spare, with --sandbox off",
        )
    click.secho(
        "warning: no sandbox: the students' code runs with your rights on this machine",
        fg="yellow",
        err=True,
    )


@contextmanager
def progress(what: str) -> Iterator[Advance]:
    """A progress bar on standard error, with a name beside it; nothing if that is no terminal."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda done, total, who: None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[who]}"),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(what, total=None, who="")

        def advance(done: int, total: int, who: str) -> None:
            bar.update(task, completed=done, total=total, who=who)

        yield advance


def score_table(graded: Graded) -> None:
    """The scores as a table of at most 80 columns, and the counts of each status."""
    from collections import Counter

    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(width=None if Console().is_terminal else 80, highlight=False)
    table = Table(title=Text(graded.title), box=box.SIMPLE_HEAD, title_justify="left")
    for name, justify in (("student", "left"), ("earned", "right"), ("late", "right")):
        table.add_column(name, justify=justify)  # type: ignore[arg-type]
    table.add_column("score", justify="right")
    table.add_column("status", no_wrap=True)
    table.add_column("what to know", no_wrap=True)
    colours = {"graded": "green", "late": "yellow", "zero_late": "red", "needs_review": "magenta"}
    for score in graded.scores:
        style = colours.get(score.status, "red" if score.status == "unreadable" else "dim")
        table.add_row(
            Text(score.student),
            f"{score.earned:.2f}" if score.attempt is not None else "",
            "" if score.days_late is None else str(score.days_late),
            "" if score.score is None else f"{score.score:.2f}",
            Text(score.status, style=style),
            Text(_shortened(_to_know(score), 24)),
        )
    console.print(table)
    counts = Counter(score.status for score in graded.scores)
    console.print(Text("  " + ", ".join(f"{n} {status}" for status, n in counts.items())))


def _shortened(text: str, width: int) -> str:
    """Cut between words, or within the first if that alone is too wide (a path, say)."""
    from textwrap import shorten

    words = shorten(text, width, placeholder="...")
    return words if words != "..." else f"{text[: width - 3]}..."


def _to_know(score: object) -> str:
    from grader.records.scores import Score

    assert isinstance(score, Score)
    slugs = dict.fromkeys(
        f"{question.id} {verdict.mistake}"
        for question in score.questions
        for verdict in question.verdicts
        if verdict.mistake and verdict.credit is not None and verdict.credit < 1
    )
    return ", ".join([*score.flags, *slugs])
