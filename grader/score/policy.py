"""What lateness costs. Pure decimal arithmetic."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Literal

from grader.score.late import GRACE

Mode = Literal["linear", "compounding"]
Base = Literal["earned", "maximum"]
Attempts = Literal["latest", "best"]


@dataclass(frozen=True)
class LatePolicy:
    """A course's rules on late work.

    Attributes:
        rate: the share that one late day takes, from 0 to 1.
        mode: `linear`: each day takes the same; `compounding`: each day takes of what was left.
        grace: how long after the deadline the first late day starts.
        cutoff_days: more late days than these leave nothing; None if there is no cut-off.
        base: what the rate is taken of: what was earned, or the maximum.
        places: decimal places of a score, rounded half up, once, at the end.
        slip_days: how many late days a term cost nothing; they spend themselves, in order of the
            deadlines.
        attempts: which attempt counts: the latest, or the best after its penalty.

    Raises:
        ValueError: for a policy that means nothing, such as a rate of 1.5.
    """

    rate: Decimal = Decimal("0.15")
    mode: Mode = "linear"
    grace: timedelta = GRACE
    cutoff_days: int | None = 7
    base: Base = "earned"
    places: int = 2
    slip_days: int = 0
    attempts: Attempts = "latest"

    def __post_init__(self) -> None:
        claims = {
            "rate is from 0 to 1": self.rate.is_finite() and 0 <= self.rate <= 1,
            "mode is linear or compounding": self.mode in ("linear", "compounding"),
            "grace is not negative": self.grace >= timedelta(0),
            "cutoff_days is not negative": self.cutoff_days is None or self.cutoff_days >= 0,
            "base is earned or maximum": self.base in ("earned", "maximum"),
            "places is from 0 to 6": 0 <= self.places <= 6,
            "slip_days is not negative": self.slip_days >= 0,
            "attempts is latest or best": self.attempts in ("latest", "best"),
        }
        broken = [claim for claim, holds in claims.items() if not holds]
        if broken:
            raise ValueError(f"a late policy where not: {'; '.join(broken)}")


def policy_changes(before: LatePolicy, after: LatePolicy) -> list[str]:
    """What differs, in words: `rate: 0.15 -> 0.1`."""
    pairs = [(each.name, getattr(before, each.name), getattr(after, each.name))
             for each in fields(LatePolicy)]  # fmt: skip
    return [f"{name}: {old} -> {new}" for name, old, new in pairs if old != new]


def late_factor(policy: LatePolicy, days: int) -> Decimal:
    """What share of its base is left after so many late days, from 1 down to 0."""
    if days == 0:
        return Decimal(1)
    if policy.cutoff_days is not None and days > policy.cutoff_days:
        return Decimal(0)
    if policy.mode == "compounding":
        return (1 - policy.rate) ** days
    return max(Decimal(0), 1 - policy.rate * days)


def left_over(policy: LatePolicy, earned: Decimal, maximum: Decimal, days: int) -> Decimal:
    """What is left of `earned` after so many late days; from 0 to `earned`, not rounded."""
    factor = late_factor(policy, days)
    if policy.base == "earned" or factor == 0:
        return earned * factor
    return max(Decimal(0), earned - maximum * (1 - factor))


def rounded(amount: Decimal, *, places: int) -> Decimal:
    """Half up: 0.125 is 0.13, as people were taught.

    Thirds of points that are added up end a hair beside what they are: 2.80499... for 2.805. What
    is that near to a half is one.
    """
    unit = Decimal(1).scaleb(-places)
    near = amount.quantize(unit.scaleb(-_HAIR), rounding=ROUND_HALF_UP, context=_WIDE)
    return near.quantize(unit, rounding=ROUND_HALF_UP)


_HAIR = 15
"""Places below those of a score, to which what Decimal divides and adds up (28 digits) is right."""
_WIDE = Context(prec=60)
