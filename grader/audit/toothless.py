"""Checks that something wrong passes: they give points away, and nobody complains.

Each wrong answer is put before the judge as if a student had given it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from grader.audit.planted import Answers, as_parameters, known_answers, verdict_on
from grader.judge.resembles import agree
from grader.judge.typed import decimals
from grader.records.answer_key import (
    AnswerKey,
    CheckKey,
    ExpressionKey,
    ObjectiveAtKey,
    ReturnsKey,
    TrainedKey,
    VectorisedKey,
    WithinKey,
)
from grader.records.values import Array, Value
from grader.records.values import Mapping as MappingValue
from grader.records.values import Sequence as SequenceValue
from grader.records.verdicts import Verdict

ZEROS = "an answer of zeros"


@dataclass(frozen=True)
class Toothless:
    """A check, and the wrong answer that passes it."""

    question: str
    check: str
    passes: str

    @property
    def words(self) -> str:
        return f"{self.check} ({self.question}): {self.passes} passes"


def toothless(answer_key: AnswerKey) -> list[Toothless]:
    """Checks that a known mistake of theirs passes in every case, or an answer of zeros."""
    return [
        Toothless(question.id, key.check, what)
        for question in answer_key.questions
        for key in question.checks
        for what, passes in _wrong_answers(question.id, key)
        if passes
    ]


def untried(answer_key: AnswerKey) -> list[tuple[str, str]]:
    """The question and name of checks that could know mistakes, and know none: whether they fail
    anything wrong has not been tried."""
    return [
        (question.id, key.check)
        for question in answer_key.questions
        for key in question.checks
        if isinstance(key, (ReturnsKey, WithinKey, ExpressionKey, ObjectiveAtKey))
        and not key.mistakes
    ]


def given_away(verdicts: Sequence[Verdict]) -> list[Toothless]:
    """Checks that the students' notebook earns something for before anyone has filled it in.

    Args:
        verdicts: on that notebook.
    """
    return [
        Toothless(verdict.question, verdict.check, "the notebook that nobody has filled in")
        for verdict in verdicts
        if verdict.credit
    ]


def _wrong_answers(question: str, key: CheckKey) -> Iterator[tuple[str, bool]]:
    """Wrong answers by their names, and whether they pass."""

    def passes(answers: Answers) -> bool:
        verdict = verdict_on(question, key, answers)
        return verdict.credit == 1 and verdict.mistake is None

    for mistake, answers in known_answers(key):
        yield f"the known mistake {mistake.slug!r}", passes(answers)
    if isinstance(key, ReturnsKey) and not key.reading:
        yield ZEROS, passes({case.probe: _zeros(case.want) for case in key.cases})
    elif isinstance(key, WithinKey):
        yield ZEROS, passes({case.probe: _zeros(Array(case.low)) for case in key.cases})
    elif isinstance(key, VectorisedKey):
        yield ZEROS, passes({case.probe: _zeros(case.want) for case in (key.small, key.large)})
    elif isinstance(key, ExpressionKey):
        for known, values in zip(key.mistakes, key.mistaken, strict=True):
            passed = agree(decimals(values), decimals(key.want), key.rtol)
            yield f"the known mistake {known.slug!r}", passed
    elif isinstance(key, TrainedKey):
        start = np.zeros(key.objective.X.shape[1])
        yield "what is not trained at all", passes(as_parameters(key, start))


def _zeros(value: Value) -> Value:
    """The same structure with nothing but zeros, and empty texts."""
    if isinstance(value, Array):
        return Array(np.zeros_like(value.data))
    if isinstance(value, SequenceValue):
        return SequenceValue(tuple(_zeros(item) for item in value.items), value.origin)
    if isinstance(value, MappingValue):
        return MappingValue(tuple((name, _zeros(item)) for name, item in value.items))
    return "" if isinstance(value, str) else value
