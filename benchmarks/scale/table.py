"""The numbers as a table of at most 80 columns, and whether they are what was promised."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

MEGABYTE = 1e6
LINEAR = 1.15
"""How much more than its share of the time the larger number may take."""
FLAT = 1.3
"""How many times the memory it may hold while records are judged and scored."""
HELD = 2000
"""Bytes, at most, that everybody's score may take where all are held: a record of the export."""


@dataclass(frozen=True)
class Took:
    """What so many records took; `bytes` of a peak are of the whole process."""

    records: int
    rows: int
    scoring_seconds: float
    exporting_seconds: float
    peak_scoring_bytes: int
    peak_exporting_bytes: int
    document_bytes: int
    run_bytes: int

    @property
    def seconds(self) -> float:
        return self.scoring_seconds + self.exporting_seconds


@dataclass(frozen=True)
class Scale:
    few: Took
    many: Took

    @property
    def times(self) -> float:
        """How many times as many records."""
        return self.many.records / self.few.records

    @property
    def is_right(self) -> bool:
        """Nobody is lost, whatever the clock says."""
        return all(each.rows == each.records for each in (self.few, self.many))

    @property
    def held(self) -> float:
        """Bytes for each more record, where everybody's score is held."""
        more = self.many.peak_exporting_bytes - self.few.peak_exporting_bytes
        return more / (self.many.records - self.few.records)


def table(scale: Scale) -> str:
    return "\n".join(_lines(scale))


def _lines(scale: Scale) -> Iterator[str]:
    few, many = scale.few, scale.many
    yield "Simulated records of hw1: decoded, judged, scored, exported. CPU of one process."
    yield ""
    yield f"{'':30}{few.records:>14,}{many.records:>14,}{'ratio':>10}"
    for name, one, other, unit in (
        ("judge and score, s", few.scoring_seconds, many.scoring_seconds, 1.0),
        ("export, s", few.exporting_seconds, many.exporting_seconds, 1.0),
        ("both, s", few.seconds, many.seconds, 1.0),
        ("peak, judge and score, MB", few.peak_scoring_bytes, many.peak_scoring_bytes, MEGABYTE),
        ("peak, export, MB", few.peak_exporting_bytes, many.peak_exporting_bytes, MEGABYTE),
        ("scores.json, MB", few.document_bytes, many.document_bytes, MEGABYTE),
    ):
        yield f"{name:30}{one / unit:14.1f}{other / unit:14.1f}{other / one:10.2f}"
    yield ""
    yield f"a record: {1000 * many.seconds / many.records:.2f} ms; its run {many.run_bytes:,} bytes"
    yield f"exported: {'everybody' if scale.is_right else 'NOT EVERYBODY'}"
    ratio = many.seconds / few.seconds
    most = LINEAR * scale.times
    yield (
        f"target: time grows as records do ({scale.times:g} times; at most {most:.1f}): "
        f"{ratio:.2f}, {_met(ratio <= most)}"
    )
    growth = many.peak_scoring_bytes / few.peak_scoring_bytes
    yield (
        f"target: judge and score in flat memory (at most {FLAT} times): "
        f"{growth:.2f}, {_met(growth <= FLAT)}"
    )
    yield (
        f"target: export, at most {HELD:,} bytes for each more record: "
        f"{scale.held:,.0f}, {_met(scale.held <= HELD)}"
    )


def _met(is_met: bool) -> str:
    return "met" if is_met else "MISSED"
