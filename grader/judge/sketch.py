"""A value in one number for each of its parts: so what a mechanical mistake would have given takes
a few bytes of the key, however large it is.

The number is a weighted sum of the part's elements. Two arrays that differ in more than rounding
have different sums, if nobody chose them with the weights in mind; c times an array has c times
the sum.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from grader.judge.compare import RECOGNISED, Rule, precisions, wide
from grader.judge.shapes import Misfit, Pair, Path, pairs
from grader.records.values import Array, Numbers, Sequence, Value

_GOLDEN = 0.6180339887498949


@dataclass(frozen=True, eq=False)
class Sketch:
    """One number for each part of what was expected, in order.

    Attributes:
        sums: (parts,) weighted sums.
        slack: (parts,) how far off a sum is still the same.
    """

    sums: Numbers
    slack: Numbers


def sketch(want: Value, value: Value, scale: Value, rule: Rule) -> Sketch | None:
    """The sketch of a value, by the parts of `want`; None if it has no such parts.

    A part may have another shape than in `want`: a history that is one step short.
    """
    laid = _numbers(want, value, scale, rule.ignore)
    if laid is None:
        return None
    slack = []
    for pair in laid:
        assert pair.got is not None
        off = RECOGNISED * _sum(np.abs(wide(pair.got)))
        if isinstance(pair, Pair):
            granted = max(
                [rule.rtol, *(rtol for _, rtol in precisions(pair.got, pair.scale, pair.want))]
            )
            off += 0.1 * granted * _sum(np.abs(wide(pair.scale)))
        slack.append(off)
    return Sketch(_sums(laid), np.array(slack))


def sums_of(want: Value, value: Value, scale: Value, ignore: tuple[Path, ...]) -> Numbers | None:
    """The sums of a sketch alone."""
    laid = _numbers(want, value, scale, ignore)
    return None if laid is None else _sums(laid)


def plain_sums(want: Value, result: object) -> Numbers | None:
    """The same, of what trusted code returned; None where it takes a closer look."""
    if isinstance(want, Array):
        wants, results = [want], [result]
    elif isinstance(want, Sequence) and isinstance(result, tuple):
        wants, results = list(want.items), list(result)  # type: ignore[arg-type]
    else:
        return None
    sums = []
    for one, other in zip(wants, results):  # noqa: B905 (3.10)
        if not isinstance(one, Array) or not isinstance(other, (float, np.ndarray)):
            return None
        array = np.asarray(other)
        if array.dtype.kind != "f":
            return None
        sums.append(_sum(array))
    return np.array(sums) if len(wants) == len(results) else None


def _numbers(
    want: Value, value: Value, scale: Value, ignore: tuple[Path, ...]
) -> list[Pair | Misfit] | None:
    laid = list(pairs(want, value, scale, "squeeze", ignore))
    are_numbers = all(pair.got is not None and pair.got.dtype.kind in "biuf" for pair in laid)
    return laid if laid and are_numbers else None


def _sums(laid: list[Pair | Misfit]) -> Numbers:
    return np.array([_sum(wide(pair.got)) for pair in laid if pair.got is not None])


def _sum(numbers: Numbers) -> float:
    return float(numbers.ravel() @ _weights(numbers.size))


@lru_cache(maxsize=64)
def _weights(count: int) -> Numbers:
    """Between a half and three halves, no two alike, and the same on every machine."""
    weights: Numbers = 0.5 + np.mod(np.arange(1, count + 1) * _GOLDEN, 1.0)
    return weights
