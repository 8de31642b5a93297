"""Slip days: late days that a term gives away. They spend themselves, in order of the deadlines."""

from __future__ import annotations

from collections.abc import Iterable


def slip_days_left(bank: int, earlier_days_late: Iterable[int | None]) -> int:
    """What is left of the bank after the assignments that were due before.

    Args:
        bank: the slip days of a term.
        earlier_days_late: days late in each earlier assignment; None where there were none to
            count (missing, excused, no time known).
    """
    return max(0, bank - sum(days or 0 for days in earlier_days_late))
