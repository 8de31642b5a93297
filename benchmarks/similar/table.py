"""What was found, as tables of at most 80 columns or as numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from benchmarks.similar.measure import RECALLS, Clean, Planted

Cost = Mapping[int, tuple[float, int]]
"""CPU seconds, and hand-ins with numbers, by the number of hand-ins."""
LIMITS = {300: 10.0, 2000: 60.0}
"""CPU seconds that it may take."""


def is_right(planted: Planted | None, clean: Clean | None) -> bool:
    """Whether it is better than the others, and wrongs nobody."""
    if clean is not None and sum(clean.alarms):
        return False
    if planted is None:
        return True
    ours, *others = [each.average_precision for each in planted.contenders]
    return not planted.false and all(ours > other for other in others)


def as_json(planted: Planted | None, clean: Clean | None, cost: Cost) -> dict[str, Any]:
    return {
        "planted": None
        if planted is None
        else {
            "students": planted.students,
            "average_precision": {each.name: each.average_precision for each in planted.contenders},
            "found": planted.found,
            "false": planted.false,
        },
        "clean": None if clean is None else asdict(clean),
        "cost": {str(number): seconds for number, (seconds, _) in cost.items()},
    }


def table(planted: Planted | None, clean: Clean | None, cost: Cost) -> str:
    lines: list[str] = []
    if planted is not None:
        lines += _planted(planted)
    if clean is not None:
        lines += ["", *_clean(clean)] if lines else _clean(clean)
    for number, (seconds, with_numbers) in cost.items():
        limit = LIMITS.get(number)
        said = "" if limit is None else f", at most {limit:g}: {_met(seconds <= limit)}"
        lines += [
            "",
            f"{number:,} hand-ins, {with_numbers:,} with numbers: {seconds:.1f} s of one core, "
            f"{1000 * seconds / number:.1f} ms each{said}",
        ]
    return "\n".join(lines).strip("\n")


def _planted(planted: Planted) -> list[str]:
    classes = len(planted.contenders[0].rows)
    copies = sum(planted.contenders[0].copies)
    lines = [
        f"{classes} classes of {planted.students}, with {copies} pairs who share work in disguise",
        "",
        "                          area under   precision where so many are found",
        f"                           the curve   {''.join(f'{r:>8.0%}' for r in RECALLS)}        s",
    ]
    for each in planted.contenders:
        at = "".join(f"{each.precision_at(recall):>8.2f}" for recall in RECALLS)
        lines.append(f"{each.name:<25} {each.average_precision:>10.3f}   {at} {each.seconds:>8.1f}")
    lines += ["", "above the default threshold, by what was done to hide it:"]
    for disguise, (hit, of) in sorted(planted.found.items()):
        lines.append(f"  {disguise:<12} {hit:>4} of {of}")
    lines.append(f"  no copies    {planted.false:>4}")
    ours, *others = planted.contenders
    better = all(ours.average_precision > each.average_precision for each in others)
    lines += ["", f"target: a better area under the curve than all others: {_met(better)}"]
    return lines


def _clean(clean: Clean) -> list[str]:
    alarms = sum(clean.alarms)
    near = ", ".join(f"{each:.2g}" for each in sorted(clean.nearest)[:5])
    return [
        f"{len(clean.alarms)} classes of {clean.students} without copies: {alarms} false alarms",
        f"expected by chance of the most surprising pair of each, the lowest: {near}",
        f"target: no false alarm above the default threshold: {_met(not alarms)}",
    ]


def _met(is_met: bool) -> str:
    return "met" if is_met else "MISSED"
