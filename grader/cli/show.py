"""What a person at a terminal sees: progress, tables, announcements."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from grader.collecting import Collected
    from grader.execute import Sandbox
    from grader.export import GradeChange
    from grader.exporting import Exported
    from grader.fetching import Fetched
    from grader.grading import Graded
    from grader.nbgrader.course import Imported
    from grader.pushing import Outcome, Push
    from grader.score.impact import Change
    from grader.validation import Validated

Advance = Callable[[int, int, str, int], None]
"""Told after each submission: how many are done, of how many, who it was, how many failed."""

AT_MOST = 10  # of these are explained below the table; the pages explain all
ABSENT_AT_MOST = 30  # of those who handed nothing in are named


def chosen_sandbox(asked: str) -> Sandbox:
    """The sandbox for what `--sandbox` asks; says loudly if it is less than there could be.

    Raises:
        GraderError: `degrade`, and there is no sandbox at all.
    """
    if asked == "require":
        return "full"  # and it is refused where there is none
    from grader.execute.machine import best
    from grader.execute.remedies import not_contained

    found = "off" if asked == "off" else best()
    if found == "off" and asked != "off":
        raise not_contained("neither namespaces nor Landlock are to be had")
    if found != "full":
        click.secho(_WARNINGS[found], fg="yellow", err=True)
    return found


_WARNINGS = {
    "off": "warning: no sandbox: the students' code runs with your rights on this machine",
    "user": "warning: no sandbox: the students' code runs as another user on this machine",
    "degraded": "warning: a lesser sandbox: there are no namespaces here, see `grader doctor`",
}


@contextmanager
def progress(what: str) -> Iterator[Advance]:
    """A line on standard error while it lasts: how many are done, how fast, how long it will take
    and how many could not be graded; nothing if that is no terminal."""
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
        yield lambda done, total, who, failed: None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(20),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[failed]}", style="red"),
        TextColumn("{task.fields[who]}", markup=False),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        line = bar.add_task(what, total=None, who="", rate="", failed="")

        def advance(done: int, total: int, who: str, failed: int) -> None:
            # of the last half minute: what was stored comes first, and comes fast
            speed = bar.tasks[0].speed
            bar.update(
                line,
                completed=done,
                total=total,
                who=printable(who),
                rate=f"{speed:.1f}/s" if speed else "",
                failed=f"{failed} failed" if failed else "",
            )

        yield advance


def printable(text: str) -> str:
    """`text` without what a terminal obeys: names of files and of students come from outside."""
    return "".join(c if c.isprintable() else " " if c.isspace() else "\N{REPLACEMENT CHARACTER}"
                   for c in text)  # fmt: skip


def alarms(graded: Graded, *, err: bool = False) -> None:
    """What to look at before the scores, if there is anything."""
    for alarm in graded.alarms:
        click.secho(f"alarm: {printable(alarm)}", fg="red", bold=True, err=err)
    if graded.alarms:
        click.echo(err=err)


def score_table(graded: Graded) -> None:
    """The scores as a table no wider than the terminal, or than 80 columns in a file.

    A long id goes over several lines, so that it can be told from others; what to know is cut. Who
    handed nothing in is named below.
    """
    from collections import Counter

    from rich.cells import cell_len
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    from grader.report.summary import needs_a_person

    absent = [each for each in graded.scores if each.status == "missing" and each.score == 0]
    console = Console(width=None if Console().is_terminal else 80, highlight=False)
    rows = [
        (
            printable(score.student),
            f"{score.earned:f}" if score.attempt is not None else "",
            "" if score.days_late is None else str(score.days_late),
            "" if score.score is None else f"{score.score:f}",
            score.status,
            printable(_to_know(score)),
        )
        for score in graded.scores
        if score not in absent
    ]
    names = ("student", "earned", "late", "score", "status", "what to know")
    widths = [max(map(cell_len, column)) for column in zip(names, *rows, strict=True)]
    edges = 2 * len(names)  # a space on each side of the table, two between columns
    least = len(names[-1])
    room = max(console.width - edges - sum(widths[1:5]), len(names[0]) + least)
    # what to know may take the half of it; an id of 24 characters comes before that
    widths[0] = min(widths[0], max(room - widths[-1], room // 2, min(24, room - least)))
    widths[-1] = min(widths[-1], room - widths[0])

    # a line at a time: a Table lays out all of a class before it prints, and that takes longer
    # than grading it again
    console.print(Text(printable(graded.title), style="italic"), Text("\n"), sep="")
    console.print(Text("\n".join(_laid_out(names, widths)), style="bold"), no_wrap=True, crop=False)
    console.print(f" {'─' * (sum(widths) + edges - 2)}", no_wrap=True, crop=False)
    colours = {"graded": "green", "late": "yellow", "zero_late": "red", "needs_review": "magenta"}
    before_status = sum(widths[:4]) + 2 * 4 + 1
    for row in rows:
        style = colours.get(row[4], "red" if row[4] == "unreadable" else "dim")
        text = Text("\n".join(_laid_out(row, widths)))
        text.stylize(style, before_status, before_status + len(row[4]))
        console.print(text, no_wrap=True, crop=False)
    console.print()

    def say(line: str) -> None:
        console.print(Padding(Text(printable(line)), (0, 0, 0, 2), expand=False))

    counts = Counter(score.status for score in graded.scores)
    say(", ".join(f"{n} {status}" for status, n in counts.items()))
    if absent:
        who = ", ".join(score.student for score in absent[:ABSENT_AT_MOST])
        more = ", ..." if len(absent) > ABSENT_AT_MOST else ""
        say(f"nothing handed in: {who}{more}")
    waiting = needs_a_person(graded.scores)
    for score in waiting[:AT_MOST]:
        problem = graded.problems.get(score.student, "")
        said = "" if problem in score.explanation else f" ({problem})"
        say(f"{score.student}: {score.explanation}{said}")
    if len(waiting) > AT_MOST:
        say(f"and {len(waiting) - AT_MOST} more to look at: see the pages")


def _laid_out(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    """A row in columns of these widths: the first cell over several lines, the last one cut."""
    from rich.cells import cell_len, chop_cells, set_cell_size

    ids = [set_cell_size(each, widths[0]) for each in chop_cells(row[0], widths[0])]
    numbers = [cell.rjust(width) for cell, width in zip(row[1:4], widths[1:4], strict=True)]
    last = row[5]
    if cell_len(last) > widths[5]:
        last = f"{set_cell_size(last, widths[5] - 1)}…"
    first = "  ".join([ids[0], *numbers, row[4].ljust(widths[4]), last])
    return [f" {first}".rstrip(), *(f" {each}".rstrip() for each in ids[1:])]


def executed(graded: Graded) -> str:
    """How much of the students' code has run: none, if all the evidence was there."""
    what = "notebook was" if graded.looked_at == 1 else "notebooks were"
    return f"{graded.executed} of {graded.looked_at} {what} executed."


