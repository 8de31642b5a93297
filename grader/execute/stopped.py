"""Why a name is not there: the cell that would have made it stopped.

Read from the sources by line, not parsed: a cell that is no Python is the commonest reason.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from grader.records.evidence import CellRun, Outcome

LONGEST_LINE = 1_000  # characters; a longer one defines nothing that a person typed
LONGEST_CHAIN = 4  # cells
_DEFINITION = re.compile(r"\s*(?:async\s+)?(?:def|class)\s+(\w+)")
_IMPORT = re.compile(r"\s*(?:import|from)\s")
_WORD = re.compile(r"[\w.]+")
_UNKNOWN_NAME = re.compile(r"NameError: name '(\w+)' is not defined")


def with_cause(
    outcome: Outcome, target: str, sources: Sequence[str], runs: Sequence[CellRun]
) -> Outcome:
    """The outcome; where a name was missing, with the cells that would have made it.

    Args:
        target: the name that was asked for.
        sources: of the code cells.
        runs: what became of them, in the same order.
    """
    if outcome.status == "missing":
        return replace(outcome, stopped=stopped_cells(target, sources, runs))
    unknown = _UNKNOWN_NAME.match(outcome.error) if outcome.status == "raised" else None
    if unknown:
        return replace(outcome, stopped=stopped_cells(unknown[1], sources, runs))
    return outcome


def stopped_cells(name: str, sources: Sequence[str], runs: Sequence[CellRun]) -> tuple[int, ...]:
    """The numbers of the cells for want of which `name` is not there; empty if none stopped.

    The first would have defined it; each other one would have defined what the one before lacked.
    """
    found: list[int] = []
    wanted = name
    while len(found) < LONGEST_CHAIN:
        makers = [
            run
            for source, run in zip(sources, runs, strict=True)
            if run.status != "ok" and run.number not in found and _defines(source, wanted)
        ]
        if not makers:
            break
        found.append(makers[0].number)
        unknown = _UNKNOWN_NAME.match(makers[0].error)
        if not unknown:
            break
        wanted = unknown[1]
    return tuple(found)


def _defines(source: str, name: str) -> bool:
    return any(
        _line_defines(line, name)
        for line in source.splitlines()
        if len(line) <= LONGEST_LINE and name in line
    )


def _line_defines(line: str, name: str) -> bool:
    """`def name(`, `name, b = ...`, `from module import name`."""
    definition = _DEFINITION.match(line)
    if definition:
        return definition[1] == name
    if _IMPORT.match(line):
        return name in _WORD.findall(line)
    targets, equals, value = line.partition("=")
    is_assignment = equals and not value.startswith("=") and not targets.endswith(("!", "<", ">"))
    return bool(is_assignment and "(" not in targets and name in _WORD.findall(targets))
