"""What pairs share, added up over rare traces only: the work grows with what is shared.

A trace that more than a handful have (`most_who_share`) makes nobody alike and pairs nobody up. So
a class of twice the size has about twice as much to add up.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from grader.similar.traces import CHANNELS, WEIGHTS, Channel, Kind

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

SHARE = 0.15
"""Of a class: what more have is common."""
MOST = 40
DIGITS = 9
"""After the point: in another order of adding up, what is equal stays equal."""
PAIRS_AT_ONCE = 2_000_000
"""That are added up: about 100 MB."""


@dataclass(frozen=True)
class Rarity:
    """How many hand-ins, of this class and earlier ones, have each trace, of how many.

    Attributes:
        common: what many of this class have, however rare it was before: this year's hint.
    """

    counts: Mapping[int, int]
    hand_ins: int
    most: int
    common: Collection[int] = field(default=frozenset())

    @staticmethod
    def of(
        present: Sequence[Mapping[int, Kind]], past: Sequence[Mapping[int, Kind]] = ()
    ) -> Rarity:
        here = Counter(key for each in present for key in each)
        most_here = most_who_share(len(present))
        common = frozenset(key for key, count in here.items() if count > most_here)
        here.update(key for each in past for key in each)
        hand_ins = len(present) + len(past)
        return Rarity(here, hand_ins, most_who_share(hand_ins), common)

    def is_rare(self, key: int) -> bool:
        return self.counts.get(key, 1) <= self.most and key not in self.common

    def weight(self, key: int, kind: Kind) -> float:
        """-log of the share of hand-ins that have it, times what its kind counts; 0 if common."""
        if not self.is_rare(key):
            return 0.0
        return -WEIGHTS[kind] * math.log(self.counts.get(key, 1) / self.hand_ins)


def most_who_share(hand_ins: int) -> int:
    """How many may have a trace that still counts."""
    return max(2, min(MOST, int(SHARE * hand_ins)))


@dataclass(frozen=True)
class Shared:
    """Of one channel: the pairs that share something, and how much.

    Attributes:
        first, second: places of the two, first < second.
        weight: of what they share, times the cosine of what both have: to share a little of much
            is no wonder.
    """

    first: Ints
    second: Ints
    weight: Floats


def shared(
    hand_ins: Sequence[Mapping[int, Kind]], rarity: Rarity, channel: Channel, *, present: int
) -> Shared:
    """What pairs share in one channel.

    Args:
        hand_ins: this class', and after them those of earlier years.
        present: how many are this class'. Two of earlier years are no pair.
    """
    kinds = CHANNELS[channel]
    who: dict[int, list[int]] = {}
    weights: dict[int, float] = {}
    own = np.zeros(len(hand_ins))
    for place, traces in enumerate(hand_ins):
        for key, kind in traces.items():
            if kind not in kinds:
                continue
            if key not in weights:
                weights[key] = rarity.weight(key, kind)
            if weights[key] > 0:
                own[place] += weights[key]
                who.setdefault(key, []).append(place)
    codes, values = _added_up(who, weights, len(hand_ins))
    first, second = codes // max(len(hand_ins), 1), codes % max(len(hand_ins), 1)
    is_pair = first < present
    first, second, values = first[is_pair], second[is_pair], values[is_pair]
    weight = values**2 / np.sqrt(own[first] * own[second])
    return Shared(first, second, np.round(weight, DIGITS))


def _added_up(
    who: Mapping[int, Sequence[int]], weights: Mapping[int, float], size: int
) -> tuple[Ints, Floats]:
    """For each pair that shares anything its number, first * size + second, and the sum."""
    together: dict[tuple[int, ...], float] = {}  # what the same people have is one row
    for key, places in who.items():
        if len(places) > 1:
            together[tuple(places)] = together.get(tuple(places), 0.0) + weights[key]
    by_count: dict[int, list[tuple[int, ...]]] = {}
    for places in sorted(together):  # whatever order their traces came in
        by_count.setdefault(len(places), []).append(places)
    found, sums = np.zeros(0, np.int64), np.zeros(0)
    for rows in _in_parts(by_count):
        first, second = np.triu_indices(len(rows[0]), 1)
        table = np.array(rows, dtype=np.int64)
        codes = np.concatenate([found, (table[:, first] * size + table[:, second]).ravel()])
        row_weights = np.array([together[places] for places in rows])
        values = np.concatenate([sums, np.repeat(row_weights, len(first))])
        found, where = np.unique(codes, return_inverse=True)
        sums = np.bincount(where, values, len(found)).astype(np.float64)
    return found, sums


def _in_parts(
    by_count: Mapping[int, Sequence[tuple[int, ...]]],
) -> Iterator[Sequence[tuple[int, ...]]]:
    """Rows of one length, no more at once than memory has room for."""
    for count, rows in by_count.items():
        step = max(PAIRS_AT_ONCE // (count * (count - 1) // 2), 1)
        for start in range(0, len(rows), step):
            yield rows[start : start + step]
