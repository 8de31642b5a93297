"""From marks to a total of 100, and what is needed in the remainder. Pure, decimal, exact.

    total = 100 * sum(weight * mark / maximum) / (sum of the weights that are not shared)

It is rounded half up, once, at the end; a band is reached by the rounded total, which is the one
that people see.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import prod
from typing import Literal

from grader.course.weights import HUNDRED, Band, FinalPolicy
from grader.final.exact import exactly, half_up, up
from grader.final.result import Result

NEED_PLACES = 2
"""What is needed is said in hundredths of a percent, and of a mark."""

Reach = Literal["reached", "needed", "out_of_reach"]


@dataclass(frozen=True, slots=True)
class Need:
    """What a band needs.

    Attributes:
        percent: of what is left, the least that is enough; of all of it together, by weight. None
            unless `reach` is `needed`.
        mark: the same as a mark of the one component that is left; None if several
            are, or it is not known what a mark is out of.
    """

    band: Band
    reach: Reach
    percent: Decimal | None = None
    mark: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Total:
    """
    Attributes:
        so_far: what there is of 100; None if everything is excused.
        left: how much of 100 is not marked yet.
        average: percent of what is marked; None if nothing is.
        best: the total if all that is left is right.
        total: `so_far` if nothing is left.
        grade: the band of the total; "" if there is none.
        passed: None if there is no total, or no pass mark.
        needs: for each goal of the policy, the highest first.
    """

    so_far: Decimal | None
    left: Decimal
    average: Decimal | None
    best: Decimal | None
    total: Decimal | None
    grade: str
    passed: bool | None
    needs: tuple[Need, ...]


def weigh(results: Sequence[Result], policy: FinalPolicy) -> Total:
    """The total of one student, of a result for each component."""
    places = policy.places
    share = Share.of(results)
    if share.weight == 0:
        return Total(None, Decimal(0), None, None, None, "", None, ())
    so_far = share.rounded(places)
    done = share.weight - share.left
    with exactly():
        average = half_up(HUNDRED * share.points, done * share.scale, places) if done else None
        all_right = share.points + share.left * share.scale
        best = half_up(HUNDRED * all_right, share.weight * share.scale, places)
        left = half_up(HUNDRED * share.left, share.weight, places)
        open_ones = [each.maximum for each in results if each.is_open]
        only = open_ones[0] if len(open_ones) == 1 else None
    total = so_far if not share.left else None
    grade, passed = "", None
    if total is not None:
        grade = next((band.name for band in policy.bands if total >= band.least), "")
        passed = None if policy.pass_mark is None else total >= policy.pass_mark
    return Total(
        so_far=so_far,
        left=left,
        average=average,
        best=best,
        total=total,
        grade=grade,
        passed=passed,
        needs=tuple(_need(band, share, places, only) for band in policy.goals),
    )


@dataclass(frozen=True, slots=True)
class Share:
    """What one has, exactly: `points / scale` of `weight`, of which `left` is not marked."""

    points: Decimal
    scale: Decimal
    weight: Decimal
    left: Decimal

    @staticmethod
    def of(results: Sequence[Result]) -> Share:
        with exactly():
            maxima = {each.out_of for each in results if each.counted is not None}
            points = Decimal(0)
            for each in results:
                if each.counted is not None:
                    others = prod(maxima - {each.out_of}, start=Decimal(1))
                    points += each.component.weight * each.counted * others
            weight = sum((e.component.weight for e in results if not e.is_shared), Decimal(0))
            left = sum((e.component.weight for e in results if e.is_open), Decimal(0))
            return Share(points, prod(maxima, start=Decimal(1)), weight, left)

    def rounded(self, places: int) -> Decimal:
        """What there is of 100."""
        with exactly():
            return half_up(HUNDRED * self.points, self.weight * self.scale, places)


def _need(band: Band, share: Share, places: int, only: Decimal | None) -> Need:
    """The least percentage of what is left with which the rounded total is in the band.

    Args:
        only: the maximum of the one component that is left, if it is one and that is known.
    """
    with exactly():
        aim = up(band.least, Decimal(1), places) - Decimal(5).scaleb(-places - 1)
        # 100 * (points / scale + left * percent / 100) / weight >= aim
        missing = aim * share.weight * share.scale - HUNDRED * share.points
        if missing <= 0:
            return Need(band, "reached")
        if missing > HUNDRED * share.left * share.scale:
            return Need(band, "out_of_reach")
        whole = share.left * share.scale
        percent = up(missing, whole, NEED_PLACES)
        mark = None if only is None else up(missing * only, HUNDRED * whole, NEED_PLACES)
        return Need(band, "needed", percent, mark)
