"""Puts every solution before both judges."""

from __future__ import annotations

import sys
import warnings
from dataclasses import dataclass, field
from random import Random

from benchmarks.judging.exact import differs
from benchmarks.judging.judges import Asked, asked, naive, ours, runnable
from benchmarks.judging.mutants import mutants
from benchmarks.judging.styles import right_solution

MOST_KEPT = 5


@dataclass
class Wronged:
    """How often each judge was wrong, and the first sources with which ours was."""

    ours: int = 0
    naive: int = 0
    examples: list[str] = field(default_factory=list)


@dataclass
class Found:
    """Of one function.

    Attributes:
        right: how many right solutions there were, and how many of them are other texts.
        mutants: how many changes a machine made; the same: of them those that are the same function
            up to 1e-5; nothing: those that give nothing in some case.
        wrong: the mutants that are left.
        in_doubt: right solutions that ours accepts and lets a person look at.
    """

    function: str
    right: int = 0
    in_doubt: int = 0
    mutants: int = 0
    the_same: int = 0
    nothing: int = 0
    wrong: int = 0
    rejected: Wronged = field(default_factory=Wronged)
    accepted: Wronged = field(default_factory=Wronged)


def measured(right: int, *, seed: int) -> list[Found]:
    """All functions, each with so many right solutions and all of its mutants."""
    found = []
    for number, one in enumerate(asked(), start=1):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of solutions: overflows, deprecated ways
            found.append(_one(one, right, seed))
        if sys.stderr.isatty():
            print(f"\r{number} of {len(asked())} functions", end="", file=sys.stderr, flush=True)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    return found


def _one(one: Asked, right: int, seed: int) -> Found:
    found = Found(one.name)
    sources = {right_solution(one.name, Random(f"{seed} {one.name} {i}")) for i in range(right)}
    for source in sorted(sources):
        found.right += 1
        verdict = ours(one.name, source, scaled=True)
        found.in_doubt += bool(verdict.doubt) and verdict.credit == 1
        if verdict.credit != 1:
            found.rejected.ours += 1
            found.rejected.examples.append(f"{verdict.reason}\n{source}")
        found.rejected.naive += not naive(one, source)
    for mutant in mutants(one.module, one.name):
        found.mutants += 1
        is_another = differs(one.module, one.name, mutant.source)
        found.nothing += is_another is None
        found.the_same += is_another is False
        if is_another:
            found.wrong += 1
            source = runnable(one, mutant.source)
            if ours(one.name, source).credit == 1:
                found.accepted.ours += 1
                found.accepted.examples.append(f"{mutant.change}\n{mutant.source}")
            found.accepted.naive += naive(one, source)
    del found.rejected.examples[MOST_KEPT:], found.accepted.examples[MOST_KEPT:]
    return found
