"""Plans an expression that is typed as text: points of its domain, and its values there."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.errors import GraderError
from grader.judge.expressions import ExpressionError, parse
from grader.questions.cases import generator
from grader.questions.declare import Expression
from grader.questions.draft import Draft
from grader.questions.expected import decimal, known
from grader.questions.scale import STEP
from grader.records.answer_key import CheckKey, ExpressionKey


def plan_expression(check: Expression, draft: Draft) -> CheckKey | None:
    if draft.public_only:
        return None  # the public case would be the answer itself
    rng = generator(draft.place, draft.secret)
    low, high = np.array([check.domain[i % len(check.domain)] for i in range(check.points)]).T
    points = rng.uniform(low, high)

    def values(text: str) -> Any:
        try:
            return parse(text, check.variable).at(points)
        except ExpressionError as error:
            raise GraderError(
                f"the expression {text!r} cannot be read: {error}",
                at=draft.place,
                fix=f"type it as a student would, in {check.variable}: 2*x, x^2, e^x, ln(x)",
            ) from error

    want = values(check.answer)
    with np.errstate(all="ignore"):
        moved = points * (1 + STEP * rng.choice((-1.0, 1.0), points.shape))
        move = np.abs(parse(check.answer, check.variable).at(moved) - want) / STEP
    if not np.isfinite(want).all():
        raise GraderError(
            f"{check.answer} is not defined everywhere on the domain {list(check.domain)}",
            at=draft.place,
            fix="give a domain on which the answer is defined",
        )
    return ExpressionKey(
        check=check.name,
        probe=draft.read(check.name),
        variable=check.variable,
        points=points,
        want=want,
        scale=np.where(np.isfinite(move), np.maximum(np.abs(want), move), np.abs(want)),
        rtol=check.rtol,
        mistakes=known(check.mistakes),
        mistaken=tuple(values(mistake.wrong) for mistake in check.mistakes),
        weight=decimal(check.weight),
    )
