"""`grader late`."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from grader.cli.engine import chosen_engine, engine_options
from grader.cli.options import opens_course

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from grader.course import Assignment
    from grader.lateness import Again, Counted, HandedIn, Lateness, WhatIf
    from grader.opened import OpenCourse

OTHER = {
    "rate": "The share that a late day takes, 0.1.",
    "mode": "linear or compounding.",
    "grace_minutes": "Minutes after the deadline that are on time.",
    "cutoff_days": "Late days after which nothing is left, or never.",
    "base": "What the rate is taken of: earned or maximum.",
    "slip_days": "Late days a term that cost nothing.",
    "attempts": "Which attempt counts: latest or best.",
    "due": "Everybody's deadline, 2026-02-03T18:00:00.",
}
"""The keys of another policy, as in course.toml and assignment.toml."""


def other_rules(function: Callable[..., Any]) -> Callable[..., Any]:
    """An option for each key of `OTHER`; the command gets those that were given as `other`."""

    @functools.wraps(function)
    def gathering(*arguments: Any, **rest: Any) -> Any:
        given = {key: rest.pop(key) for key in OTHER}
        other = {key: text for key, text in given.items() if text is not None}
        return function(*arguments, other=other, **rest)

    command: Any = gathering
    for key, words in reversed(OTHER.items()):
        command = click.option(f"--{key.replace('_', '-')}", key, help=words)(command)
    return command  # type: ignore[no-any-return]


@click.command(
    "late",
    epilog="""\b
