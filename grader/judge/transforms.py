"""What a wrong answer is of the right one: a multiple, its negative, its transpose, its values in
another order, one of them too few.

Each part of a result is looked at by itself, in all cases together.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence as SequenceABC
from dataclasses import replace
from itertools import permutations

import numpy as np

from grader.judge.cases import Case, Diagnosis
from grader.judge.compare import RECOGNISED, Rule, resembles
from grader.judge.parts import Part, Parts
from grader.judge.shapes import Path, named
from grader.records.values import Numbers, Sequence


def swapped(cases: SequenceABC[Case], rule: Rule) -> Diagnosis | None:
    """The right values in another order, the same in every case."""
    first = cases[0].expectation.want
    if not isinstance(first, Sequence) or not 2 <= len(first.items) <= 4:
        return None
    for order in list(permutations(range(len(first.items))))[1:]:
        if all(_is_in_order(case, order, rule) for case in cases):
            return Diagnosis("wrong-order", "returns its values in the wrong order")
    return None


def _is_in_order(case: Case, order: tuple[int, ...], rule: Rule) -> bool:
    want, scale = case.expectation.want, case.expectation.scale
    if not isinstance(want, Sequence) or not isinstance(scale, Sequence):
        return False
    if len(want.items) != len(order):
        return False
    exchanged = Sequence(tuple(want.items[place] for place in order))
    sizes = Sequence(tuple(scale.items[place] for place in order))
    ignore = tuple(
        (order.index(step), *rest)
        for step, *rest in rule.ignore
        if isinstance(step, int) and step in order
    )
    return resembles(exchanged, case.got, sizes, Rule(rule.rtol, rule.atol, ignore=ignore))


def transformed(parts: Parts) -> Diagnosis | None:
    """The same transform of the right answer in every part that is wrong."""
    found = by_part(parts, once)
    first, *others = set(found.values()) or {None}
    return None if first is None or others else told(first, found, parts)


def by_part(
    parts: Parts, explained: Callable[[list[Part]], Diagnosis | None]
) -> dict[Path, Diagnosis | None]:
    """What explains each part that is wrong."""
    wrong = {path: part for path, part in parts.items() if not all(p.is_right for p in part)}
    with np.errstate(all="ignore"):
        return {path: explained(part) for path, part in wrong.items()}


def told(one: Diagnosis, found: dict[Path, Diagnosis | None], parts: Parts) -> Diagnosis:
    subject = "gives" if len(parts) == 1 else f"gives {listed([named(path) for path in found])}:"
    return replace(one, words=f"{subject} {one.words}")


def once(parts: list[Part]) -> Diagnosis | None:
    telling = [part for part in parts if not part.is_right]
    finite = [bool(np.isfinite(part.got).all()) for part in telling]
    if not all(finite):
        return None if any(finite) else Diagnosis("not-finite", "NaN or infinity")
    if len(telling) > 1:
        is_zero = not any(part.got.any() for part in parts)
        if is_zero and all(part.got.shape == part.want.shape for part in parts):
            return Diagnosis("always-zero", "0 whatever the inputs")
        if not is_zero and _are_all_one(parts):
            return Diagnosis("hard-coded", "the same whatever the inputs")
    if all(part.is_close_to(-part.want) for part in parts):
        return Diagnosis("sign-flipped", "the negative of the expected value in every case")
    factor = constant_factor(parts)
    for axis in range(min(len(part.sizes) for part in parts)):  # the same in every case
        if _is_axis_of_features(parts, axis):
            continue
        for power, slug, words in (
            (1, "missing-1-over-m", "m times the expected value"),
            (-1, "extra-1-over-m", "the expected value over m"),
        ):
            if not _is_multiple(parts, axis, power):
                continue
            sizes = {part.sizes[axis] for part in parts if part.want.any()}
            if sizes != {2} and (axis == 0 or len(sizes) > 1):
                return Diagnosis(slug, words)
            # one m everywhere: is it m, or that number? The number alone is said
            return _times(factor) if factor is not None and not _is_nearly_one(factor) else None
    for value, words in ((2.0, "twice"), (0.5, "half"), (4.0, "4 times"), (0.25, "a quarter of")):
        if factor is not None and abs(factor - value) <= RECOGNISED * value:
            return Diagnosis("factor-2", f"{words} the expected value in every case")
    if (
        factor is not None
        and not _is_nearly_one(factor)
        and not any(np.isclose(factor, (-2.0, -0.5), rtol=RECOGNISED))
    ):
        return _times(factor)
    if all(part.want.ndim == 2 and part.is_close_to(part.want.T) for part in parts):
        return Diagnosis("transposed", "the transpose of the expected value")
    return _by_features(parts) or _for_one_size(parts) or _shifted(parts)


def _are_all_one(parts: list[Part]) -> bool:
    """Whether the same came in every case, where not the same was expected."""
    first = parts[0]
    same = all(np.array_equal(part.got, first.got) for part in parts)
    return same and not all(np.array_equal(part.want, first.want) for part in parts)


def _is_nearly_one(factor: float) -> bool:
    """No constant of a formula, but a lack of digits: "1 times the expected value" tells nobody."""
    return abs(factor - 1) < 1e-3


def _times(factor: float) -> Diagnosis:
    others = ("sign-flipped",) if factor < 0 else ()
    words = f"{factor:.6g} times the expected value in every case"
    return Diagnosis("constant-factor", words, others=others)


def _is_multiple(parts: list[Part], axis: int, power: int) -> bool:
    """Whether what came is m^power times what was expected, wherever it is not zero."""
    return all(
        part.is_close_to(part.want * float(part.sizes[axis] or np.nan) ** power)
        if part.want.any()
        else part.is_close_to(part.want)
        for part in parts
    )


def constant_factor(parts: list[Part]) -> float | None:
    """c with got = c * want in every case, or None. One number alone is no evidence."""
    telling = [part for part in parts if not part.is_right and part.want.any()]
    if sum(np.count_nonzero(part.want) for part in telling) < 2:
        return None
    # where the least of it has cancelled
    clearest = max(telling, key=lambda p: float(np.max(np.abs(p.want)) / np.max(p.scale)))
    if clearest.got.shape != clearest.want.shape:
        return None
    want = clearest.want.ravel() / np.max(np.abs(clearest.want))
    got = clearest.got.ravel() / np.max(np.abs(clearest.want))
    factor = float(want @ got / (want @ want))
    if not np.isfinite(factor) or factor == 0:
        return None
    return factor if all(part.is_close_to(factor * part.want) for part in parts) else None


def _is_axis_of_features(parts: list[Part], axis: int) -> bool:
    return all(part.features is not None and part.sizes[axis] == part.features for part in parts)


def _by_features(parts: list[Part]) -> Diagnosis | None:
    """n times, or over n, the number of features."""
    sizes = {part.features for part in parts if part.want.any()}
    if None in sizes or len(sizes) < 2:
        return None
    for power, words in ((1, "n times the expected value"), (-1, "the expected value over n")):
        if all(part.is_close_to(part.want * float(part.features or 1) ** power) for part in parts):
            return Diagnosis("factor-n", f"{words}, with n features")
    return None


def _for_one_size(parts: list[Part]) -> Diagnosis | None:
    """Divided by the m of the public case, whatever m is."""
    if any(part.sizes[0] is None for part in parts):
        return None
    factor = constant_factor([part.times(part.sizes[0] or 1) for part in parts])
    for m in shown_sizes(parts):
        if factor is not None and abs(factor * m - 1) <= RECOGNISED:
            return Diagnosis("hard-coded", f"m/{m} times the expected value: m is not always {m}")
    return None


_SHIFTS: tuple[tuple[int, slice, slice, str], ...] = (
    (-1, slice(None), slice(None, -1), "one entry too few: the last is missing"),
    (-1, slice(None), slice(1, None), "one entry too few: the first is missing"),
    (1, slice(None, -1), slice(None), "one entry too many: there is one more at the end"),
    (1, slice(1, None), slice(None), "one entry too many: there is one more in front"),
    (0, slice(None, -1), slice(1, None), "each entry one step too early"),
    (0, slice(1, None), slice(None, -1), "each entry one step too late"),
)
"""By how much longer what came is; which of it are which of the expected entries; in words."""


def _shifted(parts: list[Part]) -> Diagnosis | None:
    """The entries of a history, counted wrongly."""
    if any(part.want.ndim == 0 or part.got.ndim == 0 for part in parts):
        return None
    for longer, of_got, of_want, words in _SHIFTS:
        if any(len(part.got) - len(part.want) != longer for part in parts):
            continue
        alike = [_are_close(part.got[of_got], part.want[of_want]) for part in parts]
        seen = sum(len(part.want[of_want]) for part in parts)
        if all(alike) and seen > 2:
            return Diagnosis("wrong-iteration-count", words)
    return None


def _are_close(got: Numbers, want: Numbers) -> bool:
    if got.shape != want.shape:
        return False
    size = np.maximum(np.abs(want), 1e-3 * np.max(np.abs(want), initial=0.0))
    return bool((np.abs(got - want) <= RECOGNISED * size).all())


def shown_sizes(parts: list[Part]) -> set[int]:
    """The m of the cases that everybody sees."""
    return {part.sizes[0] for part in parts if part.is_public and part.sizes[0]} - {1}


def listed(names: list[str]) -> str:
    return ", ".join(names[:4]) + (", ..." if len(names) > 4 else "")
