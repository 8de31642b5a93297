"""Plans what a training run left: parameters, and the objective at them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.errors import GraderError
from grader.questions.declare import Data, ObjectiveAt, Trained
from grader.questions.draft import Draft
from grader.questions.expected import decimal, known
from grader.questions.scale import quiet
from grader.records.answer_key import CheckKey, LeastSquares, ObjectiveAtKey, Parameter, TrainedKey
from grader.records.values import Numbers


def plan_trained(check: Trained, draft: Draft) -> CheckKey | None:
    if draft.public_only:
        return None
    objective = _least_squares(check.objective)
    best, *_ = np.linalg.lstsq(objective.X, objective.y, rcond=None)
    optimum = float(np.mean((objective.X @ best - objective.y) ** 2) / 2)
    history = Parameter(check.history, draft.read(check.history)) if check.history else None
    return TrainedKey(
        check=", ".join(check.names),
        parameters=_parameters(check.names, draft),
        objective=objective,
        optimum=optimum,
        within=check.within,
        weight=decimal(check.weight),
        history=history,
        curve=_curve(check, draft),
    )


def _curve(check: Trained, draft: Draft) -> Numbers | None:
    """The reference's own training run.

    Raises:
        GraderError: it is no row of finite numbers.
    """
    if check.curve is None:
        return None
    try:
        with quiet():
            curve = np.asarray(check.curve() if callable(check.curve) else check.curve, dtype=float)
        problem = "" if curve.ndim == 1 and np.isfinite(curve).all() else f"has shape {curve.shape}"
    except Exception as error:
        problem = f"cannot be had: {type(error).__name__}: {error}"
    if problem:
        raise GraderError(
            f"the curve of {', '.join(check.names)} {problem}",
            at=draft.place,
            fix="give the objective before each step, finite numbers, or a function that does",
        )
    return curve


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
