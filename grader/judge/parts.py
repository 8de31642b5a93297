"""What was expected and what came, part by part: of a tuple each value, of a dict each item."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from grader.judge.cases import Case
from grader.judge.compare import RECOGNISED, Rule, error_of, precisions, wide
from grader.judge.shapes import Misfit, Pair, Path, pairs
from grader.records.answer_key import Expectation
from grader.records.values import Numbers


@dataclass(frozen=True)
class Part:
    """One part of the result in one case; in float64, `got` perhaps of another shape."""

    want: Numbers
    got: Numbers
    scale: Numbers
    sizes: tuple[int | None, ...]  # m, and what else m may be: the lengths of the inputs' axes
    features: int | None  # n, where it is known
    is_public: bool
    is_right: bool
    rtol: float  # what a right answer may be off

    def is_close_to(self, target: Numbers) -> bool:
        """Whether what came is `target`, up to rounding, element by element."""
        if self.got.shape != target.shape:
            return False
        tolerated = RECOGNISED * np.abs(target) + 0.1 * self.rtol * self.scale
        return bool((np.abs(self.got - target) <= tolerated).all())

    def times(self, factor: float) -> Part:
        """The same, had this multiple been expected."""
        return replace(self, want=factor * self.want, scale=abs(factor) * self.scale)


Parts = dict[Path, list[Part]]


def parts_of(cases: Sequence[Case], rule: Rule) -> Parts | None:
    """What was expected and what came, part by part; None if not all of it is numbers."""
    parts: Parts = {}
    for case in cases:
        expected = case.expectation
        for pair in pairs(expected.want, case.got, expected.scale, rule.shape, rule.ignore):
            part = _part(pair, expected, rule)
            if part is None:
                return None
            parts.setdefault(pair.path, []).append(part)
    return parts


def _part(pair: Pair | Misfit, expected: Expectation, rule: Rule) -> Part | None:
    if pair.want is None or pair.got is None:
        return None
    if pair.want.dtype.kind in "bc" or pair.got.dtype.kind == "c":
        return None
    part = Part(
        want=wide(pair.want),
        got=wide(pair.got),
        scale=np.zeros(()),
        sizes=(expected.size, *expected.other_sizes),
        features=expected.features,
        is_public=expected.public,
        is_right=False,
        rtol=rule.rtol,
    )
    if isinstance(pair, Misfit):
        return part
    error, _ = error_of(pair, rule)
    rtol = max(
        [rule.rtol, *(granted for _, granted in precisions(pair.got, pair.scale, pair.want))]
    )
    return replace(part, scale=np.abs(wide(pair.scale)), is_right=error <= 1, rtol=rtol)
