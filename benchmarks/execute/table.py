"""The numbers as a table of at most 80 columns, and whether they are what was promised."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from statistics import median, quantiles
from typing import Any

MEGABYTE = 1e6


@dataclass(frozen=True)
class Cost:
    """Of one submission."""

    cpu_seconds: float
    wall_seconds: float


@dataclass(frozen=True)
class Costs:
    """Of all submissions of one contender.

    Attributes:
        plain, plot: without and with a plot.
        account: how CPU was counted.
        peak_bytes: the most that all of its processes held together, shared pages counted once.
        driver_peak_bytes: the most that its first process held (for us, the supervisor).
        peak_bytes_below: as `peak_bytes`, without the first process (for us, the workers).
    """

    name: str
    title: str
    version: str
    plain: tuple[Cost, ...]
    plot: tuple[Cost, ...]
    account: str = ""
    peak_bytes: int = 0
    driver_peak_bytes: int = 0
    peak_bytes_below: int = 0

    def of(self, *, plot: bool) -> tuple[Cost, ...]:
        return self.plot if plot else self.plain

    def cpu_seconds(self, *, plot: bool) -> float:
        """The median. Of an account in ticks the mean: single values are too coarse."""
        values = [cost.cpu_seconds for cost in self.of(plot=plot)]
        return sum(values) / len(values) if "ticks" in self.account else median(values)

    def as_json(self) -> dict[str, Any]:
        medians = {
            "with_plot" if plot else "no_plot": {
                "cpu_seconds": self.cpu_seconds(plot=plot),
                "wall_seconds": median(cost.wall_seconds for cost in self.of(plot=plot)),
            }
            for plot in (False, True)
        }
        return asdict(self) | {"medians": medians}


# whose CPU, with a plot or without, and the most that ours may be of it
TARGETS = (
    ("script", False, 1 / 5),
    ("script", True, 2 / 5),
    ("nbgrader", False, 1 / 12),
    ("nbgrader", True, 1 / 12),
    ("otter", False, 1 / 30),
    ("otter", True, 1 / 30),
)


def table(costs: Sequence[Costs]) -> str:
    return "\n".join(_lines(costs))


def _lines(costs: Sequence[Costs]) -> Iterator[str]:
    ours = costs[0]
    yield "One submission of seven small cells, one after the other: medians."
    yield f"CPU of all processes, by {ours.account}."
    for plot in (False, True):
        yield ""
        head = "with a line plot" if plot else "no plot"
        yield f"{head:22}{'version':>8}{'n':>5}{'CPU ms':>8}{'10-90 %':>12}{'wall ms':>9}  ours is"
        for one in costs:
            yield _row(one, ours, plot=plot)
    yield ""
    yield f"{'peak memory, MB':22}{'all':>8}   (shared pages counted once)"
    for one in costs:
        yield f"{one.title:22}{one.peak_bytes / MEGABYTE:8.0f}"
    yield (
        f"of ours: supervisor {ours.driver_peak_bytes / MEGABYTE:.0f} (resident), "
        f"worker and submission {ours.peak_bytes_below / MEGABYTE:.0f}"
    )
    yield ""
    yield from _targets(costs, ours)


def _row(one: Costs, ours: Costs, *, plot: bool) -> str:
    walls = [cost.wall_seconds for cost in one.of(plot=plot)]
    cpus = [cost.cpu_seconds for cost in one.of(plot=plot)]
    spread = "-".join(f"{1000 * value:.0f}" for value in _most(cpus))
    ratio = ours.cpu_seconds(plot=plot) / one.cpu_seconds(plot=plot)
    shown = "" if one is ours else f"1/{1 / ratio:.1f}" if ratio < 1 else f"x {ratio:.1f}"
    return (
        f"{one.title:22}{one.version:>8}{len(cpus):5}{1000 * one.cpu_seconds(plot=plot):8.0f}"
        f"{spread:>12}{1000 * median(walls):9.0f}  {shown}"
    ).rstrip()


def _most(values: Sequence[float]) -> tuple[float, float]:
    """Where the middle four fifths of the values lie."""
    if len(values) < 2:
        return values[0], values[0]
    tenths = quantiles(values, n=10, method="inclusive")
    return tenths[0], tenths[-1]


def _targets(costs: Sequence[Costs], ours: Costs) -> Iterator[str]:
    by_name = {one.name: one for one in costs}
    for name, plot, most in TARGETS:
        other = by_name.get(name)
        if other is None:
            continue
        ratio = ours.cpu_seconds(plot=plot) / other.cpu_seconds(plot=plot)
        kind = "with a plot" if plot else "no plot"
        met = "met" if ratio <= most else "MISSED"
        yield (
            f"target: at most {most:.3f} of the CPU of {other.title}, {kind}: {ratio:.3f}, {met}"
        )
