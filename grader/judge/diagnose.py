"""What a wrong answer resembles: a known mistake, or the right answer transformed.

A resemblance counts only if it holds in every case, and tells the answer from the right one in at
least one of them. What two explanations fit is not named after either.
"""

from __future__ import annotations

from collections.abc import Sequence as SequenceABC
from dataclasses import dataclass, replace
from itertools import permutations

import numpy as np

from grader.judge.compare import Compared, Rule, compare, error_of, precisions, wide
from grader.judge.shapes import Misfit, Pair, Path, named, pairs
from grader.records.answer_key import Expectation, KnownMistake
from grader.records.values import Array, Mapping, Numbers, Sequence, Value, arrays_in

_RECOGNISED = 1e-6
"""Relative to the number that would have come; and a tenth of what a right answer may be off."""


@dataclass(frozen=True)
class Diagnosis:
    """A named mistake. `words` complete "compute_gradient ..."."""

    slug: str
    words: str
    known: KnownMistake | None = None


@dataclass(frozen=True)
class Case:
    """One case as judged: what was expected, what came, and how they compare."""

    expectation: Expectation
    got: Value
    compared: Compared


def diagnose(
    cases: SequenceABC[Case], mistakes: SequenceABC[KnownMistake], rule: Rule
) -> Diagnosis | None:
    """The simplest mistake that explains every case, or None.

    Args:
        cases: at least one of them is wrong.
    """
    for place, mistake in enumerate(mistakes):
        if _is_mistake(cases, place, rule):
            return Diagnosis(mistake.slug, "gives what this known mistake gives", mistake)
    return (
        _swapped(cases, rule)  # before the misfits: outputs of two shapes, swapped, misfit too
        or _transformed(cases, rule)
        or _broadcast(cases, rule)
        or _misfit(cases)
    )


def resembles(target: Value, got: Value, scale: Value, rule: Rule) -> bool:
    """Whether `got` is what `target` is, up to rounding.

    Args:
        scale: the size of the terms that are summed; it may be of another structure than `target`.
    """
    slack = 0.1 * rule.rtol / _RECOGNISED
    alike = Rule(_RECOGNISED, 0.0, "squeeze", "elementwise", rule.ignore)
    return compare(target, got, _sizes(target, scale, slack), alike).is_right


def _sizes(value: Value, scale: Value, slack: float) -> Value:
    """For each number the size that its error is relative to."""
    if isinstance(value, Array):
        size = np.abs(wide(value.data))
        # a component near zero errs by roundings of the others
        size = np.maximum(size, 1e-3 * np.max(size, initial=0.0))
        if isinstance(scale, Array) and scale.data.shape == size.shape:
            size = np.maximum(size, slack * np.abs(scale.data))
        return Array(size)
    if isinstance(value, Sequence):
        same = isinstance(scale, Sequence) and len(scale.items) == len(value.items)
        scales = scale.items if same else (None,) * len(value.items)  # type: ignore[union-attr]
        parts = zip(value.items, scales)  # noqa: B905 (3.10)
        return Sequence(tuple(_sizes(item, part, slack) for item, part in parts))
    if isinstance(value, Mapping):
        known = dict(scale.items) if isinstance(scale, Mapping) else {}
        return Mapping(
            tuple((key, _sizes(item, known.get(key), slack)) for key, item in value.items)
        )
    return value


def _is_mistake(cases: SequenceABC[Case], place: int, rule: Rule) -> bool:
    tells = 0
    loose = replace(rule, shape="squeeze")
    for case in cases:
        expected = case.expectation
        mistaken = expected.mistakes[place]
        if mistaken is None:  # it raises or diverges here: then so would the answer
            if not case.compared.is_right and _is_finite(case.got):
                return False
            continue
        if not resembles(mistaken, case.got, expected.scale, rule):
            return False
        told = compare(expected.want, mistaken, expected.scale, rule)
        # right numbers in a wrong shape: another wrong shape is another mistake
        only_shape = compare(expected.want, mistaken, expected.scale, loose).is_right
        if not told.is_right and only_shape and not _has_shape_of(mistaken, case.got):
            return False
        tells += not told.is_right and not case.compared.is_right
    return tells > 0


def _has_shape_of(target: Value, got: Value) -> bool:
    laid = pairs(target, got, target, "exact")
    return not any(isinstance(pair, Misfit) for pair in laid)


def _is_finite(value: Value) -> bool:
    return all(np.isfinite(array.data).all() for array in arrays_in(value))


def _swapped(cases: SequenceABC[Case], rule: Rule) -> Diagnosis | None:
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
    swapped = Sequence(tuple(want.items[place] for place in order))
    sizes = Sequence(tuple(scale.items[place] for place in order))
    ignore = tuple(
        (order.index(step), *rest)
        for step, *rest in rule.ignore
        if isinstance(step, int) and step in order
    )
    return resembles(swapped, case.got, sizes, Rule(rule.rtol, rule.atol, ignore=ignore))


@dataclass(frozen=True)
class _Part:
    """One part of the result in one case; in float64, `got` perhaps of another shape."""

    want: Numbers
    got: Numbers
    scale: Numbers
    sizes: tuple[int | None, ...]  # m, and what else m may be: the lengths of the inputs' axes
    is_right: bool
    rtol: float  # what a right answer may be off

    def is_close_to(self, target: Numbers) -> bool:
        """Whether what came is `target`, up to rounding, element by element."""
        if self.got.shape != target.shape:
            return False
        tolerated = _RECOGNISED * np.abs(target) + 0.1 * self.rtol * self.scale
        return bool((np.abs(self.got - target) <= tolerated).all())


