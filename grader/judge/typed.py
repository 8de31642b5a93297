"""Judges expressions that were typed as text."""

from __future__ import annotations

import numpy as np

from grader.judge.compare import doubt_about, is_doubtful
from grader.judge.expressions import ExpressionError, parse
from grader.judge.verdicts import outcome_of, right, without_value, wrong
from grader.records.answer_key import ExpressionKey
from grader.records.evidence import Evidence
from grader.records.values import Array, Numbers, Value, describe
from grader.records.verdicts import Verdict


def judge_expression(question: str, key: ExpressionKey, evidence: Evidence) -> Verdict:
    """Right if it has the expected values at all points of the domain, up to rounding."""
    outcome = outcome_of(evidence, key.probe)
    if outcome.status != "returned":
        return without_value(question, key, outcome, evidence.run.cells)
    text = typed_text(outcome.value)
    if text is None:
        said = (
            f"{key.check} is {describe(outcome.value)}; an expression typed as text is asked for."
        )
        return wrong(question, key, said, "wrong-dtype")
    if not text.strip():
        return wrong(question, key, f"{key.check} is empty.", "missing")
    try:
        expression = parse(text, key.variable)
    except ExpressionError as error:
        said = f"{key.check} = {text[:60]!r} cannot be read: {error}."
        return wrong(question, key, said, "unreadable-expression")
    got = expression.at(key.points)
    off = _error(got, key.want, key.scale, key.rtol)
    read = f"{key.check} was read as {expression.text}"
    doubt = doubt_about(key.check, off) if is_doubtful(off, key.rtol) else ""
    if off <= 1:
        return right(question, key, f"{read}: right.", error=off, doubt=doubt)
    for known, mistaken in zip(key.mistakes, key.mistaken):  # noqa: B905 (3.10)
        if _error(got, mistaken, key.scale, 1e-9) <= 1:
            return wrong(question, key, f"{read}, which is not right.", known, doubt=doubt)
    if _error(got, -key.want, key.scale, 1e-9) <= 1:
        said = f"{read}, which is the negative of the right answer."
        return wrong(question, key, said, "sign-flipped")
    if not np.isfinite(got).all():
        said = f"{read}, which is not defined wherever the right answer is."
        return wrong(question, key, said, "not-finite")
    return wrong(question, key, f"{read}, which is not right.", doubt=doubt)


def typed_text(value: Value) -> str | None:
    """What was typed: text, or a plain number (`d1 = 0`)."""
    if isinstance(value, str):
        return value
    if isinstance(value, Array) and value.data.ndim == 0 and value.data.dtype.kind in "iuf":
        return repr(value.data.item())
    return None


def _error(got: Numbers, want: Numbers, scale: Numbers, rtol: float) -> float:
    """The largest error over tolerance, relative at each point to the terms that cancel there.

    Never to the other points: e^(10x) and e^(10x) + x differ where e^(10x) is small.
    """
    if not np.isfinite(want).all() or not np.isfinite(got).all():
        return float("inf")
    size = np.maximum(np.abs(want), scale)
    return float(np.max(np.abs(got - want) / (rtol * size + 1e-12)))
