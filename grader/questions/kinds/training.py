"""Plans what a training run left: parameters, and the objective at them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.questions.declare import Data, ObjectiveAt, Trained
from grader.questions.draft import Draft
from grader.questions.expected import decimal, known
from grader.records.answer_key import CheckKey, LeastSquares, ObjectiveAtKey, Parameter, TrainedKey


def plan_trained(check: Trained, draft: Draft) -> CheckKey | None:
    if draft.public_only:
        return None
    objective = _least_squares(check.objective)
    best, *_ = np.linalg.lstsq(objective.X, objective.y, rcond=None)
    optimum = float(np.mean((objective.X @ best - objective.y) ** 2) / 2)
    return TrainedKey(
        check=", ".join(check.names),
        parameters=_parameters(check.names, draft),
        objective=objective,
        optimum=optimum,
        within=check.within,
        weight=decimal(check.weight),
    )


def plan_objective_at(check: ObjectiveAt, draft: Draft) -> CheckKey | None:
    if draft.public_only:
        return None
    pairs = zip(known(check.mistakes), check.mistakes, strict=True)
    return ObjectiveAtKey(
        check=check.name,
        probe=draft.read(check.name),
        parameters=_parameters(check.parameters, draft),
        objective=_least_squares(check.objective),
        rtol=check.rtol,
        mistakes=tuple((name, _least_squares(mistake.wrong)) for name, mistake in pairs),
        weight=decimal(check.weight),
    )


def _parameters(names: Sequence[str], draft: Draft) -> tuple[Parameter, ...]:
    return tuple(Parameter(name, draft.read(name)) for name in names)


def _least_squares(data: Data) -> LeastSquares:
    X = np.asarray(data.X, dtype=float)
    X = X.reshape(len(X), -1)
    if data.bias:
        X = np.column_stack([X, np.ones(len(X))])
    return LeastSquares(X, np.asarray(data.y, dtype=float).ravel())
