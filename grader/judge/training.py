"""Judges trained variables by the objective that they reach."""

from __future__ import annotations

import numpy as np

from grader.judge.compare import doubt_about, is_doubtful, precisions
from grader.judge.verdicts import outcome_of, right, without_value, wrong
from grader.records.answer_key import LeastSquares, ObjectiveAtKey, TrainedKey
from grader.records.evidence import Evidence
from grader.records.values import Array, Numbers, describe
from grader.records.verdicts import Verdict

_TINY = 1e-300  # for data that is all zeros


def objective_at(objective: LeastSquares, w: Numbers) -> float:
    """J(w) = |X w - y|^2 / (2m), for w of shape (n,)."""
    with np.errstate(all="ignore"):
        return float(np.mean((objective.X @ w - objective.y) ** 2) / 2)


def _terms_at(objective: LeastSquares, w: Numbers) -> float:
    """The size of what is summed in J(w), before anything cancels."""
    with np.errstate(all="ignore"):
        return float(np.mean((np.abs(objective.X) @ np.abs(w) + np.abs(objective.y)) ** 2) / 2)


def judge_trained(question: str, key: TrainedKey, evidence: Evidence) -> Verdict:
    """Right if the objective at the student's parameters is within `within` of the optimum."""
    found = _parameters(question, key, evidence)
    if isinstance(found, Verdict):
        return found
    if not np.isfinite(found).all():
        return wrong(question, key, f"{key.check} are not finite: training diverged.", "not-finite")
    reached = objective_at(key.objective, found)
    # an exact fit has the optimum 0: then the data's own size is the measure
    unit = max(key.optimum, 1e-12 * float(np.mean(key.objective.y**2)))
    error = (reached - key.optimum) / (key.within * unit)
    percent = 100 * (reached - key.optimum) / unit
    above = "at its optimum" if percent < 1e-3 else f"{percent:.3g} % above its optimum"
    said = f"the objective at ({key.check}) is {reached:.6g}, {above}"
    if error <= 1:
        reason = f"Right: {said} (up to {100 * key.within:g} % is allowed)."
        return right(question, key, reason, error=max(0.0, error))
    said = f"Not trained far enough: {said}; up to {100 * key.within:g} % is allowed."
    return wrong(question, key, said, "not-trained", error=error if np.isfinite(error) else np.inf)


def judge_objective_at(question: str, key: ObjectiveAtKey, evidence: Evidence) -> Verdict:
    """Right if the number is the objective at the student's own parameters."""
    outcome = outcome_of(evidence, key.probe)
    if outcome.status != "returned":
        return without_value(question, key, outcome, evidence.run.cells)
    value = outcome.value
    if not (isinstance(value, Array) and value.data.size == 1 and value.data.dtype.kind in "iuf"):
        said = f"{key.check} is {describe(value)}; a number is asked for."
        return wrong(question, key, said, "wrong-dtype")
    found = _parameters(question, key, evidence)
    if isinstance(found, Verdict):
        return found
    got = float(value.data.reshape(()))
    want = objective_at(key.objective, found)
    if not (np.isfinite(got) and np.isfinite(want)):
        what = key.check if np.isfinite(want) else "the objective at your parameters"
        return wrong(question, key, f"{what} is not finite.", "not-finite")
    terms = _terms_at(key.objective, found)
    rtol = max([key.rtol, *(grant for _, grant in precisions(value.data, np.asarray(terms)))])
    # (r + d)^2 / 2 for a residual r whose rounding d is relative to the terms, not to what is left
    rounding = 1e-14 * np.sqrt(terms)
    error = float(
        abs(got - want) / (rtol * want + 2 * rounding * np.sqrt(want) + rounding**2 + _TINY)
    )
    doubt = doubt_about(key.check, error) if is_doubtful(error, key.rtol) else ""
    if error <= 1:
        said = f"{key.check} = {got:.6g} is the objective at your parameters."
        return right(question, key, said, error=error, doubt=doubt)
    for known, data in key.mistakes:
        other = objective_at(data, found)
        if abs(got - other) <= max(1e-6, rtol) * other:
            said = f"{key.check} = {got:.6g} is not the objective that is asked for."
            return wrong(question, key, said, known, error=error, doubt=doubt)
    if abs(got - 2 * want) <= max(1e-6, rtol) * want:
        said = f"{key.check} is twice the objective at your parameters."
        return wrong(question, key, said, "factor-2", error=error)
    said = f"{key.check} = {got:.6g}, but the objective at your parameters is another."
    return wrong(question, key, said, error=error, doubt=doubt)


def _parameters(
    question: str, key: TrainedKey | ObjectiveAtKey, evidence: Evidence
) -> Numbers | Verdict:
    """The student's parameters as one vector, or the verdict that says what is amiss."""
    parts = []
    for parameter in key.parameters:
        name = parameter.name
        outcome = outcome_of(evidence, parameter.probe)
        if outcome.status != "returned":
            return without_value(question, key, outcome, evidence.run.cells, name=name)
        value = outcome.value
        if not (isinstance(value, Array) and value.data.dtype.kind in "iuf"):
            said = f"{name} is {describe(value)}; numbers are asked for."
            return wrong(question, key, said, "wrong-dtype")
        parts.append(value.data.astype(float).ravel())
    w: Numbers = np.concatenate(parts)
    if len(w) != key.objective.X.shape[1]:
        said = f"{len(w)} parameters were found, {key.objective.X.shape[1]} are asked for."
        return wrong(question, key, said, "wrong-shape")
    return w
