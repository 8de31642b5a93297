"""What a slip in the reference would give is recognised, if it is sure."""

from __future__ import annotations

import numpy as np
import pytest

from grader.judge.cases import Diagnosis
from grader.judge.mechanical import in_common
from grader.questions import Case, Mistake, Returns


def cost(x, y, w, b):
    m = len(x)
    total = 0.0
    for i in range(m):
        total += (w * x[i] + b - y[i]) ** 2
    return total / (2 * m)


def points(m):
    return lambda rng: (rng.normal(size=m), rng.normal(size=m), rng.normal(), rng.normal())


CASES = [Case(f"m = {m}", points(m)) for m in (1, 2, 5, 30)]
COST = Returns("cost", cost, CASES)

GIVES = {
    "forgot-bias": lambda x, y, w, b: np.mean((w * x - y) ** 2) / 2,
    "sign-flipped": lambda x, y, w, b: np.mean((w * x - b - y) ** 2) / 2,
    "absolute-for-squared": lambda x, y, w, b: np.mean(np.abs(w * x + b - y)) / 2,
    "wrong-iteration-count": lambda x, y, w, b: np.sum((w * x + b - y)[1:] ** 2) / 2 / len(x),
    "overwritten-sum": lambda x, y, w, b: (w * x + b - y)[-1] ** 2 / (2 * len(x)),
    "only-for-one-example": lambda x, y, w, b: (w * x + b - y)[0] ** 2 / (2 * len(x)),
    "wrong-order": lambda x, y, w, b: np.mean((b * x + w - y) ** 2) / 2,
    "ignores-argument": lambda x, y, w, b: np.mean((x + b - y) ** 2) / 2,
}


@pytest.mark.parametrize("slug", GIVES)
def test_a_slip_is_named_however_the_student_writes_it(verdict_on, slug):
    found = verdict_on(COST, cost=GIVES[slug])
    assert (found.mistake, found.credit) == (slug, 0), found.reason
    assert found.hint


def test_the_author_s_mistake_comes_first_with_its_hint_and_credit(verdict_on):
    mine = Mistake("no-intercept", GIVES["forgot-bias"], "What about b?", credit=0.5)
    found = verdict_on(Returns("cost", cost, CASES, mistakes=[mine]), cost=GIVES["forgot-bias"])
    assert (found.mistake, found.hint, found.credit) == ("no-intercept", "What about b?", 0.5)


def test_two_at_once_are_both_said(verdict_on):
    found = verdict_on(COST, cost=lambda x, y, w, b: np.sum((w * x - y)[1:] ** 2) / 2 / len(x))
    assert found.mistake == "forgot-bias"
    assert "leaves out b and leaves out the first pass of a loop" in found.reason


def test_a_slip_and_a_transform_are_both_said(verdict_on):
    found = verdict_on(COST, cost=lambda x, y, w, b: -np.mean((w * x - y) ** 2) / 2)
    assert found.mistake == "forgot-bias"
    assert "Check the sign" in found.hint


def test_what_is_a_slip_s_answer_in_some_cases_only_is_not_named_after_it(verdict_on):
    def sometimes(x, y, w, b):
        return GIVES["absolute-for-squared"](x, y, w, b) + (len(x) == 5)

    assert verdict_on(COST, cost=sometimes).mistake is None


def test_one_case_alone_is_no_evidence(verdict_on):
    """In one of two cases the slip gives what is right."""
    cases = [Case("no bias", lambda rng: (*points(5)(rng)[:3], 0.0)), Case("m = 5", points(5))]
    found = verdict_on(
        Returns("cost", cost, cases),
        cost=lambda x, y, w, b: np.mean((w * x - b - y) ** 2) / 2,
    )
    assert found.mistake is None


def test_only_what_all_explanations_agree_about_is_said():
    one = Diagnosis("forgot-bias", "leaves out b", others=("sign-flipped",))
    other = Diagnosis("sign-flipped", "turns it round", others=("factor-2",))
    assert in_common([one]) == one
    assert in_common([one, other]).slugs == ("sign-flipped",)
    assert in_common([one, Diagnosis("factor-2", "twice")]) is None
    assert in_common([]) is None
