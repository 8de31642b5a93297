"""Why a name is not there: the cell that would have made it stopped.

A cell below the one that lacked a name can't have been meant to make it: it runs later.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from grader.execute.definitions import names_defined
from grader.records.evidence import CellRun, Outcome
from grader.records.probes import Probe

LONGEST_CHAIN = 4  # cells
MOST_READ = 1_000_000  # characters of all the cells that stopped
_UNKNOWN_NAME = re.compile(r"NameError: name '(\w+)' is not defined")


def with_causes(
    outcomes: Mapping[str, Outcome],
    probes: Sequence[Probe],
    sources: Sequence[str],
    runs: Sequence[CellRun],
) -> dict[str, Outcome]:
    """The outcomes; where a name was missing, with the cells that would have made it.

    Args:
        outcomes: of the probes, by id.
        sources: of the code cells.
        runs: what became of them, in the same order.
    """
    wanted = {probe.id: _wanted(outcomes[probe.id], probe.target) for probe in probes}
    made = made_by_stopped(sources, runs) if any(wanted.values()) else {}
    return {
        name: replace(outcomes[name], stopped=stopped_cells(missing, made, runs))
        if missing
        else outcomes[name]
        for name, missing in wanted.items()
    }


def _wanted(outcome: Outcome, target: str) -> str:
    """The name that was not there, or ""."""
    if outcome.status == "missing":
        return target
    unknown = _UNKNOWN_NAME.match(outcome.error) if outcome.status == "raised" else None
    return unknown[1] if unknown else ""


def made_by_stopped(sources: Sequence[str], runs: Sequence[CellRun]) -> dict[int, frozenset[str]]:
    """What each cell that did not run to its end would have defined, by its number."""
    made = {}
    left = MOST_READ
    for source, run in zip(sources, runs, strict=True):
        left -= len(source) if run.status != "ok" else 0
        if run.status != "ok" and left >= 0:
            made[run.number] = names_defined(source)
    return made


def stopped_cells(
    name: str, made: Mapping[int, Collection[str]], runs: Sequence[CellRun]
) -> tuple[int, ...]:
    """The numbers of the cells for want of which `name` is not there; empty if none stopped.

    The first would have defined it; each other one, above the one before, would have defined what
    that lacked.

    Args:
        made: what the cells that stopped would have defined, by number.
    """
    error_of = {run.number: run.error for run in runs}
    found: list[int] = []
    wanted = name
    while len(found) < LONGEST_CHAIN:
        makers = [
            number
            for number, names in made.items()
            if wanted in names and (not found or number < found[-1])
        ]
        if not makers:
            break
        found.append(makers[0])
        unknown = _UNKNOWN_NAME.match(error_of[found[-1]])
        if not unknown:
            break
        wanted = unknown[1]
    return tuple(found)
