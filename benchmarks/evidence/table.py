"""The numbers as a table of at most 80 columns, and whether they are what was promised."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import mean
from typing import Any

from benchmarks.evidence.measure import Took

MEGABYTE = 1e6
FIRST = "grade, the first time"
AGAIN = "grade, nothing new"
LOOKED = "rejudge --dry-run"
REJUDGED = "rejudge"

CPU_TARGETS = ((AGAIN, 0.005), (REJUDGED, 0.01))
"""What is measured, and the most that it may be of the CPU of everybody's bare scripts."""
MEMORY_TARGET = 1.3
"""How much more the process that we start may hold for a crowd."""


@dataclass(frozen=True)
class Costs:
    """What was measured.

    Attributes:
        scripts: CPU seconds of the bare scripts of some students.
        took: by what was done, in order; from `LOOKED` on with a stricter tolerance.
        crowd: how many students there were in the crowd, or 0 for no such course.
        crowd_took: the same for the crowd.
        compared: how many students' scores were compared with those of a fresh course.
        differing: whose differ.
    """

    students: int
    scripts: tuple[float, ...]
    took: Mapping[str, Took]
    compared: int
    differing: tuple[str, ...]
    crowd: int = 0
    crowd_took: Mapping[str, Took] | None = None

    @property
    def scripts_seconds(self) -> float:
        """Of everybody's bare script: the mean of some, times the students."""
        return mean(self.scripts) * self.students

    def share(self, name: str) -> float:
        """Of the bare scripts' CPU."""
        return self.took[name].cpu_seconds / self.scripts_seconds

    def growth(self, name: str) -> float:
        """Of memory, for the crowd."""
        assert self.crowd_took is not None
        return self.crowd_took[name].peak_bytes / self.took[name].peak_bytes

    def executed_again(self) -> list[str]:
        """What executed notebooks although their evidence was there."""
        every = [self.took, self.crowd_took or {}]
        return sorted({n for took in every for n, t in took.items() if n != FIRST and t.executed})

    @property
    def is_right(self) -> bool:
        """Whatever the clock says: nothing ran twice, and scores are what they should be."""
        return not self.executed_again() and not self.differing

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"share": {name: self.share(name) for name in self.took}}


def table(costs: Costs) -> str:
    return "\n".join(_lines(costs))


def _lines(costs: Costs) -> Iterator[str]:
    first = costs.took[FIRST]
    yield f"{costs.students:,} students of hw1, each with a notebook of their own."
    yield f"CPU of all processes, by {first.account}."
    yield "Peak memory of the process that we start, which holds what is about everybody."
    yield ""
    yield f"{'':24}{'CPU s':>10}{'of scripts':>12}{'executed':>10}{'pages':>8}{'peak MB':>9}"
    yield f"{'python script.py (1)':24}{costs.scripts_seconds:10.2f}{'100 %':>12}"
    for name, took in costs.took.items():
        share = f"{100 * costs.share(name):.2f} %"
        shown = f"{name} (2)" if name in (LOOKED, REJUDGED) else name
        yield (
            f"{shown:24}{took.cpu_seconds:10.2f}{share:>12}{took.executed:10,}{took.pages:8,}"
            f"{took.peak_bytes / MEGABYTE:9.0f}"
        )
    yield (
        f"(1) {len(costs.scripts)} of them were run, {mean(costs.scripts):.2f} s each: "
        f"times {costs.students:,}"
    )
    yield "(2) with a tolerance that is stricter than before"
    if costs.crowd_took is not None:
        yield ""
        yield from _crowd(costs, costs.crowd_took)
    yield ""
    yield from _correctness(costs)
    yield from _targets(costs)


def _crowd(costs: Costs, crowd_took: Mapping[str, Took]) -> Iterator[str]:
    yield (
        f"{costs.crowd:,} students who share {costs.students:,} notebooks; a run is made once "
        "for all who share it."
    )
    yield (
        f"{'peak MB':24}{costs.students:10,}{costs.crowd:10,}{'ratio':>8}{'CPU s':>10}"
        f"{'executed':>10}"
    )
    for name, took in crowd_took.items():
        yield (
            f"{name:24}{costs.took[name].peak_bytes / MEGABYTE:10.0f}"
            f"{took.peak_bytes / MEGABYTE:10.0f}{costs.growth(name):8.2f}"
            f"{took.cpu_seconds:10.2f}{took.executed:10,}"
        )


def _correctness(costs: Costs) -> Iterator[str]:
    again = costs.executed_again()
    yield f"executed twice: {', '.join(again) if again else 'nothing'}"
    what = f"scores after rejudge, and of {costs.compared:,} students graded afresh"
    yield f"{what}: {_named(costs.differing) if costs.differing else 'the same'}"


def _named(students: Sequence[str]) -> str:
    more = f" and {len(students) - 3} more" if len(students) > 3 else ""
    return f"DIFFER for {', '.join(students[:3])}{more}"


def _targets(costs: Costs) -> Iterator[str]:
    for name, most in CPU_TARGETS:
        share = costs.share(name)
        yield (
            f"target: {name}, at most {100 * most:.1f} % of the scripts' CPU: "
            f"{100 * share:.2f} %, {_met(share <= most)}"
        )
    for name in costs.crowd_took or ():
        growth = costs.growth(name)
        yield (
            f"target: {name}, at most {MEMORY_TARGET} times the memory: "
            f"{growth:.2f}, {_met(growth <= MEMORY_TARGET)}"
        )


def _met(is_met: bool) -> str:
    return "met" if is_met else "MISSED"
