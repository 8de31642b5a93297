"""`grader similar`: pairs of hand-ins that share too much."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import opens_course

if TYPE_CHECKING:
    from grader.opened import OpenCourse
    from grader.similar import Ranking
    from grader.similar.compared import Compared, Found

GROUPS_AT_MOST = 10
PAIRS_AT_MOST = 40
NAMED_AT_MOST = 10


def _a_number(ctx: click.Context, param: click.Parameter, value: float) -> float:
    """The value, which "nan" is none: no pair would be above it, and none below."""
    if math.isnan(value):
        raise click.BadParameter("nan is no number", ctx, param)
    return value


@click.command(
    "similar",
    epilog="""\b
Examples:
  grader similar hw1
  grader similar hw1 --pair s03 s07
  grader similar hw1 --fine s03 s07 --reason "one tutor, asked both"
  grader similar hw1 --keep 2026 --csv pairs.csv""",
)
@click.argument("assignment")
@click.option(
    "--threshold",
    type=click.FloatRange(1e-9, 100),
    callback=_a_number,
    default=0.001,
    show_default=True,
    help="Expected false alarms: 0.001 is one in a thousand classes.",
)
@click.option(
    "--below",
    type=click.IntRange(0, 10_000),
    default=5,
    show_default=True,
    help="List so many pairs below it, too.",
)
@click.option("--pair", nargs=2, metavar="A B", help="Make a page of these two, wherever they are.")
@click.option("--fine", nargs=2, metavar="A B", help="Keep that you looked at these two.")
@click.option("--reason", default="", help="With --fine: what you found. Students don't see it.")
@click.option(
    "--groups",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A CSV, student,group: who hands in together, and is not compared.",
)
@click.option(
    "--given",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="What everybody got besides the released notebook, such as a hint: a notebook, Python, "
    "text. May be repeated.",
)
@click.option("--keep", metavar="YEAR", default="", help="Keep this class' fingerprints for later.")
@click.option(
    "--csv",
    "csv_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the pairs to a file.",
)
@click.option(
    "--dolos",
    type=click.Path(path_type=Path),
    help="Write the hand-ins to a new folder, as Dolos reads them.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@opens_course
def command(
    opened: OpenCourse,
    assignment: str,
    threshold: float,
    below: int,
    pair: tuple[str, str] | None,
    fine: tuple[str, str] | None,
    reason: str,
    groups: Path | None,
    given: tuple[Path, ...],
    keep: str,
    csv_file: Path | None,
    dolos: Path | None,
    as_json: bool,
) -> int:
    """Rank the pairs of ASSIGNMENT's hand-ins that share what is rare in this class.

    It is no verdict. Nothing runs, and nothing is sent anywhere. Grade first: then numbers are
    compared, too.
    """
    from grader.cli.show import printable, progress
    from grader.similarity import compare, groups_in, look_at, write_for_dolos

    if fine:
        if any((pair, groups, given, keep, csv_file, dolos, as_json)):
            raise click.UsageError("--fine keeps a decision: leave the rest out")
        number = look_at(opened, assignment, *fine, reason=reason)
        both = printable(f"{fine[0]} and {fine[1]}")
        said = f"kept, change {number}" if number else "was kept already"
        click.echo(f"{both}: looked at, fine; {said}")
        return 0
    if reason:
        raise click.UsageError("--reason goes with --fine")
    with progress(f"comparing {assignment}") as advance:
        done = compare(
            opened,
            assignment,
            threshold=threshold,
            below=below,
            groups=groups_in(opened, groups) if groups else None,
            given=given,
            also=[pair] if pair else (),
            keep_as=keep,
            advance=advance,
        )
    if csv_file is not None:
        from grader.report.files import write_whole
        from grader.similar.compared import pairs_csv

        write_whole(csv_file, pairs_csv(done))
    if dolos is not None:
        number = write_for_dolos(opened, assignment, dolos, given=given)
        click.echo(f"{dolos}: {number} hand-ins for Dolos", err=as_json)
    if as_json:
        _print_json(done)
    else:
        _print(done, pair)
    return 0


def _print(done: Compared, pair: tuple[str, str] | None) -> None:
    from textwrap import fill

    from grader.cli.show import printable

    ranking = done.ranking
    click.secho(printable(done.title), italic=True)
    years = f", and {printable(', '.join(done.years))}" if done.years else ""
    click.echo(
        f"{done.present} hand-ins{years}: {ranking.compared:,} pairs, "
        f"{done.with_numbers} hand-ins with numbers"
    )
    click.echo()
    for title, pairs in (
        ("to look at", done.to_look_at),
        ("looked at, fine", done.looked_at),
        ("in order" if done.too_few else "below the threshold", done.below),
    ):
        if pairs or (title == "to look at" and not done.too_few):
            click.secho(f"{title}: {len(pairs) or 'none'}", bold=True)
        for each in pairs[:PAIRS_AT_MOST]:
            _print_pair(each, ranking)
        if len(pairs) > PAIRS_AT_MOST:
            click.echo(f"  and {len(pairs) - PAIRS_AT_MOST} more")
    for members in done.groups[:GROUPS_AT_MOST]:
        click.echo(printable(f"group: {', '.join(members)}"))
    if pair and not any({each.student, each.other} == set(pair) for each in done.found):
        click.echo(printable(f"{pair[0]} and {pair[1]} share nothing that is rare in this class"))
    click.echo()
    if done.too_few:
        click.echo(f"Too few {done.too_few} to say what is surprising:")
        click.echo("the order is all that is known.")
    if without := done.without_numbers:
        if done.with_numbers:
            rest = len(without) - NAMED_AT_MOST
            named = ", ".join(without[:NAMED_AT_MOST]) + (f" and {rest} more" if rest > 0 else "")
            said = f"Without numbers to compare: {named}. Either not graded, or nothing ran."
            click.echo(fill(printable(said), 80))
        else:
            click.echo("No numbers were compared: grade first.")
    for note in done.notes:
        click.echo(f"note: {printable(note)}", err=True)
    click.echo("No verdict: look at the pages, ask both, decide then.")
    click.echo(f"page: {done.page}")


def _print_pair(each: Found, ranking: Ranking) -> None:
    from grader.cli.show import printable
    from grader.similar.pages import expected_in_words, shares_in_words

    chance = expected_in_words(each.pair.expected, least=ranking.least)
    chance = f"by chance {chance}" if ranking.is_calibrated else ""
    click.echo(printable(f"  {each.student} and {each.other}"))
    for line in filter(None, (chance, shares_in_words(each.shares))):
        click.echo(f"      {line}")
    if each.look and each.look.reason:
        click.echo(printable(f"      {each.look.reason}"))
    if each.page:
        click.echo(f"      {each.page.name}")


def _print_json(done: Compared) -> None:
    import json

    from grader.similar.compared import pairs_json

    click.echo(json.dumps(pairs_json(done), ensure_ascii=False, indent=1).encode())
