"""Slip days: late days that a term gives away.

They spend themselves, in order of the deadlines, unless somebody says otherwise. What was published
does not move by what happens elsewhere: it is taken from the bank first, then what is said, in
order of the deadlines, then what is late.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Claim:
    """What one assignment may want of a student's slip days.

    Attributes:
        days_late: of the attempt that counts; 0 where there is nothing to count (on time, missing,
            excused, no time known).
        most: what may be spent on this assignment.
        said: how many are to be spent on it; None leaves it to the order of the deadlines.
        published: how many its published marks have spent; None if there are none.
    """

    days_late: int
    most: int
    said: int | None = None
    published: int | None = None


@dataclass(frozen=True)
class Share:
    """`may`: what an assignment has at its disposal; `spent`: what it uses of that."""

    may: int
    spent: int


def shared(bank: int, claims: Sequence[Claim]) -> list[Share]:
    """What each assignment gets of the bank.

    Args:
        bank: the slip days of a term.
        claims: in order of the deadlines.
    """
    shares: dict[int, Share] = {}
    left = bank
    for place, claim in enumerate(claims):
        if claim.published is not None:
            spent = min(claim.published, claim.days_late)
            shares[place] = Share(claim.published, spent)
            left -= spent
    left = max(0, left)
    for is_said in (True, False):
        for place, claim in enumerate(claims):
            if place in shares or (claim.said is not None) != is_said:
                continue
            wanted = claim.most if claim.said is None else min(claim.most, claim.said)
            may = min(left, wanted)
            spent = min(may, claim.days_late)
            shares[place] = Share(may, spent)
            left -= spent
    return [shares[place] for place in range(len(claims))]
