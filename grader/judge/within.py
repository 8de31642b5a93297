"""Judges membership in a set, element by element."""

from __future__ import annotations

import numpy as np

from grader.judge.compare import Rule, doubt_about, is_doubtful, precisions, resembles, wide
from grader.judge.shapes import Misfit, pairs
from grader.judge.verdicts import outcome_of, remarks_on, right, without_value, wrong
from grader.records.answer_key import KnownMistake, WithinKey
from grader.records.evidence import Evidence, Outcome
from grader.records.values import Array, Numbers, describe
from grader.records.verdicts import Verdict


def judge_within(question: str, key: WithinKey, evidence: Evidence) -> Verdict:
    """Right if every element of every case lies in its interval, up to rounding."""
    outcomes = []
    errors = []
    outside: list[str] = []
    remarks: dict[str, None] = {}
    slug: str | None = None
    for case in key.cases:
        outcome = outcome_of(evidence, case.probe)
        if outcome.status != "returned":
            name = "" if outcome.status == "missing" else case.case
            return without_value(question, key, outcome, evidence.run.cells, case=name)
        outcomes.append(outcome)
        low = Array(case.low)
        (pair,) = pairs(low, outcome.value, low, "squeeze")
        if isinstance(pair, Misfit):
            errors.append(np.inf)
            slug = slug or pair.slug
            outside.append(f"{case.case}: {pair.words}")
            continue
        if pair.remark:
            remarks[pair.remark] = None
        error = outside_by(pair.got, case.low, case.high, key)
        errors.append(error)
        if error > 1:
            said = f"{case.case}: {describe(outcome.value)}"
            outside.append(f"{said} with {case.inputs}" if case.public else said)
    worst = max(errors)
    notes = (*remarks, *remarks_on(outcomes, key.check))
    doubt = doubt_about(key.check, worst) if is_doubtful(worst, key.rtol, key.atol) else ""
    if not outside:
        cases = f"all {len(key.cases)} cases" if len(key.cases) > 1 else "the one case"
        said = f"{key.check} is right in {cases}."
        return right(question, key, said, error=worst, remarks=notes, doubt=doubt)
    said = (
        f"{key.check} is outside of what is allowed in {len(outside)} of {len(key.cases)} "
        f"cases ({'; '.join(outside[:3])}{'; ...' if len(outside) > 3 else ''})."
    )
    mistake = _known_mistake(key, outcomes, errors) or slug or key.outside
    return wrong(question, key, said, mistake, error=worst, remarks=notes, doubt=doubt)


def outside_by(got: Numbers, low: Numbers, high: Numbers, key: WithinKey) -> float:
    """How far outside of [low, high], in units of what rounding may do at that end."""
    rtol = max(
        [
            key.rtol,
            *(granted for _, granted in precisions(got, np.maximum(np.abs(low), np.abs(high)))),
        ]
    )
    got = wide(got)
    if not np.isfinite(got).all():
        return float("inf")
    errors = [0.0]
    for bound, beyond in ((low, low - got), (high, got - high)):
        with np.errstate(all="ignore"):
            over = beyond / (rtol * np.abs(bound) + key.atol)
        errors.append(float(np.max(over, where=beyond > 0, initial=0.0)))
    return max(errors)


def _known_mistake(
    key: WithinKey, outcomes: list[Outcome], errors: list[float]
) -> KnownMistake | None:
    """The mistake whose values came in every case, and are outside in a case that is wrong."""
    rule = Rule(key.rtol, key.atol)
    for place, mistake in enumerate(key.mistakes):
        tells = 0
        for case, outcome, error in zip(key.cases, outcomes, errors):  # noqa: B905 (3.10)
            value = case.mistakes[place]
            if value is None:
                if error > 1 and np.isfinite(error):
                    break
            elif not resembles(value, outcome.value, None, rule):
                break
            else:
                tells += error > 1
        else:
            if tells:
                return mistake
    return None
