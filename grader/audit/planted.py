"""Known mistakes, each put before the judge as if a student had made it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from grader.judge import judge_check
from grader.judge.training import objective_at
from grader.questions import Check, Expression, Question
from grader.records.answer_key import (
    AnswerKey,
    CheckKey,
    ExpressionKey,
    KnownMistake,
    ObjectiveAtKey,
    ReturnsKey,
    TrainedKey,
    WithinKey,
)
from grader.records.evidence import Evidence, Outcome, Run
from grader.records.values import Array, Numbers, Value
from grader.records.verdicts import Verdict

Answers = Mapping[str, Value | None]
"""By the ids of probes; None where there is no value, because it raises."""


@dataclass(frozen=True)
class Planted:
    """A known mistake, and what the judge says of it."""

    question: str
    check: str
    mistake: KnownMistake
    verdict: Verdict

    @property
    def problem(self) -> str:
        """What is wrong with that, in words; "" if it loses what it should and has its name."""
        what = f"{self.check} ({self.question}): the known mistake {self.mistake.slug!r}"
        if self.verdict.credit == 1 != self.mistake.credit and self.verdict.mistake is None:
            return (
                f"{what} is right in every case: it is no mistake, or a case is missing that tells "
                "it from the right answer"
            )
        said = []
        if self.verdict.credit != self.mistake.credit:
            said.append(
                f"earns {_plain(self.verdict.credit)} instead of {_plain(self.mistake.credit)}"
            )
        if self.verdict.mistake != self.mistake.slug:
            said.append(f"is called {self.verdict.mistake or 'nothing'}")
        if not said:
            return ""
        return f"{what} {' and '.join(said)}"


def planted(questions: Sequence[Question], answer_key: AnswerKey) -> list[Planted]:
    """All known mistakes of an assignment.

    Args:
        answer_key: of these questions.
    """
    return [
        Planted(question.id, check_key.check, mistake, verdict_on(question.id, check_key, answers))
        for question, key in zip(questions, answer_key.questions, strict=True)
        for check, check_key in zip(question.checks, key.checks, strict=True)
        for mistake, answers in _answers(check, check_key)
    ]


def _answers(check: Check, key: CheckKey) -> Iterator[tuple[KnownMistake, Answers]]:
    """What each known mistake of a check answers."""
    if isinstance(key, ExpressionKey) and isinstance(check, Expression):
        for mistake, declared in zip(key.mistakes, check.mistakes, strict=True):
            yield mistake, {key.probe: declared.wrong}
    else:
        yield from known_answers(key)


def known_answers(key: CheckKey) -> Iterator[tuple[KnownMistake, Answers]]:
    """What each known mistake of a check answers, as far as the key alone tells: all but texts."""
    if isinstance(key, (ReturnsKey, WithinKey)):
        for place, mistake in enumerate(key.mistakes):
            yield mistake, {case.probe: case.mistakes[place] for case in key.cases}
    elif isinstance(key, ObjectiveAtKey):
        best, *_ = np.linalg.lstsq(key.objective.X, key.objective.y, rcond=None)
        for mistake, data in key.mistakes:
            value = Array(np.asarray(objective_at(data, best)))
            yield mistake, {key.probe: value, **as_parameters(key, best)}


def verdict_on(question: str, key: CheckKey, answers: Answers) -> Verdict:
    """What the judge says of these answers, as if a student had given them."""
    outcomes = {
        probe: Outcome("", "raised" if value is None else "returned", value, work=0)
        for probe, value in answers.items()
    }
    return judge_check(question, key, Evidence(Run("", ()), outcomes)).verdict


def as_parameters(key: TrainedKey | ObjectiveAtKey, w: Numbers) -> dict[str, Value | None]:
    """The variables that make up w, laid one after the other."""
    first, *others = key.parameters
    place = len(w) - len(others)
    values: dict[str, Value | None] = {first.probe: Array(w[:place])}
    for parameter, number in zip(others, w[place:], strict=True):
        values[parameter.probe] = Array(np.asarray(number))
    return values


def _plain(credit: Decimal | None) -> str:
    return "no credit yet" if credit is None else f"{credit.normalize():f}"
