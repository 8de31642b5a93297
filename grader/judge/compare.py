"""How far a value is from the expected one, in units of what is tolerated.

A computation errs by roundings of the terms that it sums, so the tolerance is relative to the size
of these terms (`scale`), not to the result, which may be their small difference:

    element-wise   |got - want| / (rtol * scale + atol),         the largest over the elements
    norm-wise      ||got - want|| / (rtol * ||scale|| + atol),   one number for an array

with ||.|| the 2-norm and scale >= |want|. At most 1 is right. NaN never matches.
See Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., sections 1.2 and 3.1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from grader.judge.shapes import Misfit, Pair, Path, named, pairs
from grader.records.answer_key import Comparison, ShapeRule
from grader.records.values import Array, Mapping, Numbers, Sequence, Value

SINGLE = 1e-4
"""Tolerated for float32: 1,000 times its rounding unit, as sums over many examples need."""
HALF = 2e-2

DOUBTFUL = (0.3, 3.0)
"""Between so many times what is tolerated, neither right nor wrong is beyond doubt."""

RECOGNISED = 1e-6
"""A wrong answer is that of a mistake if it is off by no more than this, relative to the number
that would have come; and by a tenth of what a right answer may be off."""


@dataclass(frozen=True)
class Rule:
    rtol: float
    atol: float
    shape: ShapeRule = "squeeze"
    comparison: Comparison = "elementwise"
    ignore: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Compared:
    """The outcome of a comparison.

    Attributes:
        error: over tolerance; infinite if the two cannot be compared, or one is not finite.
        misfit: the first part without counterpart, if any.
        remarks: about shapes and dtypes, without effect on the credit.
        parts: error over tolerance of each part.
        granted: the error over the widest tolerance that is granted to its precision.
    """

    error: float
    misfit: Misfit | None = None
    remarks: tuple[str, ...] = ()
    parts: tuple[tuple[Path, float], ...] = ()
    granted: float = np.inf

    @property
    def is_right(self) -> bool:
        return self.error <= 1


def compare(want: Value, got: Value, scale: Value, rule: Rule) -> Compared:
    """Compare a student's value with the expected one.

    Args:
        want: finite numbers.
        scale: of the same structure as `want`, at least |want|.
    """
    worst = widest = 0.0
    remarks: list[str] = []
    parts = []
    for pair in pairs(want, got, scale, rule.shape, rule.ignore):
        if isinstance(pair, Misfit):
            return Compared(np.inf, pair, tuple(remarks))
        if pair.remark:
            remarks.append(pair.remark)
        error, precision = error_of(pair, rule)
        if precision and error <= 1:
            remarks.append(f"{named(pair.path)} is in {precision} precision")
        parts.append((pair.path, error))
        worst = max(worst, error)
        widest = max(widest, _granted(pair, rule, error))
    return Compared(worst, None, tuple(remarks), tuple(parts), widest)


def _granted(pair: Pair, rule: Rule, error: float) -> float:
    """The error over the widest tolerance that is granted, which is `error` for most."""
    if error < DOUBTFUL[0]:  # so is the other: nobody asks which it is
        return error
    wider = [rtol for _, rtol in precisions(pair.got, pair.scale, pair.want) if rtol > rule.rtol]
    return min(
        [error, *(error_over_tolerance(pair.want, pair.got, pair.scale, r, rule) for r in wider)]
    )


def is_doubtful(error: float, rtol: float, atol: float = 0.0) -> bool:
    """Whether an error is about as large as what is tolerated, where that is about rounding.

    A tolerance above that of float32 is there for something else, and its author knows where it
    ends.
    """
    return DOUBTFUL[0] <= error <= DOUBTFUL[1] and max(rtol, atol) <= SINGLE


def doubt_about(check: str, error: float) -> str:
    """Why a person should look: in words."""
    return f"the error of {check} is {error:.3g} times what is tolerated"


def error_of(pair: Pair, rule: Rule) -> tuple[float, str]:
    """Error over tolerance, and "single" or "half" if that precision had to be granted."""
    error = error_over_tolerance(pair.want, pair.got, pair.scale, rule.rtol, rule)
    if error <= 1:
        return error, ""
    for name, rtol in precisions(pair.got, pair.scale, pair.want):
        if rtol > rule.rtol:
            granted = error_over_tolerance(pair.want, pair.got, pair.scale, rtol, rule)
            return granted, name
    return error, ""


def precisions(got: Numbers, size: Numbers, want: Numbers | None = None) -> list[tuple[str, float]]:
    """The precision that is granted to these numbers beside double, and its tolerance.

    Args:
        size: of the terms that they are summed from.
        want: what is expected, if that is known.
    """
    if got.dtype == np.float16:
        return [("half", HALF)]
    if got.dtype in (np.float32, np.complex64) or _was_single(got, size, want):
        return [("single", SINGLE)]
    return []


def _was_single(got: Numbers, size: Numbers, want: Numbers | None) -> bool:
    """Whether float64 numbers were computed in float32: their last 29 bits are all zero.

    Whole numbers fit float32 anyway and say nothing; unless they are summed from terms above 2^14,
    of which float32 leaves whole numbers often enough. Where a whole number is expected they say
    nothing, as far as float32 could have held quarters: a count that is one too large would be
    right. Zero never says anything.
    """
    if got.dtype != np.float64 or not np.isfinite(got).all():
        return False
    with np.errstate(over="ignore"):
        fits = got.astype(np.float32).astype(np.float64) == got
        is_whole = got == np.rint(got)
        tells = (got != 0) & (~is_whole | (np.abs(size) >= 2**14))
        if want is not None and want.shape == got.shape and want.dtype.kind in "biuf":
            tells &= ~(is_whole & (want == np.rint(want)) & (np.abs(got) < 2**22))
    return bool(fits.all() and tells.any())


def error_over_tolerance(
    want: Numbers, got: Numbers, scale: Numbers, rtol: float, rule: Rule
) -> float:
    """The error of one array over its tolerance; see the module's formulas."""
    if want.size == 0:
        return 0.0
    # float64 first: the difference of two uint8 wraps around, and so does |-128| of an int8
    want, got, scale = wide(want), wide(got), wide(scale)
    if not np.isfinite(got).all():
        return float("inf")
    with np.errstate(all="ignore"):
        difference = np.abs(got - want)
        size = np.abs(want)
        size = np.where(np.isfinite(scale), np.maximum(size, np.abs(scale)), size)
        if not difference.any():
            return 0.0  # also where nothing is tolerated
        if rule.comparison == "normwise":
            unit = max(np.max(size), np.max(difference))  # no square overflows
            tolerated = rtol * np.linalg.norm(size / unit) + rule.atol / unit
            ratio = float(np.linalg.norm(difference / unit) / tolerated)
        else:
            wrong = difference != 0  # NaN too
            ratio = float(np.max(difference[wrong] / (rtol * size[wrong] + rule.atol)))
    return ratio if np.isfinite(ratio) else float("inf")


def wide(array: Numbers) -> Numbers:
    """The same numbers in float64, or complex128."""
    return array.astype(np.result_type(array, np.float64))


def resembles(target: Value, got: Value, scale: Value, rule: Rule) -> bool:
    """Whether `got` is what `target` is, up to rounding.

    Args:
        scale: the size of the terms that are summed; it may be of another structure than `target`.
    """
    slack = 0.1 * rule.rtol / RECOGNISED
    alike = Rule(RECOGNISED, 0.0, "squeeze", "elementwise", rule.ignore)
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
