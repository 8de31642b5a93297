"""The numbers as a table of at most 80 columns, and whether they are what was promised."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from benchmarks.pages.measure import Took

TARGET = 0.5
"""The most that pages may take of nbconvert's time."""


@dataclass(frozen=True)
class Costs:
    """What was measured, round by round.

    Attributes:
        processes: of each side.
        ours, theirs: all pages.
        again: `grader report` where nothing has changed.
        bytes_ours, bytes_theirs: of a page, on the average.
    """

    students: int
    processes: int
    ours: tuple[Took, ...]
    theirs: tuple[Took, ...]
    again: Took
    bytes_ours: int
    bytes_theirs: int

    def ratio(self, clock: str) -> float:
        """Ours over theirs, the median of the rounds; each round ran under one load."""
        return median(
            getattr(our, clock) / getattr(their, clock)
            for our, their in zip(self.ours, self.theirs, strict=True)
        )


def table(costs: Costs) -> str:
    lines = [
        f"Pages of {costs.students:,} students of hw1, {costs.processes} "
        f"process{'es' * (costs.processes != 1)} each side, {len(costs.ours)} "
        f"round{'s' * (len(costs.ours) != 1)}.",
        "",
        f"{'':<34}{'seconds':>9}{'CPU':>9}{'ms CPU a page':>15}{'KB a page':>11}",
        _row("nbconvert --to html", costs.theirs, costs.students, costs.bytes_theirs),
        _row("grader report --fresh", costs.ours, costs.students, costs.bytes_ours),
        _row("grader report, nothing new", (costs.again,), costs.students, 0),
        "",
        _said("time", costs.ratio("wall_seconds")),
        _said("CPU", costs.ratio("cpu_seconds")),
        f"the most that grader's first process held: {costs.ours[0].peak_bytes / 1e6:.0f} MB",
    ]
    return "\n".join(lines)


def _row(name: str, took: tuple[Took, ...], students: int, size: int) -> str:
    wall = median(each.wall_seconds for each in took)
    cpu = median(each.cpu_seconds for each in took)
    shown = f"{size / 1000:.0f}" if size else ""
    return f"{name:<34}{wall:>9.2f}{cpu:>9.2f}{1000 * cpu / students:>15.1f}{shown:>11}".rstrip()


def _said(what: str, ratio: float) -> str:
    met = "met" if ratio <= TARGET else "MISSED"
    return f"pages, at most {TARGET:g} times the {what} of nbconvert: {ratio:.2f}, {met}"