Examples:
  grader late hw1
  grader late hw1 --rate 0.1 --cutoff-days never
  grader late hw1 --attempts best
  grader late hw1 --due 2026-02-03T18:00:00 --json""",
)
@click.argument("assignment")
@opens_course
@other_rules
@engine_options
@click.option("--json", "as_json", is_flag=True, help="Print all of it as one JSON document.")
def command(
    opened: OpenCourse,
    assignment: str,
    other: dict[str, str],
    jobs: int | None,
    engine: str,
    scheduler: str | None,
    sandbox: str,
    as_json: bool,
) -> int:
    """Print when ASSIGNMENT was handed in, what each lost by it, and what another policy would do.

    Changes no score. Of students with several attempts earlier ones are looked at too, and run if
    they never were. With options for another policy: who would gain and who would lose.
    """
    from grader.cli.show import printable, progress
    from grader.lateness import lateness

    with (
        chosen_engine(engine, scheduler=scheduler, jobs=jobs, sandbox=sandbox) as where,
        progress(f"looking at {assignment}") as advance,
    ):
        found = lateness(opened, assignment, other=other, engine=where, advance=advance)
    for note in found.notes:
        click.echo(f"note: {printable(note)}", err=True)
    if found.executed:
        what = _plural(found.executed, "notebook")
        click.echo(f"note: {found.executed} {what} had to be executed", err=True)
    if as_json:
        import json

        click.echo(json.dumps(_document(found), ensure_ascii=False, indent=1).encode())
    else:
        _print(found)
    return 0


WIDTH = 79
BAR = 44
LONGEST_ID = 24


def _print(found: Lateness) -> None:
    from grader.cli.show import printable

    click.echo(printable(found.title))
    click.echo(_in_words(found.rules))
    click.echo("\nHanded in, by each student's own deadline")
    most = max([1, *found.counts.values()])
    shown = {
        stretch: count
        for stretch, count in found.counts.items()
        if count or not stretch.startswith("excused")
    }
    width = max([25, *map(len, shown)])
    for stretch, count in shown.items():
        bar = "#" * -(-count * BAR // most)
        click.echo(f"  {stretch:<{width}} {count:>5}  {bar}".rstrip())
    for hint in found.hints:
        click.secho(_wrapped(hint), fg="yellow")
    _print_lost(found)
    _print_again(found.again)
    if found.what_if is not None:
        _print_what_if(found.what_if)


def _print_lost(found: Lateness) -> None:
    from rich.cells import cell_len, chop_cells, set_cell_size

    from grader.cli.show import printable, some_of

    late = [each for each in found.students if each.standing.days_late]
    lost = sorted((e for e in late if e.lost), key=lambda each: (-each.lost, each.student))
    click.echo("\nLost to lateness")
    star = " " if any(each.is_provisional for each in lost) else ""  # where others have one
    if lost:
        rows = [("student", "handed in", "days", "earned x factor = score", f"lost{star}")]
        rows += [
            (
                printable(each.student),
                _when(each.submitted_at),
                _days(each),
                each.reckoned,
                f"{each.lost:f}{'*' if each.is_provisional else star}",
            )
            for each in lost
        ]
        widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
        room = WIDTH - 2 * len(widths) - sum(widths[1:])
        widths[0] = min(widths[0], LONGEST_ID, max(room, len("student")))
        for row in rows:
            ids = [set_cell_size(each, widths[0]) for each in chop_cells(row[0], widths[0])]
            cells = [row[1].ljust(widths[1]), row[2].rjust(widths[2]), row[3].ljust(widths[3])]
            click.echo("  " + "  ".join([ids[0], *cells, row[4].rjust(widths[4])]).rstrip())
            for rest in ids[1:]:
                click.echo(f"  {rest}".rstrip())
        total = sum(each.lost for each in lost)
        handed_in = sum(each.attempt is not None for each in found.students)
        said = f"{len(lost)} of {handed_in} lost something, {total:f} points together"
        click.echo(_wrapped(said))
    else:
        click.echo("  Nobody lost anything.")
    if star:
        click.echo(_wrapped("* not final yet: a person has to look"))
    for why, who in _late_for_nothing(late).items():
        click.echo(_wrapped(f"late, and lost nothing ({why}): {some_of(who)}"))


def _late_for_nothing(late: Sequence[HandedIn]) -> dict[str, list[str]]:
    """Who was late without losing anything, by why."""
    groups: dict[str, list[str]] = {}
    for each in late:
        if not each.lost:
            if each.settled:
                why = "excused" if each.settled == "excused" else "score set by hand"
            elif each.standing.score is None:
                why = "no score yet"
            elif each.slip_days == each.standing.days_late:
                why = "slip days"
            else:
                why = "nothing to lose" if not each.standing.earned else "keeps an earlier score"
            groups.setdefault(why, []).append(each.student)
    return groups


def _print_again(again: Sequence[Again]) -> None:
    cost = [each for each in again if each.gain < 0]
    won = [each for each in reversed(again) if each.gain > 0]
    for title, group in (("cost", cost), ("won", won)):
        if group:
            students = _plural(len(group), "student")
            click.echo(f"\nHanding in again {title} {len(group)} {students} something")
            for each in group:
                click.echo(_wrapped(_sentence(each)))


def _sentence(again: Again) -> str:
    """`s07: on time 7.20 (attempt 1), late 8.00 x 0.85 = 6.80 (attempt 2): ... cost 0.40`."""
    from grader.cli.show import printable

    before, after = again.earlier, again.later
    first, second = ("on time", "late") if not before.days_late else (
        _late(before.days_late), _late(after.days_late))  # fmt: skip
    verb = "cost" if again.gain < 0 else "won"
    open_ = " (not final yet)" if again.is_provisional else ""
    return printable(
        f"{again.student}: {first} {before.reckoned} (attempt {before.attempt}), "
        f"{second} {after.reckoned} (attempt {after.attempt}): "
        f"handing in again {verb} {abs(again.gain):f}{open_}"
    )


def _print_what_if(what_if: WhatIf) -> None:
    from grader.cli.show import impact_table, printable, some_of

    click.echo("\nWith other rules")
    for each in what_if.changed or ["the same rules as now"]:
        click.echo(f"  {printable(each)}")
    click.echo()
    impact_table(what_if.changes)
    for said, who in (
        ("not final yet", what_if.provisional),
        ("excused, without a score by any policy", what_if.excused),
        ("set by hand, the same by any policy", what_if.by_hand),
    ):
        if who:
            click.echo(_wrapped(f"{said}: {some_of(who)}"))


def _in_words(rules: Assignment) -> str:
    """The policy in a sentence."""
    from grader.score.explain import plain

    policy = rules.late
    of = "what was earned" if policy.base == "earned" else "the maximum"
    compounding = " (compounding)" if policy.mode == "compounding" else ""
    cutoff = policy.cutoff_days
    words = [
        f"due {_date(rules.due)} {rules.due.year} {_clock(rules.due)}",
        f"a late day takes {plain(policy.rate * 100)} % of {of}{compounding}",
        "no cut-off"
        if cutoff is None
        else f"nothing is left after {cutoff} late {_plural(cutoff, 'day')}",
        f"the {policy.attempts} attempt counts",
    ]
    if policy.slip_days:
        words.append(f"{policy.slip_days} slip days a term")
    return _wrapped("; ".join(words)).strip()


def _when(time: datetime | None) -> str:
    return "" if time is None else f"{_date(time)} {_clock(time)}"


def _date(time: datetime) -> str:
    from grader.score.explain import MONTHS, WEEKDAYS

    return f"{WEEKDAYS[time.weekday()]} {time.day} {MONTHS[time.month - 1]}"


def _clock(time: datetime) -> str:
    return f"{time.hour:02d}:{time.minute:02d}"


def _days(each: HandedIn) -> str:
    free = f" ({each.slip_days} free)" if each.slip_days else ""
    return f"{each.standing.days_late}{free}"


def _late(days: int) -> str:
    return f"{days} {_plural(days, 'day')} late"


def _plural(number: int, noun: str) -> str:
    return noun if number == 1 else f"{noun}s"


def _wrapped(text: str) -> str:
    import textwrap

    return textwrap.fill(
        text, WIDTH, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False
    )


def _document(found: Lateness) -> dict[str, Any]:
    from grader.results import policy_record

    return {
        "assignment": found.rules.id,
        "policy": policy_record(found.rules),
        "hand_in_times": dict(found.counts),
        "hints": list(found.hints),
        "students": [_entry(each) for each in found.students],
        "again": [
            {
                "student": each.student,
                "earlier": _counted(each.earlier),
                "later": _counted(each.later),
                "gain": f"{each.gain:f}",
                "provisional": each.is_provisional,
            }
            for each in found.again
        ],
        "what_if": None if found.what_if is None else _other(found.what_if),
        "notes": list(found.notes),
    }


def _other(what_if: WhatIf) -> dict[str, Any]:
    from grader.results import policy_record

    open_ = set(what_if.provisional)
    return {
        "policy": policy_record(what_if.rules),
        "changed": list(what_if.changed),
        "gain": sum(each.gain > 0 for each in what_if.changes),
        "lose": sum(each.gain < 0 for each in what_if.changes),
        "changes": [
            {
                "student": each.student,
                "before": _number(each.before),
                "after": _number(each.after),
                "change": _number(each.gain),
                "why": list(each.why),
                "provisional": each.student in open_,
            }
            for each in what_if.changes
        ],
        "provisional": list(what_if.provisional),
        "excused": list(what_if.excused),
        "by_hand": list(what_if.by_hand),
    }


def _entry(each: HandedIn) -> dict[str, Any]:
    return {
        "student": each.student,
        "attempt": each.attempt,
        "submitted_at": each.submitted_at and each.submitted_at.isoformat(),
        "deadline": each.deadline.isoformat(),
        "handed_in": each.stretch,
        "days_late": each.standing.days_late,
        "slip_days": each.slip_days,
        "earned": _number(each.standing.earned),
        "score": _number(each.standing.score),
        "lost": _number(each.lost),
        "reckoned": each.reckoned,
        "status": each.standing.status,
        "settled": each.settled or None,
        "provisional": each.is_provisional,
        "explanation": each.explanation,
    }


def _counted(each: Counted) -> dict[str, Any]:
    return {
        "attempt": each.attempt,
        "days_late": each.days_late,
        "reckoned": each.reckoned,
        "score": _number(each.score),
    }


def _number(points: Decimal | None) -> str | None:
    return None if points is None else f"{points:f}"
