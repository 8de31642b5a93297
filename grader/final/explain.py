"""The one line that says how a total came to be, and the lines on what is needed. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from grader.course.weights import HUNDRED, FinalPolicy
from grader.final.exact import exactly, half_up, up
from grader.final.result import IN_WORDS, Result
from grader.final.weigh import Need, Share, Total
from grader.score.explain import plain

MOST_PLACES = 12


def explanation(results: Sequence[Result], total: Total, policy: FinalPolicy) -> str:
    """`hw1 9.00/10 x 10 % = 9.00; hw2 missing = 0.00; ...; total 78.25`.

    Whoever follows it with a calculator comes to the total.
    """
    if total.so_far is None:
        return "excused from everything: there is no total"
    share = Share.of(results)
    places, points = _that_add_up(results, share, policy.places)
    said = [_in_words(result, f"{points[k]:.{places}f}") for k, result in enumerate(results)]
    parts = [words for words in said if words]
    for state, words in IN_WORDS.items():
        waiting = [e.component.id for e in results if e.is_open and e.state == state]
        if waiting:
            parts.append(f"{', '.join(waiting)} {words}")
    what = "total" if total.total is not None else "so far"
    end = f"{what} {total.so_far:f}"
    if share.weight != HUNDRED:
        with exactly():
            there = sum(points, Decimal(0))
        end = f"{there:.{places}f} x 100 / {plain(share.weight)} = {end}"
    if total.total is None:
        end += f", and {plain(total.left)} % is left"
    return "; ".join([*parts, f"{end}, {total.grade}" if total.grade else end])


def _in_words(result: Result, points: str) -> str:
    if result.is_open:
        return ""
    weight = plain(result.component.weight)
    what = result.component.id + (f" ({result.how})" if result.how else "")
    if result.is_shared:
        return f"{what} excused: its {weight} % is shared by the rest"
    if result.state == "excused":
        return f"{what} excused, which counts as {result.component.excused} = {points}"
    if result.state == "missing":
        return f"{what} missing = {points}"
    doubt = f" (not final: {result.doubt})" if result.doubt else ""
    given = f"{result.mark:f}/{plain(result.out_of)}"
    return f"{what} {given} x {weight} % = {points}{doubt}"


def _that_add_up(
    results: Sequence[Result], share: Share, places: int
) -> tuple[int, tuple[Decimal, ...]]:
    """What each component gives, in as many places as it takes to add up to the total.

    Thirds that add up to a half of the last place never do: at last they are rounded up.
    """
    wanted = share.rounded(places)
    for more in range(MOST_PLACES):
        points = _points(results, half_up, places + more)
        with exactly():
            there = half_up(HUNDRED * sum(points, Decimal(0)), share.weight, places)
        if there == wanted:
            return places + more, points
    return places + MOST_PLACES, _points(results, up, places + MOST_PLACES)


def _points(
    results: Sequence[Result], rounding: Callable[[Decimal, Decimal, int], Decimal], places: int
) -> tuple[Decimal, ...]:
    with exactly():
        return tuple(
            Decimal(0)
            if each.counted is None
            else rounding(each.component.weight * each.counted, each.out_of, places)
            for each in results
        )


def need_in_words(need: Need, total: Total, results: Sequence[Result]) -> str:
    """`needs 71.43 % of the 40 % that is left`, and the like."""
    if need.reach == "reached":
        return "reached" if total.total is not None else "reached, whatever comes"
    if need.reach == "out_of_reach":
        return "not reached" if total.total is not None else f"out of reach: {total.best:f} at most"
    said = f"needs {need.percent:f} % of the {plain(total.left)} % that is left"
    if need.mark is None:
        return said
    (only,) = (each for each in results if each.is_open)
    return f"{said}: {need.mark:f} of {plain(only.out_of)} in {only.component.id}"


def needs_in_short(total: Total) -> str:
    """Of the bands that are not decided yet, the nearest first: `B 71.43 %, A 92.5 %`.

    The pass mark is left out where a band begins at it.
    """
    found: dict[Decimal, str] = {}
    for need in total.needs:
        if need.percent is not None:
            found.setdefault(need.band.least, f"{need.band.name} {plain(need.percent)} %")
    return ", ".join(reversed(found.values()))
