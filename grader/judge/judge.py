"""The judge: evidence and answer key in, verdicts out."""

from __future__ import annotations

from grader.judge.notebook import judge_figure, judge_written
from grader.judge.returns import judge_returns
from grader.judge.training import judge_objective_at, judge_trained
from grader.judge.typed import judge_expression
from grader.judge.vectorised import judge_vectorised
from grader.judge.within import judge_within
from grader.records.answer_key import (
    AnswerKey,
    CheckKey,
    ExpressionKey,
    FigureKey,
    ObjectiveAtKey,
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


def judge(evidence: Evidence, answer_key: AnswerKey) -> tuple[Verdict, ...]:
    """A verdict for every check, in the order of the key. A pure function of its arguments."""
    return tuple(
        judge_check(question.id, check, evidence)
        for question in answer_key.questions
        for check in question.checks
    )


def judge_check(question: str, key: CheckKey, evidence: Evidence) -> Verdict:
    """The verdict on one check."""
    verdict: Verdict = _JUDGES[type(key)](question, key, evidence)  # type: ignore[operator]
    return verdict