def impact_table(changes: Sequence[Change], *, err: bool = False) -> None:
    """Who gains and who loses, those who lose most first; in words where nobody does."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if not changes:
        click.echo("Nobody's score changes.", err=err)
        return
    console = Console(stderr=err, highlight=False)
    if not console.is_terminal:
        console = Console(stderr=err, width=80, highlight=False)
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for name in ("student", "before", "after", "change"):
        table.add_column(name, justify="left" if name == "student" else "right")
    table.add_column("why", overflow="fold")
    for change in changes:
        style = "red" if change.gain < 0 else "green" if change.gain else ""
        table.add_row(
            Text(printable(change.student)),
            "-" if change.before is None else f"{change.before:f}",
            "-" if change.after is None else f"{change.after:f}",
            Text(f"{change.gain:+f}", style=style),
            Text(printable("; ".join(change.why))),
        )
    console.print(table)
    gain = sum(change.gain > 0 for change in changes)
    lose = sum(change.gain < 0 for change in changes)
    click.echo(f"{gain} gain, {lose} lose, {len(changes) - gain - lose} change otherwise", err=err)


def plain_table(header: Sequence[str], rows: Sequence[Sequence[str]], *, err: bool = False) -> None:
    """A table of short cells: the first column to the left, the others to the right."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(stderr=err, highlight=False)
    if not console.is_terminal:
        console = Console(stderr=err, width=80, highlight=False)
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for place, name in enumerate(header):
        table.add_column(printable(name), justify="right" if place else "left")
    for row in rows:
        table.add_row(*(Text(printable(cell)) for cell in row))
    console.print(table)


