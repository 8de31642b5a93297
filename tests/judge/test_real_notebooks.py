"""Answers as they come from notebooks of other courses, through the public way in."""

from __future__ import annotations

import numpy as np
import pytest

from grader.errors import GraderError
from grader.judge import judge
from grader.questions import Case, Question, Returns, plan
from grader.records.evidence import Evidence, Measurement, Outcome, Run
from grader.records.values import value_of


def a_matrix(rows):
    return np.array(rows).view(np.matrix)  # np.matrix() itself warns


def verdict_on(check, *answers):
    """The verdict on a check whose cases were answered with these values."""
    planned = plan("hw", [Question("Q1", "A question", checks=[check])], b"secret")
    outcomes = {
        probe.id: Outcome("key", "returned", value_of(answer))
        for probe, answer in zip(planned.probes, answers, strict=True)
    }
    evidence = Evidence(Run("run", (), (), ""), outcomes, Measurement())
    (verdict,) = judge(evidence, planned.answer_key)
    return verdict


X = np.array([[1.0, 2.0], [3.0, 5.0], [4.0, 4.0]])
Y = np.array([[0.0, 1.0], [2.0, -5.0], [1.0, 1.0]])


def population(X):
    return X.std(axis=0)


def sample(X):
    return X.std(axis=0, ddof=1)


def deviation():
    cases = [Case("first", (X,)), Case("second", (Y,))]
    return Returns("deviation", population, cases, accept=[sample])


@pytest.mark.parametrize("answer", [population, sample])
def test_each_accepted_answer_is_right(answer):
    verdict = verdict_on(deviation(), answer(X), answer(Y))
    assert (verdict.credit, verdict.mistake) == (1, None)
    assert verdict.reason == "deviation is right in all 2 cases."


def test_one_accepted_answer_must_fit_all_cases():
    verdict = verdict_on(deviation(), population(X), sample(Y))
    assert verdict.credit == 0
    assert "wrong in 1 of 2 cases (second)" in verdict.reason


def test_an_ignored_part_does_not_hide_what_the_others_resemble():
    def forward(x):
        return x.mean(), {"cache": x}

    check = Returns("forward", forward, [Case("m = 3", (X[:, 0],)), Case("m = 2", (X[:2, 0],))],
                    ignore=[(1,)])  # fmt: skip
    verdict = verdict_on(check, (X[:, 0].sum(), None), (X[:2, 0].sum(), "own cache"))
    assert verdict.mistake == "missing-1-over-m"


def test_a_missing_mean_is_seen_where_the_examples_are_columns():
    def gradient(w, X):
        return X @ X.T @ w / X.shape[1]

    w = np.array([[1.0], [2.0]])
    cases = [Case("m = 3", (w, X[:, :2].T)), Case("m = 2", (w, Y[:2].T))]
    answers = [gradient(*case.args) * case.args[1].shape[1] for case in cases]
    verdict = verdict_on(Returns("gradient", gradient, cases), *answers)
    assert verdict.mistake == "missing-1-over-m"


@pytest.mark.parametrize(
    ("answer", "slug"),
    [((0, 0), "always-zero"), ((0.0, np.zeros(())), "always-zero"), ((7.0, 7.0), "hard-coded")],
)
def test_a_function_that_does_not_look_at_its_inputs_is_named(answer, slug):
    def cost(x):
        return float(x @ x)

    cases = [Case("one", (X[0],)), Case("two", (Y[1],))]
    assert verdict_on(Returns("cost", cost, cases), *answer).mistake == slug


def test_an_answer_that_may_be_zero_is_not_called_unwritten():
    def positive(x):
        return max(0.0, float(x.sum()))

    cases = [Case("below", (-X[0],)), Case("above", (X[0],))]
    verdict = verdict_on(Returns("positive", positive, cases), 0.0, 4.0)
    assert verdict.mistake is None


def test_matrices_are_arguments_of_a_case():
    def cost(X, theta):
        return float(np.sum(np.power(X @ theta.T, 2)))

    case = Case("matrices", (a_matrix(X), a_matrix([[1.0, 2.0]])))
    planned = plan("hw", [Question("Q1", "Cost", checks=[Returns("cost", cost, [case])])], b"s")
    (probe,) = planned.probes
    assert [argument.origin for argument in probe.args] == ["matrix", "matrix"]
    assert verdict_on(Returns("cost", cost, [case]), cost(*case.args)).credit == 1


def test_the_inputs_of_a_public_case_show_the_named_ones_too():
    case = Case("one step", (2.0,), public=True, kwargs={"rate": 0.5})
    verdict = verdict_on(Returns("step", lambda w, rate: w - rate * w, [case]), 3.0)
    assert "With w = 2.0, rate = 0.5: expected 1, got 3" in verdict.reason


def test_an_argument_that_cannot_be_sent_is_an_error_of_the_author():
    check = Returns("f", lambda g: 1.0, [Case("a function", (len,))])
    with pytest.raises(GraderError, match="an argument cannot be sent") as caught:
        plan("hw", [Question("Q1", "f", checks=[check])], b"secret")
    assert "case 'a function'" in str(caught.value)
