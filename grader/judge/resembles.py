"""What a wrong expression has to do with the right one. A name has to hold at every point.

The numbers are `Decimal`, NaN where nothing is defined; some 25 digits of them are right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

SAME = 1e-9
"""Values that are the same, relatively, where no author says what is."""

ZERO = Decimal("1e-12")
"""What is to be 0 may be so large: SymPy can leave a crumb of a float."""

ROUNDED = 1e-3
"""Off by no more than this at every point, it is the right answer with rounded numbers."""

BY_DIFFERENCES = 1e-8
"""What derivatives are good to that are computed from differences."""

ENOUGH = 3
"""At fewer points, two functions that have nothing in common can be alike."""

Function = Callable[[Decimal], Decimal]


@dataclass(frozen=True)
class Resemblance:
    """`words` go on from "d1 was read as 2*x, which is"; a `hint` of "" is the slug's own."""

    slug: str | None
    words: str
    hint: str = ""


def agree(got: Iterable[Decimal], want: Sequence[Decimal], rtol: float) -> bool:
    """Whether all values are the same; where one is not defined, the other may not be either.

    `got` may be lazy: nothing is asked for after the first that differs.
    """
    return all(error <= 1 for error in _errors(got, want, rtol))


def error_over_tolerance(got: Sequence[Decimal], want: Sequence[Decimal], rtol: float) -> float:
    return float(max(_errors(got, want, rtol)))


def resemblance(
    function: Function,
    variable: str,
    points: Sequence[Decimal],
    got: Sequence[Decimal],
    want: Sequence[Decimal],
    slopes: Sequence[Decimal],
) -> Resemblance:
    """What is true of a wrong expression, and its name if there is one.

    Args:
        function: the expression; `got` are its values at `points`.
        want: finite.
        slopes: of the right answer, to some ten digits.
    """
    errors = list(_errors(got, want, SAME))
    right = [x for x, error in zip(points, errors, strict=True) if error <= 1]
    wrong = [x for x, error in zip(points, errors, strict=True) if error > 1]
    partly = f"; {_where(variable, right, wrong)} it is right" if right else ""
    if any(g.is_infinite() for g in got):
        return Resemblance("not-finite", "too large to compute", _TOO_LARGE)
    absent = [x for x, g in zip(points, got, strict=True) if g.is_nan()]
    if absent:
        there = [x for x in points if x not in absent]
        if len(there) >= max(ENOUGH, len(right) + 1):
            kept = [(g, w, s) for g, w, s in zip(got, want, slopes, strict=True) if not g.is_nan()]
            named = _named(function, there, *map(list, zip(*kept, strict=True)))
            if named is not None:
                words = f"{named.words}; {_where(variable, absent, there)} it is not defined"
                return Resemblance(named.slug, words, named.hint)
        words = f"not defined {_where(variable, absent, there)}, where the right answer is{partly}"
        return Resemblance("not-finite", words, _NOT_DEFINED)
    return _named(function, points, got, want, slopes) or Resemblance(None, f"not right{partly}")


_NOT_DEFINED = (
    "There is no logarithm of a negative number, no even root of one, and no division by 0."
)
_TOO_LARGE = "Is an exponent meant that large?"


def _named(
    function: Function,
    points: Sequence[Decimal],
    got: Sequence[Decimal],
    want: Sequence[Decimal],
    slopes: Sequence[Decimal],
) -> Resemblance | None:
    """`got` is finite."""
    return _transformed(got, want) or _differentiated(function, points, got, want, slopes)


def _transformed(got: Sequence[Decimal], want: Sequence[Decimal]) -> Resemblance | None:
    """A name for what was done to the right answer."""
    if not any(want) or not any(got):
        return None  # nothing is every multiple of nothing
    if error_over_tolerance(got, want, 1.0) <= ROUNDED:
        words = "within a thousandth of the right answer, and not equal to it"
        return Resemblance("low-precision", words, "Type exact numbers: 1/3, not 0.333.")
    if agree(got, [-w for w in want], SAME):
        return Resemblance("sign-flipped", "the negative of the right answer", "Check the signs.")
    factor = _constant(g / w if w else Decimal("NaN") for g, w in zip(got, want, strict=True))
    slug = "factor-2" if factor and _in_short(abs(factor)) in ("2", "1/2") else "constant-factor"
    if factor is not None and (slug == "factor-2" or _constant(want) is None):
        words = f"{_in_short(factor)} times the right answer"
        return Resemblance(slug, words, "Which factor is left out, or there once too often?")
    if agree([1 / g if g else Decimal("NaN") for g in got], want, SAME):
        return Resemblance("reciprocal", "1 over the right answer")
    if _constant(want) is not None:
        return None
    left = got[0] - want[0]
    if agree([g - left for g in got], want, SAME):
        words = f"the right answer plus the constant {_in_short(left)}"
        return Resemblance("differs-by-constant", words)
    return None


def _differentiated(
    function: Function,
    points: Sequence[Decimal],
    got: Sequence[Decimal],
    want: Sequence[Decimal],
    right_slopes: Sequence[Decimal],
) -> Resemblance | None:
    if any(right_slopes) and agree(got, right_slopes, BY_DIFFERENCES):
        return Resemblance("differentiated-twice", "the derivative of the right answer")
    if not any(want):
        return None  # so is the derivative of every constant
    slopes = (slope(function, x) for x in points)
    if agree(slopes, want, BY_DIFFERENCES):
        return Resemblance("not-differentiated", "not right: its derivative is")
    h = Decimal("1e-7")
    bends = ((function(x + h) - 2 * function(x) + function(x - h)) / h**2 for x in points)
    if agree(bends, want, BY_DIFFERENCES):
        return Resemblance("integrated", "not right: the derivative of its derivative is")
    return None


def slope(function: Function, x: Decimal) -> Decimal:
    """The derivative, to some ten digits."""
    h = Decimal("1e-10")
    return (function(x + h) - function(x - h)) / (2 * h)


def _errors(got: Iterable[Decimal], want: Sequence[Decimal], rtol: float) -> Iterable[Decimal]:
    """Over tolerance, point by point."""
    for g, w in zip(got, want, strict=True):
        if not (g.is_finite() and w.is_finite()):
            same = g.is_nan() if w.is_nan() else g == w and not g.is_nan()
            yield Decimal(0) if same else Decimal("Infinity")
        elif not w:
            yield abs(g) / ZERO
        else:
            yield abs(g - w) / (Decimal(rtol) * abs(w))


def _constant(values: Iterable[Decimal]) -> Decimal | None:
    """The one value that all have, if they do."""
    first, *rest = values
    if not first.is_finite() or not first or not agree(rest, [first] * len(rest), SAME):
        return None
    return first


def _in_short(number: Decimal) -> str:
    """As a fraction if it is a simple one."""
    if abs(number) < 10**6:
        fraction = Fraction(number).limit_denominator(1000)
        if abs(Fraction(number) - fraction) <= abs(fraction) * Fraction(SAME):
            return str(fraction)
    return f"{number:.6g}"


def _where(variable: str, these: Sequence[Decimal], others: Sequence[Decimal]) -> str:
    """In words that do not depend on how the points were drawn."""
    if not others:
        return "anywhere"
    if max(these) < 0 < min(others):
        return f"for {variable} < 0"
    if max(others) < 0 < min(these):
        return f"for {variable} > 0"
    return f"for some {variable}"
