"""What the class has in each component, and in all. Pure."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from grader.course.weights import HUNDRED, Component, FinalPolicy
from grader.final.exact import exactly, half_up
from grader.final.result import Result, State
from grader.final.totals import FinalMarks, StudentTotal


@dataclass(frozen=True)
class ComponentSummary:
    """How many have what in one component.

    Attributes:
        mean, median: percent of the maximum, over those who are marked; None if nobody is.
        standing: why nobody has a mark; "" if somebody has.
    """

    component: Component
    marked: int
    missing: int
    excused: int
    waiting: int
    mean: Decimal | None
    median: Decimal | None
    standing: str


def component_summaries(final: FinalMarks) -> list[ComponentSummary]:
    """In the order of the components."""
    made = []
    for place, component in enumerate(final.policy.components):
        results = [student.results[place] for student in final.students]
        counts: Counter[State] = Counter(each.state for each in results)
        percents = [_percent(each) for each in results if each.state == "marked"]
        made.append(
            ComponentSummary(
                component,
                marked=counts["marked"],
                missing=counts["missing"],
                excused=counts["excused"],
                waiting=counts["not_due"] + counts["not_marked"],
                mean=statistics.mean(percents) if percents else None,
                median=statistics.median(percents) if percents else None,
                standing=final.standing[component.id],
            )
        )
    return made


def standings(students: Sequence[StudentTotal]) -> list[Decimal]:
    """What can be compared: totals, or, while something is left, percent of what is marked."""
    return [each.total.average for each in students if each.total.average is not None]


def grade_counts(final: FinalMarks) -> list[tuple[str, int]]:
    """How many have each grade, the highest first; none if nobody has a total."""
    totals = [each.total for each in final.students if each.total.total is not None]
    counts = Counter(each.grade for each in totals)
    below = [("below", counts[""])] if counts[""] else []
    named = [(band.name, counts[band.name]) for band in final.policy.bands]
    return [*named, *below] if totals and named else []


def how_made(policy: FinalPolicy) -> str:
    """The rules in two sentences."""
    places = "a whole number" if not policy.places else f"{policy.places} decimal places"
    ways = {
        "reweight": "the weight of excused work is shared by the rest",
        "zero": "excused work counts as zero",
        "full": "excused work counts in full",
    }
    used = list(dict.fromkeys(each.excused for each in policy.components))
    if len(used) == 1:
        excused = ways[used[0]]
    else:
        excused = "; ".join(
            f"{', '.join(e.id for e in policy.components if e.excused == way)}: {ways[way]}"
            for way in used
        )
    return (
        f"Totals are out of 100, rounded half up to {places}, once, at the end. Missing work is "
        f"zero; {excused}."
    )


def _percent(result: Result) -> Decimal:
    with exactly():
        return half_up(HUNDRED * (result.mark or Decimal(0)), result.out_of, 6)
