"""Plans membership in a set, element by element."""

from __future__ import annotations

from typing import Any

from grader.errors import GraderError
from grader.questions.declare import Within
from grader.questions.draft import Draft, at
from grader.questions.expected import (
    decimal,
    inputs_of,
    known,
    mistaken,
    reference_value,
    refuse_useless,
)
from grader.records.answer_key import CheckKey, Interval, WithinKey
from grader.records.values import Array, Value, describe


def plan_within(check: Within, draft: Draft) -> CheckKey | None:
    intervals = []
    draws = draft.draws(check.cases)
    for drawn in draws:
        low = _numbers(reference_value(check.low, drawn, draft), draft)
        high = _numbers(reference_value(check.high, drawn, draft), draft)
        if low.shape != high.shape or not (low <= high).all():
            raise GraderError(
                f"low and high are no interval: [{low}, {high}]",
                at=at(draft, drawn),
                fix="give both the shape of the answer, and low <= high in every element",
            )
        intervals.append(
            Interval(
                probe=draft.call(check.name, drawn),
                case=drawn.case.name,
                low=low,
                high=high,
                inputs=inputs_of(check.low, drawn),
                public=drawn.case.public,
                mistakes=tuple(mistaken(mistake, drawn) for mistake in check.mistakes),
                given=drawn.given,
            )
        )
    if not intervals:
        return None
    refuse_useless(check.mistakes, [case.mistakes for case in intervals], draws, draft)
    return WithinKey(
        check=check.name,
        cases=tuple(intervals),
        rtol=check.rtol,
        atol=check.atol,
        outside=check.outside,
        mistakes=known(check.mistakes),
        weight=decimal(check.weight),
    )


def _numbers(value: Value, draft: Draft) -> Any:
    if not isinstance(value, Array):
        raise GraderError(
            f"a bound is {describe(value)}", at=draft.place, fix="let it be one array, or a number"
        )
    return value.data.astype(float)