def findings(found: Validated, *, as_json: bool = False) -> None:
    """What `validate` looked at, a line each, and below it what is wrong."""
    import json
    from dataclasses import asdict

    if as_json:
        click.echo(json.dumps(asdict(found), indent=1))
        return
    click.echo(printable(f"{found.assignment}: {found.title}"))
    click.echo()
    for finding in found.findings:
        mark, colour = ("FAILS", "red") if finding.problems else ("ok", "green")
        click.secho(f" {mark:<6}", fg=colour, nl=False)
        click.echo(printable(f"{finding.what:<27}{finding.found}"))
        for lines, colour in ((finding.problems, "red"), (finding.remarks, "yellow")):
            for line in lines:
                click.secho(_folded(f"- {printable(line)}"), fg=colour)
    problems = len(found.problems)
    what = "problem" if problems == 1 else "problems"
    click.echo(
        f"\nNot ready for students: {problems} {what}."
        if problems
        else f"\nReady for students: grader release {found.assignment}"
    )


def carried_over(made: Imported) -> None:
    """What has become of each graded cell of an nbgrader course, what was lost, and what to do."""
    from decimal import Decimal

    for each in made.carried:
        worth = f"{each.points.normalize():f}"
        what = f"{each.assignment}  {each.question}"
        click.echo(printable(f"{what:<32} {worth:>5}  {each.how}"))
        for lost in each.lost:
            click.secho(_folded(f"- not carried over: {printable(lost)}"), fg="yellow")
    total = sum((each.points for each in made.carried), Decimal(0))
    click.echo(f"\n{len(made.carried)} questions, {total.normalize():f} points\n")
    for line in made.to_do:
        click.echo(_folded(f"- {printable(line)}").lstrip())
    click.echo(f"\ncourse: {made.folder}")


def collected(done: Collected, assignment: str, *, is_dry: bool, as_json: bool) -> None:
    """What has become of a download: counts, and what a person has to look after."""
    if as_json:
        import json
        from dataclasses import asdict

        click.echo(json.dumps(asdict(done), indent=1, default=str))
        return
    _taken_in(done, assignment)
    click.echo("\nNothing was written." if is_dry else f"\nNext: grader grade {assignment}")


def _taken_in(done: Collected, assignment: str) -> None:
    for note in done.notes:
        click.echo(f"note: {printable(note)}", err=True)
    click.echo(f"{assignment}: {len(done.filed)} hand-ins, taken for: {done.kind}")
    for what, said in _FILED.items():
        if number := done.count(what):
            click.echo(f"  {number:>5}  {said}")
    if done.unmatched:
        kept = done.folder / "_unmatched"
        click.echo(f"  {len(done.unmatched):>5}  nobody's, or not all theirs; kept in {kept}")
    for each in done.unmatched:
        click.secho(_folded(f"- {printable(f'{each.label}: {each.reason}')}"), fg="yellow")
    if done.unmatched:
        said = "a CSV with the columns label and student says whose they are: --owners FILE"
        click.echo(_folded(said))
    for refused in done.refused[:REFUSED_AT_MOST]:
        said = f"- not taken: {printable(refused.name)}: {printable(refused.reason)}"
        click.secho(_folded(said), fg="yellow")
    if len(done.refused) > REFUSED_AT_MOST:
        click.echo(_folded(f"- and {len(done.refused) - REFUSED_AT_MOST} more; --json has all"))
    for failed in done.failed:
        said = f"- not to be had now: {printable(failed.name)}: {printable(failed.reason)}"
        click.secho(_folded(said), fg="red")
    if done.failed:
        click.echo(_folded("run the command again for these: the others are kept"))
    if done.undated:
        click.secho(f"\nNo time of hand-in: {some_of(done.undated)}", fg="yellow")
        click.echo(f"{done.undated_because}; without one, a score awaits a person.")
        click.echo(done.how_to_date)
    if done.absent:
        click.echo(f"\nNo hand-in: {some_of(done.absent)}")


