"""Mistakes planted in functions as students write them are named: each alone, and of two at once one
at least; never by a wrong name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from grader.judge import judge_check
from grader.judge.judge import probes_of
from grader.questions import Returns, Within, load_questions, name_of, plan
from grader.records.answer_key import ReturnsKey
from grader.records.evidence import Evidence, Run
from reference import derivatives, multivariate, univariate
from tests.judge.conftest import outcome_of
from tests.judge.planted import BASES, alone, pairs

SOLUTIONS = {"hw1": univariate, "hw2": derivatives, "hw3": multivariate}
NOT_NAMED = {None, "raised"}


class Homework:
    """An assignment with its plan, made once."""

    def __init__(self, name: str, root: Any) -> None:
        self.questions = load_questions(root / f"assignments/{name}/questions.py", root)
        self._plan = plan(name, self.questions, b"a secret")
        self._solution = {k: v for k, v in vars(SOLUTIONS[name]).items() if callable(v)}

    def verdict(self, check: str, **defined: Any) -> Any:
        """On a notebook that is right but for what is defined here."""
        question, key = next(
            (question.id, key)
            for question in self._plan.answer_key.questions
            for key in question.checks
            if key.check == check
        )
        if isinstance(key, ReturnsKey):
            key = replace(key, carry=None)  # the name is what is asked, not what is carried
        namespace = {"np": np, **self._solution, **defined}
        needed = set(probes_of(key))
        outcomes = {p.id: outcome_of(p, namespace) for p in self._plan.probes if p.id in needed}
        return judge_check(question, key, Evidence(Run("", ()), outcomes)).verdict

    def verdict_on(self, check: str, source: str) -> Any:
        namespace: dict[str, Any] = {"np": np, **self._solution}
        exec(compile(source, "<cell 1>", "exec"), namespace)
        return self.verdict(check, **namespace)


@pytest.fixture(scope="module")
def homework(root):
    return {name: Homework(name, root) for name in SOLUTIONS}


@pytest.mark.parametrize("name", SOLUTIONS)
def test_what_mistakes_are_planted_in_is_right_and_has_no_name(homework, name):
    for base in BASES[name]:
        verdict = homework[name].verdict_on(base.function, base.source)
        assert (verdict.credit, verdict.mistake) == (1, None), base.function


@pytest.mark.parametrize("name", SOLUTIONS)
def test_every_known_mistake_of_the_shipped_assignments_is_named(homework, name):
    for question in homework[name].questions:
        for check in question.checks:
            if not isinstance(check, (Returns, Within)):
                continue
            for mistake in check.mistakes:
                function = name_of(check)
                verdict = homework[name].verdict(function, **{function: mistake.wrong})
                assert verdict.mistake == mistake.slug, (function, verdict.reason)
                assert verdict.credit == mistake.credit


@pytest.mark.parametrize("name", SOLUTIONS)
def test_every_mistake_alone_is_named(homework, name):
    for base in BASES[name]:
        for planted in alone(base):
            verdict = homework[name].verdict_on(base.function, planted.source)
            assert verdict.mistake == planted.slips[0].slugs[0], (planted.id, verdict.reason)
            assert verdict.hint, planted.id


@pytest.mark.scale
def test_of_two_at_once_none_gets_a_wrong_name_and_four_of_five_a_true_one(homework):
    named = total = 0
    for name, bases in BASES.items():
        for base in bases:
            for planted in pairs(base):
                verdict = homework[name].verdict_on(base.function, planted.source)
                if verdict.credit == 1:
                    continue  # the two undo each other
                total += 1
                if verdict.mistake in NOT_NAMED:
                    continue
                named += 1
                assert verdict.mistake in planted.true_names, (planted.id, verdict.reason)
    assert total > 300
    assert named / total >= 0.88
