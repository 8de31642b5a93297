"""Plans functions and gradients, judged by what they return; and variables, by their value."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from grader.errors import GraderError
from grader.questions.declare import Returns, Variable
from grader.questions.draft import Draft
from grader.questions.expected import (
    accepted,
    decimal,
    expectation_of,
    known,
    refuse_nothing,
    refuse_useless,
)
from grader.questions.kinds.carry import plan_carry
from grader.questions.kinds.twins import plan_twins
from grader.questions.mechanical import mechanical_mistakes
from grader.questions.scale import quiet, sizes
from grader.records.answer_key import CheckKey, Expectation, ReturnsKey
from grader.records.values import Mapping, Value, describe, value_of
from grader.records.values import Sequence as SequenceValue


def plan_returns(check: Returns, draft: Draft) -> CheckKey | None:
    draws = draft.draws(check.cases)
    expectations = [
        expectation_of(draft, check.name, check.reference, drawn, check.mistakes, check.scale)
        for drawn in draws
    ]
    if not expectations:
        return None
    refuse_useless(check.mistakes, [case.mistakes for case in expectations], draws, draft)
    for path in check.ignore:
        if not any(_has(case.want, tuple(path)) for case in expectations):
            raise GraderError(
                f"ignore names {tuple(path)}, which the result of {check.name} does not have",
                at=draft.place,
                fix=f"the result is {describe(expectations[0].want)}",
            )
    mechanical = None
    if not draft.public_only:  # one case, of small numbers, cannot tell so many from each other
        mechanical, sketches = mechanical_mistakes(check, draws, expectations)
        expectations = [
            replace(expected, mechanical=rows)
            for expected, rows in zip(expectations, sketches, strict=True)
        ]
    return ReturnsKey(
        check=check.name,
        cases=tuple(expectations),
        mechanical=mechanical,
        accept=tuple(
            accepted(draft, other, draws, expectations, check.scale) for other in check.accept
        ),
        rtol=check.rtol,
        atol=check.atol,
        shape=check.shape,
        comparison=check.comparison,
        mistakes=known(check.mistakes),
        weight=decimal(check.weight),
        ignore=tuple(tuple(path) for path in check.ignore),
        twins=plan_twins(check, draws, expectations, draft),
        carry=plan_carry(check, draws, expectations, draft),
    )


def plan_variable(check: Variable, draft: Draft) -> CheckKey | None:
    if draft.public_only:
        return None
    want = _given(check.value, "the value", draft)
    expectation = Expectation(
        probe=draft.read(check.name),
        case="the notebook's own run",
        want=want,
        scale=sizes(want),
        mistakes=tuple(
            _given(mistake.wrong, f"the mistake {mistake.slug!r}", draft)
            for mistake in check.mistakes
        ),
    )
    return ReturnsKey(
        check=check.name,
        cases=(expectation,),
        rtol=check.rtol,
        atol=check.atol,
        shape=check.shape,
        comparison="elementwise",
        mistakes=known(check.mistakes),
        weight=decimal(check.weight),
        reading=True,
    )


def _given(value: Any, what: str, draft: Draft) -> Value:
    """The value of a variable, or what a mistake would have made of it."""
    try:
        with quiet():
            given = value_of(value() if callable(value) else value)
    except Exception as error:
        problem = f"{what} cannot be had: {type(error).__name__}: {error}"
        raise GraderError(problem, at=draft.place, fix="give an array, or a function") from error
    refuse_nothing(given, what, draft.place)
    return given


def _has(value: Value, path: tuple[int | str, ...]) -> bool:
    if not path:
        return True
    step, rest = path[0], path[1:]
    if isinstance(value, SequenceValue) and isinstance(step, int) and step < len(value.items):
        return _has(value.items[step], rest)
    if isinstance(value, Mapping):
        return any(key == step and _has(item, rest) for key, item in value.items)
    return False
