"""Quotients of decimals, rounded as they are and not as a division left them. Pure.

1/3 + 1/3 + 1/3 is 0.999... in decimals, and a total that should be 79.995 is then 79.99. So nothing
is divided before the end: sums are carried as a numerator over a denominator, to the last digit.
"""

from __future__ import annotations

import decimal
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal


@contextmanager
def exactly() -> Iterator[None]:
    """In it products and sums have all their digits, or it is our bug: nothing is rounded."""
    with decimal.localcontext() as context:
        context.prec = 10_000  # of this only what a number needs is used
        context.traps[decimal.Inexact] = True
        yield


def half_up(numerator: Decimal, denominator: Decimal, places: int) -> Decimal:
    """The quotient of what is not negative, half up: 1/8 is 0.13 in two places.

    Args:
        denominator: positive.
    """
    with exactly():
        doubled = 2 * denominator
        return ((numerator.scaleb(places) * 2 + denominator) // doubled).scaleb(-places)


def up(numerator: Decimal, denominator: Decimal, places: int) -> Decimal:
    """The quotient of what is not negative, or the next number of so many places above it."""
    with exactly():
        scaled = numerator.scaleb(places)
        whole = scaled // denominator
        return (whole + (whole * denominator < scaled)).scaleb(-places)