def fetched(done: Fetched, assignment: str, *, is_dry: bool, as_json: bool) -> None:
    """What has become of what Canvas has, and what else it says."""
    if as_json:
        import json
        from dataclasses import asdict

        click.echo(json.dumps(asdict(done), indent=1, default=str))
        return
    _taken_in(done.collected, assignment)
    for note in done.notes:
        click.echo(f"note: {printable(note)}", err=True)
    if done.suggestions:
        click.echo("\nCanvas says something that is not so here. Nothing of it was applied:")
    for each in done.suggestions:
        click.echo(f"  {printable(each.command or f'{some_of(each.students)}: {each.why}')}")
    if is_dry:
        size = f"{done.files} files, {done.size / 1024**2:.1f} MB"
        click.echo(f"\n{size} would be fetched. Nothing was written.")
    else:
        click.echo(f"\nNext: grader grade {assignment}")


def exported(done: Exported) -> None:
    """What is to be known of grades before they leave; what an LMS has, and what it would get."""
    for line in done.notes:
        click.echo(f"note: {printable(line)}", err=True)
    if done.archive is not None:
        pages = "1 page" if done.pages == 1 else f"{done.pages} pages"
        click.echo(f"note: {pages} of students for {done.archive.name}", err=True)
    if done.changes is not None:
        _grade_changes(done.changes, done.equal)


def _grade_changes(changes: Sequence[GradeChange], equal: int) -> None:
    for each in changes[:CHANGES_AT_MOST]:
        before = printable(each.before) or "none"
        click.echo(f"  {printable(each.student):<20} {before:>8} -> {printable(each.after)}")
    if len(changes) > CHANGES_AT_MOST:
        click.echo(f"  and {len(changes) - CHANGES_AT_MOST} more")
    overwritten = sum(bool(each.before) for each in changes)
    new = len(changes) - overwritten
    click.echo(f"{new} new, {overwritten} over an earlier grade, {equal} as they were")


def to_be_pushed(push: Push, *, with_pages: bool) -> None:
    """What Canvas has, and what it would get."""
    for line in push.notes:
        click.echo(f"note: {printable(line)}", err=True)
    _grade_changes(push.changes, push.equal)
    if with_pages:
        click.echo(f"{push.pages} pages of feedback to attach")


def were_pushed(done: Outcome) -> None:
    """How it went."""
    for each in done.failed:
        said = printable(f"{each.student} was not pushed: {each.reason}")
        click.secho(said, fg="red", err=True)
    others = f", {len(done.failed)} failed" if done.failed else ""
    click.echo(f"{done.pushed} pushed{others}")


CHANGES_AT_MOST = 50
REFUSED_AT_MOST = 20
_FILED = {
    "new": "new",
    "dated": "were there, and have a time now",
    "unchanged": "were there already",
    "older": "older than what is there; kept in _unmatched/",
}


def some_of(names: Sequence[str]) -> str:
    """Names, as many as one reads, and how many there are."""
    shown = ", ".join(map(printable, names[:ABSENT_AT_MOST]))
    more = len(names) - ABSENT_AT_MOST
    return f"{shown} and {more} more" if more > 0 else shown


def _folded(text: str) -> str:
    """A sentence below the table, in lines that fit 80 columns."""
    import textwrap

    return textwrap.fill(text, 79, initial_indent=" " * 7, subsequent_indent=" " * 9)


def _to_know(score: object) -> str:
    from grader.records.scores import Score

    assert isinstance(score, Score)
    slugs = dict.fromkeys(
        f"{question.id} {verdict.mistake}"
        for question in score.questions
        if question.earned < question.points
        for verdict in question.verdicts
        if verdict.mistake and verdict.credit is not None and verdict.credit < 1
    )
    return ", ".join([*score.flags, *slugs])
