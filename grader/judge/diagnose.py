"""What a wrong answer resembles: a known mistake, or the right answer transformed.

A resemblance counts only if it holds in every case, and tells the answer from the right one in at
least one of them.
"""

from __future__ import annotations

from collections.abc import Sequence as SequenceABC
from dataclasses import dataclass

import numpy as np

from grader.judge.compare import Compared, Rule, compare
from grader.judge.shapes import Misfit, Path, named, pairs
from grader.records.answer_key import Expectation, KnownMistake
from grader.records.values import Array, Mapping, Sequence, Value

_RECOGNISED = 1e-6  # relative; as wide as a right answer's tolerance needs, and no digit wider


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
    """The simplest mistake that explains every case, or None."""
    for place, mistake in enumerate(mistakes):
        if _is_mistake(cases, place, rule):
            return Diagnosis(mistake.slug, "gives what this known mistake gives", mistake)
    swapped = _swapped(cases, rule)
    if swapped is not None:  # before the misfits: outputs of two shapes, swapped, misfit too
        return swapped
    misfits = {case.compared.misfit.slug for case in cases if case.compared.misfit}
    if len(misfits) == 1:
        return Diagnosis(misfits.pop(), _misfit_words(cases))
    return _transformed(cases, rule)


def _is_mistake(cases: SequenceABC[Case], place: int, rule: Rule) -> bool:
    tells = 0
    for case in cases:
        mistaken = case.expectation.mistakes[place]
        if mistaken is None:
            continue
        if not _resembles(mistaken, case.got, rule):
            return False
        expected = case.expectation
        told = compare(expected.want, mistaken, expected.scale, rule)
        tells += not told.is_right and not case.compared.is_right
    return tells > 0


def _resembles(value: Value, got: Value, rule: Rule) -> bool:
    wide = Rule(_RECOGNISED, 1e-12, "squeeze", "normwise", rule.ignore)
    return compare(value, got, _sizes(value), wide).is_right


def _sizes(value: Value) -> Value:
    if isinstance(value, Array):
        return Array(
            np.abs(value.data.astype(float) if value.data.dtype.kind == "b" else value.data)
        )
    if isinstance(value, Sequence):
        return Sequence(tuple(_sizes(item) for item in value.items))
    if isinstance(value, Mapping):
        return Mapping(tuple((key, _sizes(item)) for key, item in value.items))
    return value


def _misfit_words(cases: SequenceABC[Case]) -> str:
    first = next(case for case in cases if case.compared.misfit)
    assert first.compared.misfit is not None
    return f"does not fit in the case {first.expectation.case!r}: {first.compared.misfit.words}"


def _swapped(cases: SequenceABC[Case], rule: Rule) -> Diagnosis | None:
    tells = 0
    for case in cases:
        want = case.expectation.want
        if not isinstance(want, Sequence) or len(want.items) < 2:
            return None
        reversed_want = Sequence(want.items[::-1])
        if not _resembles(reversed_want, case.got, rule):
            return None
        tells += not case.compared.is_right
    return Diagnosis("wrong-order", "returns its values in the wrong order") if tells else None


@dataclass(frozen=True)
class _Part:
    """One part of the result over all cases."""

    want: np.ndarray
    got: np.ndarray
    sizes: tuple[int | None, ...]
    case: str
    is_right: bool


def _transformed(cases: SequenceABC[Case], rule: Rule) -> Diagnosis | None:
    """The same transform of the right answer in every part that is wrong."""
    parts: dict[Path, list[_Part]] = {}
    for case in cases:
        errors = dict(case.compared.parts)
        expected = case.expectation
        for pair in pairs(expected.want, case.got, expected.scale, "squeeze", rule.ignore):
            if isinstance(pair, Misfit):
                return None
            if pair.want.dtype.kind not in "bc" and pair.got.dtype.kind not in "bc":
                right = errors.get(pair.path, 0.0) <= 1
                sizes = (expected.size, *expected.other_sizes)
                part = _Part(pair.want, pair.got, sizes, expected.case, right)
                parts.setdefault(pair.path, []).append(part)
    wrong = {path: part for path, part in parts.items() if not all(p.is_right for p in part)}
    found = {path: _explain(part) for path, part in wrong.items()}
    explained = [diagnosis for diagnosis in found.values() if diagnosis is not None]
    if not explained or len(explained) < len(found) or len({d.slug for d in explained}) > 1:
        return None
    subject = "gives" if len(parts) == 1 else f"gives {_listed([named(path) for path in found])}:"
    return Diagnosis(explained[0].slug, f"{subject} {explained[0].words}")


def _explain(parts: list[_Part]) -> Diagnosis | None:
    telling = [part for part in parts if not part.is_right]
    if any(not np.isfinite(part.got).all() for part in telling):
        if all(not np.isfinite(part.got).all() for part in telling):
            return Diagnosis("not-finite", "NaN or infinity")
        return None
    if all(not np.any(part.got) for part in parts):
        return Diagnosis("always-zero", "0 whatever the inputs")
    if len(telling) > 1 and all(np.array_equal(part.got, parts[0].got) for part in parts):
        return Diagnosis("hard-coded", "the same whatever the inputs")
    names = _listed([part.case for part in telling])
    if all(_close(part.got, -part.want) for part in parts):
        return Diagnosis("sign-flipped", "the negative of the expected value in every case")
    factors = [_factor(part) for part in parts if np.any(part.want)]
    if factors and all(factor is not None for factor in factors):
        known = [factor for factor in factors if factor is not None]
        if len(known) > 1 and all(abs(f - known[0]) <= 1e-6 * abs(f) for f in known):
            return _constant_factor(known[0])
        # the same axis of the inputs in every case
        for sizes in zip(*(part.sizes for part in parts if np.any(part.want))):  # noqa: B905
            if all(m and abs(f - m) <= 1e-6 * m for f, m in zip(known, sizes)):  # noqa: B905
                return Diagnosis("missing-1-over-m", f"m times the expected value ({names})")
            if all(m and abs(f * m - 1) <= 1e-6 for f, m in zip(known, sizes)):  # noqa: B905
                return Diagnosis("extra-1-over-m", f"the expected value over m ({names})")
    if all(
        part.want.ndim == 2
        and part.got.shape == part.want.T.shape
        and _close(part.got, part.want.T)
        for part in parts
    ):
        return Diagnosis("transposed", "the transpose of the expected value")
    return None


def _factor(part: _Part) -> float | None:
    """c with got = c * want, or None."""
    want, got = part.want.astype(float).ravel(), part.got.astype(float).ravel()
    with np.errstate(all="ignore"):
        factor = float(want @ got / (want @ want))
    return factor if np.isfinite(factor) and factor and _close(got, factor * want) else None


def _constant_factor(factor: float) -> Diagnosis | None:
    for value, words in ((2.0, "twice"), (0.5, "half")):
        if abs(factor - value) <= 1e-6:
            return Diagnosis("factor-2", f"{words} the expected value in every case")
    return Diagnosis("constant-factor", f"{factor:.6g} times the expected value in every case")


def _close(got: np.ndarray, want: np.ndarray) -> bool:
    with np.errstate(all="ignore"):
        difference = np.linalg.norm(np.ravel(got - want))
        return bool(difference <= _RECOGNISED * np.linalg.norm(np.ravel(want)) + 1e-12)


def _listed(names: list[str]) -> str:
    return ", ".join(names[:4]) + (", ..." if len(names) > 4 else "")
