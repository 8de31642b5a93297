"""What came of a comparison: the pairs as people are shown them, and as tables for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.records.looks import Look
from grader.similar.ranking import SMALLEST_CLASS, Pair, Ranking
from grader.similar.traces import CHANNELS, Kind


@dataclass(frozen=True)
class Found:
    """A pair, as it is shown. `page`: None where none was written."""

    student: str
    other: str
    pair: Pair
    is_above: bool
    shares: Mapping[Kind, int]
    look: Look | None = None
    page: Path | None = None


@dataclass(frozen=True)
class Compared:
    """What `compare` found.

    Attributes:
        found: the most surprising pairs first: those above the threshold, then some below.
        groups: the students who hang together above the threshold, of pairs nobody has looked at.
        without_numbers: of whose hand-ins there was no evidence to compare numbers of.
        years: earlier classes that were compared with.
        page: of the class.
    """

    title: str
    ranking: Ranking
    found: tuple[Found, ...]
    groups: tuple[tuple[str, ...], ...]
    present: int
    without_numbers: tuple[str, ...]
    years: tuple[str, ...]
    notes: tuple[str, ...]
    page: Path

    @property
    def with_numbers(self) -> int:
        return self.present - len(self.without_numbers)

    @property
    def too_few(self) -> str:
        """Of what there is too little to say what is surprising; "" if there is enough."""
        if self.ranking.is_calibrated:
            return ""
        return "hand-ins" if self.present < SMALLEST_CLASS else "pairs that share anything"

    @property
    def to_look_at(self) -> tuple[Found, ...]:
        return tuple(each for each in self.found if each.is_above and each.look is None)

    @property
    def looked_at(self) -> tuple[Found, ...]:
        """On whichever side of the threshold: it is not asked for again."""
        return tuple(each for each in self.found if each.look is not None)

    @property
    def below(self) -> tuple[Found, ...]:
        return tuple(each for each in self.found if not each.is_above and each.look is None)


def pairs_csv(compared: Compared) -> Iterator[str]:
    """The pairs as a table for people."""
    from grader.report.csv_text import csv_lines, neutralised

    rows: list[Sequence[object]] = [
        ("student", "other", "expected", "above", *CHANNELS, "looked_at", "reason")
    ]
    for each in compared.found:
        rows.append(
            (
                neutralised(each.student),
                neutralised(each.other),
                f"{each.pair.expected:.3g}" if compared.ranking.is_calibrated else "",
                "yes" if each.is_above else "no",
                *(sum(each.shares.get(kind, 0) for kind in kinds) for kinds in CHANNELS.values()),
                "fine" if each.look else "",
                neutralised(each.look.reason) if each.look else "",
            )
        )
    return csv_lines(rows)


def pairs_json(compared: Compared) -> dict[str, object]:
    """The same for programs."""
    ranking = compared.ranking
    return {
        "schema": 1,
        "title": compared.title,
        "hand_ins": compared.present,
        "with_numbers": compared.with_numbers,
        "years": compared.years,
        "pairs_compared": ranking.compared,
        "threshold": ranking.threshold,
        "calibrated": ranking.is_calibrated,
        "least_expected": ranking.least,
        "pairs": [
            {
                "student": each.student,
                "other": each.other,
                "expected": each.pair.expected if ranking.is_calibrated else None,
                "above": each.is_above,
                "shares": dict(each.shares),
                "looked_at": each.look is not None,
                "reason": each.look.reason if each.look else "",
                "page": str(each.page) if each.page else None,
            }
            for each in compared.found
        ],
        "groups": compared.groups,
        "notes": compared.notes,
    }
