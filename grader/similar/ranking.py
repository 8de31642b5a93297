"""Who shares more than this class explains: pairs in order, and groups of them.

Each channel (code, numbers, text, file) has a scale of its own, read off the class; what they say
is added up, and the sum is put beside the sums of all pairs once more, for channels say the same
thing twice. What comes out is a number that a person can weigh: how many pairs of this class would
be as surprising by chance. It is no verdict.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from grader.similar.pairing import DIGITS, Rarity, shared
from grader.similar.surprise import BEYOND, FEWEST_SHARING, Tail
from grader.similar.traces import CHANNELS, Channel, Kind

FALSE_ALARMS = 0.001
"""Expected in a class, at the default threshold: one in a thousand classes. With one in a hundred,
somebody would be wronged in one of five courses of seven assignments and three years."""
SMALLEST_CLASS = 15
"""Hand-ins: of fewer there is no telling what is surprising."""


@dataclass(frozen=True)
class HandIn:
    """`year`: "" for this class. `together`: a name for those who hand in together, or ""."""

    student: str
    traces: Mapping[int, Kind]
    year: str = ""
    together: str = ""

    @property
    def label(self) -> str:
        return f"{self.student} ({self.year})" if self.year else self.student


@dataclass(frozen=True)
class Pair:
    """Two hand-ins, by their places.

    Attributes:
        expected: how many pairs of this class would be as surprising if all worked alone; never
            less than the ranking's `least`.
        surprise: by channel, in powers of ten: 3 is one pair of a thousand.
    """

    first: int
    second: int
    expected: float
    surprise: Mapping[Channel, float]


@dataclass(frozen=True)
class Ranking:
    """What came of all pairs.

    Attributes:
        pairs: the most surprising first; all those above the threshold, and some below.
        groups: of those above the threshold, who hangs together: places, the largest first.
        compared: how many pairs there are; `sharing`: how many share anything rare.
        rarity: how often each trace is there.
        is_calibrated: whether enough pairs share anything for `expected` to mean something.
        least: what `expected` does not fall below: so few pairs tell no more.
    """

    hand_ins: tuple[HandIn, ...]
    pairs: tuple[Pair, ...]
    groups: tuple[tuple[int, ...], ...]
    threshold: float
    compared: int
    sharing: int
    rarity: Rarity
    is_calibrated: bool
    least: float

    @property
    def above(self) -> tuple[Pair, ...]:
        return tuple(pair for pair in self.pairs if self.is_above(pair))

    def is_above(self, pair: Pair) -> bool:
        return self.is_calibrated and pair.expected <= self.threshold


def ranked(
    present: Sequence[HandIn],
    past: Sequence[HandIn] = (),
    *,
    threshold: float = FALSE_ALARMS,
    below: int = 10,
    also: Collection[tuple[int, int]] = (),
) -> Ranking:
    """All pairs of a class, and of it with earlier ones.

    Args:
        past: of earlier years. They say what is rare, and can have been copied from.
        below: how many pairs below the threshold are kept.
        also: pairs that are kept wherever they stand, by their places, the smaller first.
    """
    everybody = (*present, *past)
    rarity = Rarity.of([e.traces for e in present], [e.traces for e in past])
    size = max(len(everybody), 1)
    pairs_of_class = len(present) * (len(present) - 1) // 2
    compared = pairs_of_class + len(present) * len(past)
    apart = _apart(everybody)

    found: dict[Channel, tuple[np.ndarray, np.ndarray]] = {}
    for channel in CHANNELS:
        one = shared([e.traces for e in everybody], rarity, channel, present=len(present))
        codes = one.first * size + one.second
        keep = ~np.isin(codes, apart)
        codes, weight = codes[keep], one.weight[keep]
        is_present = codes % size < len(present)
        tail = Tail.of(weight[is_present], max(pairs_of_class, 1), least=LEAST[channel])
        found[channel] = codes, tail.surprise(weight)

    every = np.unique(np.concatenate([codes for codes, _ in found.values()]))
    total = np.zeros(len(every))
    by_channel: dict[Channel, np.ndarray] = {}
    for channel, (codes, surprise) in found.items():
        by_channel[channel] = np.zeros(len(every))
        by_channel[channel][np.searchsorted(every, codes)] = surprise
        total += by_channel[channel]
    total = np.round(total, DIGITS)
    of_class = total[every % size < len(present)]
    # a sum of surprises falls no faster than one of them: in powers of e, by 1
    tail = Tail.of(of_class, max(pairs_of_class, 1), steepest=1.0)
    least = 1 / (BEYOND * max(pairs_of_class, 1))
    expected = np.maximum(np.exp(-tail.surprise(total)) * compared, least)

    is_calibrated = len(present) >= SMALLEST_CLASS and len(of_class) >= FEWEST_SHARING
    order = np.argsort(-total, kind="stable")
    number = int((expected <= threshold).sum()) if is_calibrated else 0
    wanted = np.array([first * size + second for first, second in also], dtype=np.int64)
    lower = order[number + below :]
    kept = [*order[: number + below], *lower[np.isin(every[lower], wanted)]]
    pairs = tuple(
        Pair(
            int(every[k] // size),
            int(every[k] % size),
            float(expected[k]),
            {
                channel: float(by_channel[channel][k]) / float(np.log(10))
                for channel in CHANNELS
                if by_channel[channel][k] > 0
            },
        )
        for k in kept
    )
    return Ranking(
        everybody,
        pairs,
        groups_of([(pair.first, pair.second) for pair in pairs[:number]]),
        threshold,
        compared,
        len(every),
        rarity,
        is_calibrated,
        least,
    )


LEAST: Mapping[Channel, float] = {"code": 1.0, "numbers": 1.0, "text": 1.0, "file": 3.0}
"""Of a channel in which hardly anybody shares anything: a first thing shared is no proof."""


def _apart(hand_ins: Sequence[HandIn]) -> np.ndarray:
    """The pairs that nobody asks about: who hands in together, and the same person years ago."""
    together: dict[tuple[str, str], list[int]] = {}
    for place, each in enumerate(hand_ins):
        if each.together:
            together.setdefault(("group", each.together), []).append(place)
        together.setdefault(("student", each.student), []).append(place)
    return np.array(
        [
            first * len(hand_ins) + second
            for places in together.values()
            for first in places
            for second in places
            if first < second
        ],
        dtype=np.int64,
    )


def groups_of(pairs: Collection[tuple[int, int]]) -> tuple[tuple[int, ...], ...]:
    """Who hangs together, the largest group first.

    >>> groups_of([(1, 2), (5, 6), (2, 3)])
    ((1, 2, 3), (5, 6))
    """
    of: dict[int, set[int]] = {}
    for first, second in pairs:
        joined = of.get(first, {first}) | of.get(second, {second})
        for each in joined:
            of[each] = joined
    groups = {tuple(sorted(members)) for members in of.values()}
    return tuple(sorted(groups, key=lambda members: (-len(members), members)))
