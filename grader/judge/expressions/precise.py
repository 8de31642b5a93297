"""Real numbers to as many digits as it takes. Pure; the standard library alone.

A number is a `Ball`: so many digits, and a bound on how far off they are. Each operation makes a
new bound from those of its operands and from its own rounding; what is exact stays exact. So it is
known where digits were lost, as in `(x + 10^60) - 10^60`, and it can be computed again with more of
them. The digits are those of `decimal`'s current context: see `digits`.

A number is not there (`UndefinedError`) where real numbers have none: 1/0, ln(-1), (-1)^0.5.
Whether one that is 0 up to its bound *is* 0 cannot be known (`ImpreciseError`).
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from decimal import (
    Context,
    Decimal,
    DivisionByZero,
    Inexact,
    InvalidOperation,
    Overflow,
    getcontext,
    localcontext,
)
from functools import lru_cache

LARGEST = 10**9
"""The exponent of ten that no number reaches. 9^9^9 is below it, and costs no more than 9."""

LARGEST_WHOLE_EXPONENT = 10**6
LARGEST_ANGLE = Decimal("1e30")

NEARLY_WHOLE = Decimal("1e-40")
"""An exponent so near to a whole number is one: `x^(3*(1/3))` is x, for negative x too."""

_GUARD = 12  # more digits, inside of a series


class UndefinedError(ArithmeticError):
    """There is no such real number."""


class TooLargeError(UndefinedError):
    """It is there, but beyond all bounds."""


class ImpreciseError(ArithmeticError):
    """More digits are needed to know."""


def digits(count: int = 50) -> AbstractContextManager[Context]:
    """`with digits(50): ...` computes with so many."""
    return localcontext(
        Context(
            prec=count,
            Emin=-LARGEST,
            Emax=LARGEST,
            traps=[InvalidOperation, DivisionByZero, Overflow],
        )
    )


@dataclass(frozen=True)
class Ball:
    """All numbers from `mid` - `off` to `mid` + `off`."""

    mid: Decimal
    off: Decimal = Decimal(0)

    @property
    def is_zero(self) -> bool:
        """Whether it is exactly 0.

        Raises:
            ImpreciseError: perhaps.
        """
        if self.off and abs(self.mid) <= self.off:
            raise ImpreciseError
        return not self.mid

    def __neg__(self) -> Ball:
        return Ball(-self.mid, self.off)

    def __add__(self, other: Ball) -> Ball:
        mid, slip = _near(operator.add, self.mid, other.mid)
        return Ball(mid, slip + self.off + other.off)

    def __sub__(self, other: Ball) -> Ball:
        return self + -other

    def __mul__(self, other: Ball) -> Ball:
        mid, slip = _near(operator.mul, self.mid, other.mid)
        if self.off or other.off:
            slip += abs(self.mid) * other.off + abs(other.mid) * self.off + self.off * other.off
        return Ball(mid, slip)

    def __truediv__(self, other: Ball) -> Ball:
        if other.is_zero:
            raise UndefinedError("a division by 0")
        mid, slip = _near(operator.truediv, self.mid, other.mid)
        if self.off or other.off:
            slip += (self.off + abs(mid) * other.off) / (abs(other.mid) - other.off)
        return Ball(mid, slip)

    def __pow__(self, exponent: Ball) -> Ball:
        whole = _whole(exponent)
        if whole is not None:
            return _whole_power(self, whole)
        if self.is_zero:
            if exponent.mid < 0:
                raise UndefinedError("a division by 0")
            return self
        if self.mid < 0:
            raise UndefinedError("a power of a negative number, with an exponent that is not whole")
        return exp(exponent * ln(self))


ONE, TWO = Ball(Decimal(1)), Ball(Decimal(2))


def number(text: str) -> Ball:
    """As it is typed: "0.1" is a tenth."""
    return Ball(*_near(getcontext().create_decimal, text))


def exp(a: Ball) -> Ball:
    if a.mid - a.off > 3 * LARGEST:
        raise TooLargeError("a number too large to compute")
    if a.mid + a.off < -3 * LARGEST:
        return Ball(Decimal(0), Decimal(1).scaleb(-LARGEST))
    if a.off > Decimal("0.1"):
        raise ImpreciseError
    mid, slip = _near(Decimal.exp, a.mid)
    return Ball(mid, slip + 2 * mid * a.off)


def ln(a: Ball) -> Ball:
    if a.is_zero or a.mid < 0:
        raise UndefinedError(
            "the logarithm of 0" if not a.mid else "the logarithm of a negative number"
        )
    mid, slip = _near(Decimal.ln, a.mid)
    return Ball(mid, slip + a.off / (a.mid - a.off))


def e() -> Ball:
    return exp(ONE)


def pi() -> Ball:
    return Ball(*_near(operator.pos, _pi(getcontext().prec + _GUARD)))


def sin(a: Ball) -> Ball:
    return _circular(a, 0)


def cos(a: Ball) -> Ball:
    return _circular(a, 1)


def atan(a: Ball) -> Ball:
    with localcontext() as wide:
        wide.prec += _GUARD
        mid = _atan(a.mid)
    mid, slip = _near(operator.pos, mid)
    return Ball(mid, slip + a.off)


def absolute(a: Ball) -> Ball:
    return Ball(abs(a.mid), a.off)


def sign(a: Ball) -> Ball:
    if a.is_zero:
        return Ball(Decimal(0))
    return -ONE if a.mid < 0 else ONE


def root(a: Ball, n: Ball) -> Ball:
    """The real one: of a negative number too, if `n` is odd."""
    whole = _whole(n)
    if whole is None or whole < 1:
        raise UndefinedError("a root that is not a whole number")
    if whole % 2 and not a.is_zero and a.mid < 0:
        return -((-a) ** (ONE / n))
    return a ** (ONE / n)


def rooted_power(base: Ball, exponent: Ball) -> Ball:
    """As `base ** exponent`; but x^(1/3) and x^(2/5) are there for negative x too."""
    if _whole(exponent) is None and not base.is_zero and base.mid < 0:
        for odd in (3, 5, 7, 9):
            times = _whole(exponent * Ball(Decimal(odd)))
            if times is not None:
                size = (-base) ** exponent
                return -size if times % 2 else size
    return base**exponent


def sqrt(a: Ball) -> Ball:
    if not a.is_zero and a.mid < 0:
        raise UndefinedError("a square root of a negative number")
    mid, slip = _near(Decimal.sqrt, a.mid)
    return Ball(mid, slip + (a.off / mid if a.off else 0))


def asin(a: Ball) -> Ball:
    half = atan(a / (ONE + sqrt(ONE - a * a)))
    return half + half


def sinh(a: Ball) -> Ball:
    return (exp(a) - exp(-a)) / TWO


def cosh(a: Ball) -> Ball:
    return (exp(a) + exp(-a)) / TWO


def tanh(a: Ball) -> Ball:
    if a.mid < 0:
        return -tanh(-a)
    shrunk = exp(-(a + a))
    return (ONE - shrunk) / (ONE + shrunk)


def asinh(a: Ball) -> Ball:
    return -asinh(-a) if a.mid < 0 else ln(a + sqrt(a * a + ONE))


def acosh(a: Ball) -> Ball:
    return ln(a + sqrt(a - ONE) * sqrt(a + ONE))


def atanh(a: Ball) -> Ball:
    return ln((ONE + a) / (ONE - a)) / TWO


def larger(a: Ball, b: Ball) -> Ball:
    return Ball(max(a.mid, b.mid), max(a.off, b.off))


def smaller(a: Ball, b: Ball) -> Ball:
    return -larger(-a, -b)


def _near(operation: Callable[..., Decimal], *numbers: Decimal | str) -> tuple[Decimal, Decimal]:
    """What an operation gives, and a bound on the error of its rounding; 0 if it is exact."""
    context = getcontext()
    context.clear_flags()
    try:
        mid = operation(*numbers)
    except Overflow as error:
        raise TooLargeError("a number too large to compute") from error
    if not context.flags[Inexact]:
        return mid, Decimal(0)
    return mid, abs(mid).scaleb(1 - context.prec) or Decimal(1).scaleb(-LARGEST)


def _whole(a: Ball) -> int | None:
    """The whole number that it is, at least nearly; None if it is none, or a very large one."""
    if abs(a.mid) > LARGEST_WHOLE_EXPONENT:
        return None
    nearest = a.mid.to_integral_value()
    if abs(a.mid - nearest) > NEARLY_WHOLE + a.off:
        return None
    if a.off > NEARLY_WHOLE:
        raise ImpreciseError
    return int(nearest)


def _whole_power(base: Ball, n: int) -> Ball:
    if n < 0:
        return ONE / _whole_power(base, -n)
    if n == 0:
        return ONE
    mid, slip = _near(operator.pow, base.mid, Decimal(n))
    if base.off:
        if base.is_zero:
            return base
        relative = n * base.off / (abs(base.mid) - base.off)
        if relative > Decimal("0.1"):
            raise ImpreciseError
        slip += 2 * abs(mid) * relative
    return Ball(mid, slip)


def _circular(a: Ball, quarters: int) -> Ball:
    """The sine of a, so many quarters of a turn later."""
    if abs(a.mid) > LARGEST_ANGLE:
        raise TooLargeError("an angle too large to compute")
    if not a.mid and not a.off:
        return Ball(Decimal(quarters))
    with localcontext() as wide:
        wide.prec += _GUARD + 30  # as many as the angle may have before the point
        quarter = _pi(wide.prec) / 2
        turned = (a.mid / quarter).to_integral_value()
        angle = a.mid - turned * quarter
        wide.prec -= 30
        quarters += int(turned)
        mid = _series(Decimal(1), 0, angle) if quarters % 2 else _series(angle, 1, angle)
        mid = -mid if quarters % 4 > 1 else mid
    return Ball(+mid, min(a.off, Decimal(2)) + Decimal(1).scaleb(1 - getcontext().prec))


def _series(term: Decimal, n: int, angle: Decimal) -> Decimal:
    """term - term angle^2 / ((n + 1) (n + 2)) + ..., for an angle below 1."""
    square = angle * angle
    total = term
    while abs(term) > Decimal(1).scaleb(-getcontext().prec):
        n += 2
        term = -term * square / (n * (n - 1))
        total += term
    return total


def _atan(x: Decimal) -> Decimal:
    halvings = 0
    while abs(x) > Decimal("0.05"):  # atan x = 2 atan(x / (1 + sqrt(1 + x^2)))
        x /= 1 + (1 + x * x).sqrt()
        halvings += 1
    power, total, n = x, x, 1
    while abs(power) > abs(x).scaleb(-getcontext().prec):
        n += 2
        power *= -x * x
        total += power / n
    return total * Decimal(2**halvings)


@lru_cache(maxsize=8)
def _pi(count: int) -> Decimal:
    """By Machin: pi = 16 atan(1/5) - 4 atan(1/239)."""
    with digits(count + 5):
        return 16 * _atan(Decimal(1) / 5) - 4 * _atan(Decimal(1) / 239)
