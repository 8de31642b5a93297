"""The judge: evidence and answer key in, verdicts out."""

from __future__ import annotations

from dataclasses import replace

from grader.judge.answers import answer_of
from grader.judge.carry import Checked, carried_by, settled
from grader.judge.notebook import judge_figure, judge_written
from grader.judge.properties import NONE, Properties, judge_property
from grader.judge.returns import judge_returns
from grader.judge.training import judge_objective_at, judge_trained
from grader.judge.typed import judge_expression
from grader.judge.vectorised import judge_vectorised
from grader.judge.verdicts import RIGHT
from grader.judge.within import judge_within
from grader.records.answer_key import (
    AnswerKey,
    CheckKey,
    ExpressionKey,
    FigureKey,
    ObjectiveAtKey,
    PropertyKey,
    ReturnsKey,
    TrainedKey,
    VectorisedKey,
    WithinKey,
    WrittenKey,
)
from grader.records.evidence import Evidence
from grader.records.verdicts import Verdict

_JUDGES = {
    ReturnsKey: judge_returns,
    WithinKey: judge_within,
    ExpressionKey: judge_expression,
    TrainedKey: judge_trained,
    ObjectiveAtKey: judge_objective_at,
    VectorisedKey: judge_vectorised,
    FigureKey: judge_figure,
    WrittenKey: judge_written,
}


def judge(
    evidence: Evidence, answer_key: AnswerKey, properties: Properties = NONE
) -> tuple[Verdict, ...]:
    """A verdict for every check, in the order of the key. A pure function of its arguments.

    Args:
        properties: the functions of the author's that the key names.
    """
    return settled(
        [
            judge_check(question.id, check, evidence, properties)
            for question in answer_key.questions
            for check in question.checks
        ]
    )


def probes_of(key: CheckKey) -> tuple[str, ...]:
    """The ids of the probes whose outcomes decide about a check; none for what is looked at in the
    notebook itself, or by a person."""
    if isinstance(key, ReturnsKey):
        carry = () if key.carry is None else key.carry.probes
        twins = (twin.probe for twin in key.twins)
        return (*(case.probe for case in key.cases), *twins, *carry)
    if isinstance(key, (WithinKey, PropertyKey)):
        return tuple(case.probe for case in key.cases)
    if isinstance(key, ExpressionKey):
        return (key.probe,)
    if isinstance(key, TrainedKey):
        return tuple(parameter.probe for parameter in key.parameters)
    if isinstance(key, ObjectiveAtKey):
        return (key.probe, *(parameter.probe for parameter in key.parameters))
    if isinstance(key, VectorisedKey):
        return key.small.probe, key.large.probe
    return ()


def judge_check(
    question: str, key: CheckKey, evidence: Evidence, properties: Properties = NONE
) -> Checked:
    """One check by itself; `settled` makes the verdicts of a submission from all of them."""
    if isinstance(key, PropertyKey):
        return Checked(judge_property(question, key, evidence, properties))
    verdict: Verdict = _JUDGES[type(key)](question, key, evidence)  # type: ignore[operator]
    if verdict.credit not in (None, RIGHT):
        verdict = replace(verdict, answer=answer_of(key, evidence))
    has_values = verdict.error_over_tolerance is not None and verdict.credit != RIGHT
    if isinstance(key, ReturnsKey) and has_values:
        return Checked(verdict, carried_by(key, evidence))
    return Checked(verdict)
