"""Judges membership in a set, element by element."""

from __future__ import annotations

import numpy as np

from grader.judge.compare import Rule
from grader.judge.diagnose import _resembles
from grader.judge.mistakes import hint_for
from grader.judge.shapes import Misfit, pairs
from grader.judge.verdicts import RIGHT, WRONG, outcome_of, remarks_on, without_value
from grader.records.answer_key import WithinKey
from grader.records.evidence import Evidence
from grader.records.values import Array, describe
from grader.records.verdicts import Verdict


def judge_within(question: str, key: WithinKey, evidence: Evidence) -> Verdict:
    """Right if every element of every case lies in its interval, up to rounding."""
    outcomes = []
    wrong: list[str] = []
    remarks: dict[str, None] = {}
    worst = 0.0
    slug: str | None = None
    for case in key.cases:
        outcome = outcome_of(evidence, case.probe)
        if outcome.status != "returned":
            name = "" if outcome.status == "missing" else case.case
            return without_value(question, key.check, key.weight, outcome, name)
        outcomes.append(outcome)
        low = Array(case.low)
        (pair,) = pairs(low, outcome.value, low, "squeeze")
        if isinstance(pair, Misfit):
            worst = np.inf
            slug = slug or pair.slug
            wrong.append(f"{case.case}: {pair.words}")
            continue
        if pair.remark:
            remarks[pair.remark] = None
        error = _outside(pair.got, case.low, case.high, key)
        worst = max(worst, error)
        if error > 1:
            said = f"{case.case}: {describe(outcome.value)}"
            wrong.append(f"{said} with {case.inputs}" if case.public else said)
    notes = (*remarks, *remarks_on(outcomes, key.check))
    if not wrong:
        cases = f"all {len(key.cases)} cases" if len(key.cases) > 1 else "the one case"
        return Verdict(
            question=question,
            check=key.check,
            credit=RIGHT,
            reason=f"{key.check} is right in {cases}.",
            error_over_tolerance=worst,
            weight=key.weight,
            remarks=notes,
        )
    known = _known_mistake(key, outcomes)
    slug = known.slug if known is not None else slug or key.outside
    return Verdict(
        question=question,
        check=key.check,
        credit=WRONG if known is None else known.credit,
        reason=f"{key.check} is outside of what is allowed in {len(wrong)} of {len(key.cases)} "
        f"cases ({'; '.join(wrong[:3])}{'; ...' if len(wrong) > 3 else ''}).",
        mistake=slug,
        hint=hint_for(slug, known.hint if known is not None else ""),
        error_over_tolerance=worst,
        weight=key.weight,
        remarks=notes,
    )


def _outside(got: np.ndarray, low: np.ndarray, high: np.ndarray, key: WithinKey) -> float:
    """How far outside of [low, high], in units of what rounding may do."""
    if not np.isfinite(got.astype(complex if got.dtype.kind == "c" else float)).all():
        return float("inf")
    size = np.maximum(np.abs(low), np.abs(high))
    beyond = np.maximum(np.maximum(low - got, got - high), 0.0)
    return float(np.max(beyond / (key.rtol * size + key.atol), initial=0.0))


def _known_mistake(key: WithinKey, outcomes):  # type: ignore[no-untyped-def]
    rule = Rule(key.rtol, key.atol)
    for place, mistake in enumerate(key.mistakes):
        values = [case.mistakes[place] for case in key.cases]
        seen = [(v, o.value) for v, o in zip(values, outcomes) if v is not None]  # noqa: B905
        if seen and all(_resembles(value, got, rule) for value, got in seen):
            return mistake
    return None