def _transformed(cases: SequenceABC[Case], rule: Rule) -> Diagnosis | None:
    """The same transform of the right answer in every part that is wrong."""
    parts: dict[Path, list[_Part]] = {}
    for case in cases:
        expected = case.expectation
        for pair in pairs(expected.want, case.got, expected.scale, rule.shape, rule.ignore):
            part = _part(pair, (expected.size, *expected.other_sizes), rule)
            if part is None:
                return None
            parts.setdefault(pair.path, []).append(part)
    wrong = {path: part for path, part in parts.items() if not all(p.is_right for p in part)}
    with np.errstate(all="ignore"):
        found = {path: _explain(part) for path, part in wrong.items()}
    (first, *others) = set(found.values()) or {None}
    if first is None or others:
        return None
    subject = "gives" if len(parts) == 1 else f"gives {_listed([named(path) for path in found])}:"
    return Diagnosis(first.slug, f"{subject} {first.words}")


def _part(pair: Pair | Misfit, sizes: tuple[int | None, ...], rule: Rule) -> _Part | None:
    if pair.want is None or pair.got is None:
        return None
    if pair.want.dtype.kind in "bc" or pair.got.dtype.kind == "c":
        return None
    want, got = wide(pair.want), wide(pair.got)
    if isinstance(pair, Misfit):
        return _Part(want, got, np.zeros(()), sizes, False, rule.rtol)
    error, _ = error_of(pair, rule)
    rtol = max([rule.rtol, *(granted for _, granted in precisions(pair.got, pair.scale))])
    return _Part(want, got, np.abs(wide(pair.scale)), sizes, error <= 1, rtol)


def _explain(parts: list[_Part]) -> Diagnosis | None:
    telling = [part for part in parts if not part.is_right]
    finite = [bool(np.isfinite(part.got).all()) for part in telling]
    if not all(finite):
        return None if any(finite) else Diagnosis("not-finite", "NaN or infinity")
    if len(telling) > 1 and all(part.got.shape == part.want.shape for part in parts):
        if not any(part.got.any() for part in parts):
            return Diagnosis("always-zero", "0 whatever the inputs")
        if all(np.array_equal(part.got, parts[0].got) for part in parts):
            return Diagnosis("hard-coded", "the same whatever the inputs")
    if all(part.is_close_to(-part.want) for part in parts):
        return Diagnosis("sign-flipped", "the negative of the expected value in every case")
    factor = _constant(parts)
    for axis in range(min(len(part.sizes) for part in parts)):  # the same in every case
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
            return _times(factor) if factor is not None else None
    for value, words in ((2.0, "twice"), (0.5, "half")):
        if factor is not None and abs(factor - value) <= _RECOGNISED:
            return Diagnosis("factor-2", f"{words} the expected value in every case")
    if factor is not None:
        return _times(factor)
    if all(part.want.ndim == 2 and part.is_close_to(part.want.T) for part in parts):
        return Diagnosis("transposed", "the transpose of the expected value")
    return None


def _times(factor: float) -> Diagnosis:
    return Diagnosis("constant-factor", f"{factor:.6g} times the expected value in every case")


def _is_multiple(parts: list[_Part], axis: int, power: int) -> bool:
    """Whether what came is m^power times what was expected, wherever it is not zero."""
    return all(
        part.is_close_to(part.want * float(part.sizes[axis] or np.nan) ** power)
        if part.want.any()
        else part.is_close_to(part.want)
        for part in parts
    )


def _constant(parts: list[_Part]) -> float | None:
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


def _broadcast(cases: SequenceABC[Case], rule: Rule) -> Diagnosis | None:
    """Wherever it is wrong a square (m, m) came instead of m numbers, or of one."""
    words = ""
    for case in cases:
        if case.compared.is_right:
            continue
        expected = case.expectation
        laid = pairs(expected.want, case.got, expected.scale, rule.shape, rule.ignore)
        misfits = [pair for pair in laid if isinstance(pair, Misfit)]
        if not misfits or not all(_is_square(misfit, expected.size) for misfit in misfits):
            return None
        words = words or misfits[0].words
    return Diagnosis("broadcasting", f"gives a matrix: {words}")


def _is_square(misfit: Misfit, m: int | None) -> bool:
    if misfit.want is None or misfit.got is None or misfit.want.size >= misfit.got.size:
        return False
    sides = {max(misfit.want.shape, default=1), m or 1} - {1}
    return misfit.got.shape in {(side, side) for side in sides}


def _misfit(cases: SequenceABC[Case]) -> Diagnosis | None:
    """Wherever it is wrong it does not fit, for the same reason."""
    wrong = [case for case in cases if not case.compared.is_right]
    misfits = [case.compared.misfit for case in wrong]
    first = misfits[0]
    if first is None or any(other is None or other.slug != first.slug for other in misfits):
        return None
    return Diagnosis(
        first.slug, f"does not fit in the case {wrong[0].expectation.case!r}: {first.words}"
    )


def _listed(names: list[str]) -> str:
    return ", ".join(names[:4]) + (", ..." if len(names) > 4 else "")
