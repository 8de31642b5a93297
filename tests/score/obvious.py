"""The late policy once more: slowly, step by step, in fractions. Imports nothing of grader.

It counts where grader calculates: the minutes back to where the clock on the wall has been, the late
days one after the other, the share of each day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from fractions import Fraction

LONGEST_REPEAT = timedelta(hours=3)  # no clock goes back further than that
SMALLEST = timedelta(microseconds=1)


@dataclass(frozen=True)
class Rules:
    """A late policy; `cutoff` is None if there is none."""

    rate: Fraction
    compounding: bool
    grace: timedelta
    cutoff: int | None
    of_the_maximum: bool
    places: int


def shown(instant: datetime, zone: tzinfo) -> datetime:
    """What the clock on the wall shows then."""
    return instant.astimezone(zone).replace(tzinfo=None)


def furthest_shown(instant: datetime, zone: tzinfo) -> datetime:
    """The latest time that the clock on the wall has shown until then: it may have gone back.

    Clocks are set at full minutes, so it is looked at before each of them.
    """
    furthest = shown(instant, zone)
    minute = instant.astimezone(UTC).replace(second=0, microsecond=0)
    while minute > instant - LONGEST_REPEAT:
        furthest = max(furthest, shown(minute - SMALLEST, zone))
        minute -= timedelta(minutes=1)
    return furthest


def late_days(deadline: datetime, handed_in: datetime, zone: tzinfo, grace: timedelta) -> int:
    """How many late days have begun.

    Args:
        deadline: what the clock on the wall shows then, without a zone.
        handed_in: an instant.
    """
    reached = furthest_shown(handed_in, zone)
    days, begins = 0, deadline + grace
    while begins <= reached:
        days += 1
        begins += timedelta(days=1)
    return days


def charged_days(days: int, slip_days: int) -> int:
    """Those that cost something."""
    while days > 0 and slip_days > 0:
        days, slip_days = days - 1, slip_days - 1
    return days


def share(rules: Rules, charged: int) -> Fraction:
    """What is left of the base."""
    left = Fraction(1)
    for day in range(1, charged + 1):
        left -= left * rules.rate if rules.compounding else rules.rate
        if left < 0 or (rules.cutoff is not None and day > rules.cutoff):
            return Fraction(0)
    return left


def points(
    worth: Mapping[str, Fraction], checks: Mapping[str, Sequence[tuple[int, Fraction]]]
) -> Fraction:
    """What was earned: of each question the weighted mean of its checks (weight, credit)."""
    earned = Fraction(0)
    for question, results in checks.items():
        weights = sum(weight for weight, _ in results)
        for weight, credit in results:
            earned += worth[question] * credit * weight / weights
    return earned


def left_of(rules: Rules, earned: Fraction, maximum: Fraction, charged: int) -> Fraction:
    """What lateness leaves, not rounded."""
    left = share(rules, charged)
    if left == 0:
        return Fraction(0)
    if not rules.of_the_maximum:
        return earned * left
    taken = maximum - maximum * left
    return earned - taken if earned > taken else Fraction(0)


def half_up(amount: Fraction, places: int) -> Fraction:
    """To so many decimal places; a half goes up."""
    scaled = amount * 10**places
    units = scaled.numerator // scaled.denominator
    if scaled - units >= Fraction(1, 2):
        units += 1
    return Fraction(units, 10**places)
