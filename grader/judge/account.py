"""What a verdict was made of, case by case: for whoever has to defend a score."""

from __future__ import annotations

from dataclasses import dataclass

from grader.judge.carry import slopes_of, steps_of
from grader.judge.compare import Rule, compare
from grader.judge.properties import NONE, Properties, said_of
from grader.judge.returns import rule_of
from grader.judge.verdicts import outcome_of
from grader.records.answer_key import (
    CheckKey,
    DerivativeKey,
    Expectation,
    ExpressionKey,
    FigureKey,
    ObjectiveAtKey,
    PropertyKey,
    ReturnsKey,
    StepsKey,
    TrainedKey,
    VectorisedKey,
    WithinKey,
    WrittenKey,
)
from grader.records.evidence import Evidence, Outcome
from grader.records.values import Array, in_short


@dataclass(frozen=True)
class CaseAccount:
    """One case of a check.

    Attributes:
        probe: the id of the probe that asked, "" if there was none.
        expected: in words.
        got: in words: a value, or what came instead.
        error: over tolerance; None where there is no such number.
    """

    case: str
    probe: str
    expected: str
    got: str
    error: float | None = None


def account_of(
    key: CheckKey, evidence: Evidence, properties: Properties = NONE
) -> list[CaseAccount]:
    """The cases of a check with what was expected and what came. Pure, as `judge` is."""
    if isinstance(key, ReturnsKey):
        cases = [_compared(case, rule_of(key), evidence) for case in key.cases]
        is_right = all(case.error is not None and case.error <= 1 for case in cases)
        return cases if is_right else [*cases, *_carried(key, evidence)]
    if isinstance(key, VectorisedKey):
        rule = Rule(key.rtol, key.atol, key.shape, "normwise")
        return [_compared(case, rule, evidence) for case in (key.small, key.large)]
    if isinstance(key, WithinKey):
        return [_within(key, place, evidence) for place in range(len(key.cases))]
    if isinstance(key, PropertyKey):
        return [_by_property(key, place, evidence, properties) for place in range(len(key.cases))]
    if isinstance(key, ExpressionKey):
        outcome = outcome_of(evidence, key.probe)
        return [CaseAccount("as typed", key.probe, "the same values", _came(outcome))]
    if isinstance(key, (TrainedKey, ObjectiveAtKey)):
        own = () if isinstance(key, TrainedKey) else (key.probe,)
        return [
            CaseAccount("the notebook's own run", probe, "", _came(outcome_of(evidence, probe)))
            for probe in (*own, *key.parameters)
        ]
    return []


def rule_in_words(key: CheckKey) -> str:
    """What right means for a check."""
    if isinstance(key, ReturnsKey):
        which = "one error for each array" if key.comparison == "normwise" else "element by element"
        shape = "shapes as asked" if key.shape == "exact" else "axes of length one do not matter"
        what = "a variable" if key.reading else "return values"
        return f"{what}, {which}, {_tolerance(key.rtol, key.atol)}; {shape}"
    if isinstance(key, WithinKey):
        return f"every element within its interval, {_tolerance(key.rtol, key.atol)}"
    if isinstance(key, ExpressionKey):
        return (
            f"an expression in {key.variable} with the same values at {len(key.points)} points, "
            f"rtol {key.rtol:g}"
        )
    if isinstance(key, TrainedKey):
        return (
            f"the objective within {100 * key.within:g} % of its optimum, {key.optimum:.8g}, on "
            f"{len(key.objective.y)} examples"
        )
    if isinstance(key, ObjectiveAtKey):
        return f"the objective at the student's own parameters, rtol {key.rtol:g}"
    if isinstance(key, VectorisedKey):
        return "right values, and Python instructions that do not grow with the examples"
    if isinstance(key, PropertyKey):
        return f"a property: {key.says}"
    if isinstance(key, FigureKey):
        return f"at least {key.at_least} figure{'s' * (key.at_least != 1)} in the executed notebook"
    assert isinstance(key, WrittenKey)
    return "a person reads it"


def _tolerance(rtol: float, atol: float) -> str:
    return f"rtol {rtol:g} of the terms that are summed, atol {atol:g}"


def _compared(case: Expectation, rule: Rule, evidence: Evidence) -> CaseAccount:
    outcome = outcome_of(evidence, case.probe)
    error = None
    got = _came(outcome)
    if outcome.status == "returned":
        compared = compare(case.want, outcome.value, case.scale, rule)
        error = compared.error
        if compared.misfit is not None:
            got += f" ({compared.misfit.words})"
    if outcome.work is not None:
        got += f", in {outcome.work} Python instructions"
    return CaseAccount(case.case, case.probe, in_short(case.want), got, error)


def _carried(key: ReturnsKey, evidence: Evidence) -> list[CaseAccount]:
    """What tells whether a wrong answer is right on top of an earlier one."""
    carry = key.carry
    accounts = []
    if isinstance(carry, DerivativeKey):
        for line, found in zip(carry.slopes, slopes_of(key, carry, evidence)):  # noqa: B905 (3.10)
            where = f"the slope of the own {carry.loss} at {key.cases[line.case].case!r}"
            if found is None:
                accounts.append(CaseAccount(where, line.ahead[0], "a slope", "none to be had"))
                continue
            measured = f"{found.measured:.8g} +- {found.uncertainty:.1g}"
            claimed = f"{found.claimed:.8g}"
            accounts.append(CaseAccount(where, line.ahead[0], measured, claimed, found.error))
    if isinstance(carry, StepsKey):
        for place, step in enumerate(steps_of(carry, evidence)):
            where = f"step {place + 1} along the own {carry.gradient}"
            probe = carry.reached[place]
            if step is None:
                accounts.append(CaseAccount(where, probe, "a step", "none to be had"))
                continue
            want, got = in_short(Array(step.expected)), in_short(Array(step.got))
            accounts.append(CaseAccount(where, probe, want, got, step.error))
    return accounts


def _within(key: WithinKey, place: int, evidence: Evidence) -> CaseAccount:
    case = key.cases[place]
    allowed = f"from {in_short(Array(case.low))} to {in_short(Array(case.high))}"
    return CaseAccount(case.case, case.probe, allowed, _came(outcome_of(evidence, case.probe)))


def _by_property(
    key: PropertyKey, place: int, evidence: Evidence, properties: Properties
) -> CaseAccount:
    case = key.cases[place]
    outcome = outcome_of(evidence, case.probe)
    if outcome.status != "returned":
        return CaseAccount(case.case, case.probe, key.says, _came(outcome))
    said = said_of(key, case, outcome.value, properties)
    verdict = said.doubt or ("so it is" if said.holds else said.reason or "it is not so")
    return CaseAccount(case.case, case.probe, f"{key.says}: {verdict}", _came(outcome))


def _came(outcome: Outcome) -> str:
    if outcome.status == "returned":
        return in_short(outcome.value)
    at = f" ({outcome.where})" if outcome.where else ""
    return f"{outcome.status}{f': {outcome.error}' if outcome.error else ''}{at}"
