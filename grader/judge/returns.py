"""Judges return values, gradients and variables."""

from __future__ import annotations

from grader.judge.carry import is_no_derivative
from grader.judge.compare import Rule, compare, doubt_about, is_doubtful
from grader.judge.diagnose import Case, Clues, Diagnosis, diagnose
from grader.judge.facts import facts
from grader.judge.parts import parts_of
from grader.judge.telltale import is_same
from grader.judge.verdicts import named_in, outcome_of, remarks_on, right, without_value, wrong
from grader.records.answer_key import DerivativeKey, Expectation, ReturnsKey
from grader.records.evidence import Evidence, Outcome
from grader.records.values import in_short
from grader.records.verdicts import Verdict


def judge_returns(question: str, key: ReturnsKey, evidence: Evidence) -> Verdict:
    """Right if every case is right; else what is wrong, by name where it has one."""
    rule = rule_of(key)
    outcomes = []
    for expected in key.cases:
        outcome = outcome_of(evidence, expected.probe)
        if outcome.status != "returned":
            name = "" if key.reading or outcome.status == "missing" else expected.case
            return without_value(question, key, outcome, evidence.run.cells, case=name)
        outcomes.append(outcome)
    answers = [_compared(expectations, outcomes, rule) for expectations in (key.cases, *key.accept)]
    nearest = min(answers, key=_worst)
    cases = nearest if _worst(nearest) <= 1 else answers[0]
    remarks = dict.fromkeys(
        [remark for case in cases for remark in case.compared.remarks]
        + list(remarks_on(outcomes, key.check))
    )
    worst = _worst(cases)
    closest = max(case.compared.granted for case in nearest)
    is_near = is_doubtful(closest, rule.rtol, rule.atol)
    doubt = doubt_about(key.check, closest) if is_near else ""
    if worst <= 1:
        said = _why_right(key, len(cases))
        return right(question, key, said, error=worst, remarks=tuple(remarks), doubt=doubt)
    found = diagnose(cases, key.mistakes, rule, key.mechanical, _clues(key, outcomes, evidence))
    mistake = None if found is None else found.known or found.slug
    said = _why_wrong(key, cases, found)
    if found is None:
        said += _facts(cases, rule)
    if found is None and isinstance(key.carry, DerivativeKey) and is_no_derivative(key, evidence):
        said += f" It is not the derivative of your own {key.carry.loss} either."
    hint = "" if found is None else found.hint
    return wrong(
        question,
        key,
        said,
        mistake,
        hint=hint,
        error=worst,
        remarks=tuple(remarks),
        doubt=doubt,
    )


def _clues(key: ReturnsKey, outcomes: list[Outcome], evidence: Evidence) -> Clues:
    """What is known of a wrong function besides what it returned."""
    ignored = []
    for twin in key.twins:
        other = outcome_of(evidence, twin.probe)
        if other.status == "returned" and is_same(outcomes[twin.case].value, other.value):
            ignored.append(twin)
    return Clues(
        ignored=tuple(twin.argument for twin in ignored),
        biases=tuple(twin.argument for twin in ignored if twin.is_bias),
        unused=named_in(outcomes, "unused"),
        reads=named_in(outcomes, "global"),
        printed=outcomes[0].printed,
    )


def _facts(cases: list[Case], rule: Rule) -> str:
    said = facts(cases, parts_of(cases, rule))
    return f" {said}" if said else ""


def rule_of(key: ReturnsKey) -> Rule:
    """How values are compared."""
    return Rule(key.rtol, key.atol, key.shape, key.comparison, key.ignore)


def _compared(
    expectations: tuple[Expectation, ...], outcomes: list[Outcome], rule: Rule
) -> list[Case]:
    return [
        Case(expected, outcome.value, compare(expected.want, outcome.value, expected.scale, rule))
        for expected, outcome in zip(expectations, outcomes)  # noqa: B905 (3.10)
    ]


def _worst(cases: list[Case]) -> float:
    return max(case.compared.error for case in cases)


def _why_right(key: ReturnsKey, cases: int) -> str:
    if key.reading:
        return f"{key.check} has the right value."
    return f"{key.check} is right in {'the one case' if cases == 1 else f'all {cases} cases'}."


def _why_wrong(key: ReturnsKey, cases: list[Case], found: Diagnosis | None) -> str:
    amiss = [case for case in cases if not case.compared.is_right]
    names = ", ".join(case.expectation.case for case in amiss[:5])
    if len(amiss) > 5:
        names += ", ..."
    how = "is wrong" if key.reading else f"is wrong in {len(amiss)} of {len(cases)} cases ({names})"
    said = f"{key.check} {how}"
    if found is not None:
        said += f": it {found.words}" if found.known is None else f": {_known_words(found)}"
    elif amiss[0].compared.misfit is not None:
        said += f": {amiss[0].compared.misfit.words}"
    shown = next((case for case in amiss if case.expectation.public), None)
    if shown is not None:
        expected = shown.expectation
        said += f". With {expected.inputs}: "
        said += f"expected {in_short(expected.want)}, got {in_short(shown.got)}"
    return said + "."


def _known_words(found: Diagnosis) -> str:
    return f"its values are those of the known mistake {found.slug!r}"
