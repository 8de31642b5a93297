"""Plans an expression that is typed as text: points of its domain, and its values there."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from grader.errors import GraderError
from grader.judge.expressions import Expression as Read
from grader.judge.expressions import ExpressionError, UndecidedError, digits, exact, parse
from grader.judge.resembles import slope
from grader.questions.cases import generator
from grader.questions.declare import Expression
from grader.questions.draft import Draft
from grader.questions.expected import decimal, known
from grader.records.answer_key import CheckKey, ExpressionKey
from grader.records.values import Numbers

STEPS = 10**6
"""Points are multiples of about a millionth of their interval: their powers have few digits."""


def plan_expression(check: Expression, draft: Draft) -> CheckKey | None:
    if draft.public_only:
        return None  # the public case would be the answer itself
    rng = generator(draft.place, draft.secret)
    points = points_in(check.domain, check.points, rng)
    answer = _read(check.answer, check, draft)
    want = _values(answer, points, draft)
    if not np.isfinite(want).all():
        raise GraderError(
            f"{check.answer} is not defined everywhere on the domain {list(check.domain)}",
            at=draft.place,
            fix="give a domain on which the answer is defined, and where float64 can hold it",
        )
    return ExpressionKey(
        check=check.name,
        probe=draft.read(check.name),
        variable=check.variable,
        points=points,
        want=want,
        slopes=_slopes(answer, points),
        rtol=check.rtol,
        mistakes=known(check.mistakes),
        mistaken=tuple(
            _values(_read(mistake.wrong, check, draft), points, draft) for mistake in check.mistakes
        ),
        weight=decimal(check.weight),
    )


def points_in(
    domain: Sequence[tuple[float, float]], count: int, rng: np.random.Generator
) -> Numbers:
    """So many points, in the intervals in turn; short decimal numbers, but no whole ones."""
    points = []
    for place in range(count):
        low, high = domain[place % len(domain)]
        places = max(0, math.ceil(-math.log10((high - low) / STEPS)))
        while True:
            point = round(rng.uniform(low, high), places)
            if low <= point <= high and (point != round(point) or high - low > STEPS):
                break
        points.append(point)
    return np.array(points)


def _read(text: str, check: Expression, draft: Draft) -> Read:
    try:
        return parse(text, check.variable)
    except ExpressionError as error:
        raise GraderError(
            f"the expression {text!r} cannot be read: {error}",
            at=draft.place,
            fix=f"type it as a student would, in {check.variable}: 2*x, x^2, e^x, ln(x)",
        ) from error


def _slopes(expression: Read, points: Numbers) -> Numbers:
    with digits():
        try:
            return np.array([float(slope(expression.value, exact(point))) for point in points])
        except UndecidedError:  # it serves a name alone
            return np.full(len(points), np.nan)


def _values(expression: Read, points: Numbers, draft: Draft) -> Numbers:
    try:
        return expression.at(points)
    except UndecidedError as error:
        raise GraderError(
            f"the expression {expression.text} cannot be computed: too many digits cancel",
            at=draft.place,
            fix="write it in another form",
        ) from error
