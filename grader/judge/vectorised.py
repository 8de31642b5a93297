"""Judges whether a function loops over the examples in Python."""

from __future__ import annotations

from grader.judge.compare import Rule, compare, doubt_about, is_doubtful
from grader.judge.verdicts import outcome_of, right, without_value, wrong
from grader.records.answer_key import VectorisedKey
from grader.records.evidence import Evidence
from grader.records.verdicts import Verdict

PER_EXAMPLE = 1.0
"""A loop executes at least a handful of instructions for each example, an array expression none."""


def judge_vectorised(question: str, key: VectorisedKey, evidence: Evidence) -> Verdict:
    """Credit if the values are right and the instructions do not grow with m."""
    rule = Rule(key.rtol, key.atol, key.shape, "normwise")
    work = []
    doubt = ""
    for expected in (key.small, key.large):
        outcome = outcome_of(evidence, expected.probe)
        if outcome.status != "returned":
            return without_value(question, key, outcome, evidence.run.cells, case=expected.case)
        compared = compare(expected.want, outcome.value, expected.scale, rule)
        if is_doubtful(compared.granted, key.rtol, key.atol):
            doubt = doubt_about(key.check, compared.granted)
        if not compared.is_right:
            said = f"Whether {key.check} is vectorised counts once its values are right."
            return wrong(question, key, said, doubt=doubt)
        if outcome.work is None:
            said = f"What {key.check} does for {expected.case} was not counted"
            return wrong(question, key, f"{said}.", doubt=said)
        work.append(outcome.work)
    m = (key.small.size or 0, key.large.size or 0)
    growth = (work[1] - work[0]) / max(1, m[1] - m[0])
    if growth < PER_EXAMPLE:
        said = f"{key.check} has no Python loop over the examples."
        return right(question, key, said, doubt=doubt)
    said = (
        f"{key.check} loops over the examples: {work[0]} Python instructions for {key.small.case}, "
        f"{work[1]} for {key.large.case}."
    )
    return wrong(question, key, said, "looped", doubt=doubt)
