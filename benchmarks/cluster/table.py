"""The numbers as a table of at most 80 columns, and whether they are what was promised."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

SHARE = 0.9
"""Of the pool's throughput."""
TITLES = {"local": "local pool", "dask": "Dask workers"}


@dataclass(frozen=True)
class Turn:
    """What one turn took. `seconds`, and the CPU: from the first result to the last."""

    engine: str
    submissions: int
    start_seconds: float
    seconds: float
    own_cpu_seconds: float
    cpu_seconds: float
    evidence: str

    @property
    def own_seconds(self) -> float:
        """For each submission after the first."""
        return self.own_cpu_seconds / (self.submissions - 1)


@dataclass(frozen=True)
class Turns:
    processes: int
    turns: tuple[Turn, ...]

    def of(self, engine: str) -> tuple[Turn, ...]:
        return tuple(each for each in self.turns if each.engine == engine)

    def rate(self, engine: str) -> float:
        """Submissions a second, in all turns of an engine together."""
        turns = self.of(engine)
        return sum(each.submissions - 1 for each in turns) / sum(each.seconds for each in turns)

    def cpu(self, engine: str) -> float:
        """Seconds of all processes for a submission."""
        return _mean([each.cpu_seconds / (each.submissions - 1) for each in self.of(engine)])

    @property
    def share(self) -> float:
        return self.rate("dask") / self.rate("local")

    @property
    def is_right(self) -> bool:
        """Whatever the clock says: the same evidence each time."""
        return len({each.evidence for each in self.turns}) == 1


def table(turns: Turns) -> str:
    return "\n".join(_lines(turns))


def _lines(turns: Turns) -> Iterator[str]:
    first = turns.turns[0]
    yield f"{first.submissions:,} notebooks of hw1, {turns.processes} processes each, in turns."
    yield ""
    names = ("a second", "slowest", "fastest", "start s", "CPU ms (1)")
    yield f"{'':16}" + "".join(f"{name:>12}" for name in names)
    for engine, title in TITLES.items():
        these = turns.of(engine)
        rates = sorted((each.submissions - 1) / each.seconds for each in these)
        yield (
            f"{title:16}{turns.rate(engine):12.2f}{rates[0]:12.2f}{rates[-1]:12.2f}"
            f"{_mean([each.start_seconds for each in these]):12.1f}"
            f"{1000 * turns.cpu(engine):12.1f}"
        )
    yield "(1) of all processes, for each submission after the first: "
    for engine, title in TITLES.items():
        own = _mean([each.own_seconds for each in turns.of(engine)])
        yield f"    {title}: {1000 * own:.1f} ms of it by the one process that `grader` is"
    yield ""
    yield f"evidence: {'the same' if turns.is_right else 'DIFFERS'}"
    met = "met" if turns.share >= SHARE else "MISSED"
    yield f"target: at least {SHARE} of the pool's throughput: {turns.share:.2f}, {met}"
    share = turns.cpu("local") / turns.cpu("dask")
    yield f"by CPU, which a busy machine changes less: {share:.2f}"


def _mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers)
