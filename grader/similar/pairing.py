"""What pairs share, added up over rare traces only: the work grows with what is shared.

A trace that more than a handful have (`most_who_share`) makes nobody alike and pairs nobody up. So
a class of twice the size has about twice as much to add up.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from grader.similar.traces import CHANNELS, WEIGHTS, Channel, Kind

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

SHARE = 0.15
"""Of a class: what more have is common."""
MOST = 40


@dataclass(frozen=True)
class Rarity:
    """How many hand-ins, of this class and earlier ones, have each trace, of how many."""

    counts: Mapping[int, int]
    hand_ins: int
    most: int

    def weight(self, key: int, kind: Kind) -> float:
        """-log of the share of hand-ins that have it, times what its kind counts; 0 if common."""
        count = self.counts.get(key, 1)
        return 0.0 if count > self.most else -WEIGHTS[kind] * math.log(count / self.hand_ins)


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
    return Shared(first, second, values**2 / np.sqrt(own[first] * own[second]))


def _added_up(
    who: Mapping[int, Sequence[int]], weights: Mapping[int, float], size: int
) -> tuple[Ints, Floats]:
    """For each pair that shares anything its number, first * size + second, and the sum."""
    by_count: dict[int, tuple[list[Sequence[int]], list[float]]] = {}
    for key, places in who.items():
        if len(places) > 1:
            rows, row_weights = by_count.setdefault(len(places), ([], []))
            rows.append(places)
            row_weights.append(weights[key])
    codes: list[Ints] = []
    values: list[Floats] = []
    for count, (rows, row_weights) in by_count.items():
        first, second = np.triu_indices(count, 1)
        table = np.array(rows, dtype=np.int64)
        codes.append((table[:, first] * size + table[:, second]).ravel())
        values.append(np.repeat(np.array(row_weights), len(first)))
    if not codes:
        return np.zeros(0, np.int64), np.zeros(0)
    found, where = np.unique(np.concatenate(codes), return_inverse=True)
    return found, np.bincount(where, np.concatenate(values), len(found)).astype(np.float64)
