"""A loop over the examples is seen in how the work grows with m, not by a stopwatch."""

from __future__ import annotations

import numpy as np
import pytest

from grader.judge import judge
from grader.questions import Question, Vectorised, plan
from grader.records.evidence import Evidence, Outcome, Run
from reference import multivariate as ref

CHECK = Vectorised(
    "cost",
    ref.cost_matrix,
    lambda rng, m: (rng.normal(size=(m, 3)), rng.normal(size=(m, 1)), rng.normal(size=(3, 1))),
)


def looped(X, y, w):
    total = 0.0
    for i in range(len(X)):
        total += (X[i] @ w - y[i]).item() ** 2
    return total / (2 * len(X))


def summed_over_a_generator(X, y, w):
    return sum(r**2 for r in (X @ w - y).ravel().tolist()) / (2 * len(X))


def vectorised_with_a_loop_over_features(X, y, w):
    prediction = np.zeros((len(X), 1))
    for j in range(len(w)):
        prediction += X[:, [j]] * w[j]
    return np.mean((prediction - y) ** 2) / 2


@pytest.mark.parametrize("cost", [ref.cost_matrix, vectorised_with_a_loop_over_features])
def test_an_array_expression_is_vectorised(verdict_on, cost):
    found = verdict_on(CHECK, cost=cost)
    assert (found.credit, found.reason) == (1, "cost has no Python loop over the examples.")


@pytest.mark.parametrize("cost", [looped, summed_over_a_generator])
def test_a_loop_over_the_examples_is_named(verdict_on, cost):
    found = verdict_on(CHECK, cost=cost)
    assert (found.credit, found.mistake) == (0, "looped")
    assert "Python instructions for m = 20" in found.reason


def test_a_shortcut_with_wrong_values_earns_nothing(verdict_on):
    found = verdict_on(CHECK, cost=lambda X, y, w: 0.0)
    assert (found.credit, found.reason) == (
        0,
        "Whether cost is vectorised counts once its values are right.",
    )


def test_the_number_of_examples_is_the_author_s_m_whatever_comes_first(verdict_on):
    """w comes first here, and has as many rows in both sizes."""
    swapped = Vectorised("cost", lambda w, X: X @ w, lambda rng, m: (np.ones(3), np.ones((m, 3))))
    (key,) = plan("hw", [Question("Q1", "It", [swapped])], b"s").answer_key.questions[0].checks
    assert (key.small.size, key.large.size) == (20, 220)


def test_work_that_was_not_counted_is_a_doubt_and_not_a_credit():
    planned = plan("hw", [Question("Q1", "It", [CHECK])], b"s")
    (key,) = planned.answer_key.questions[0].checks
    outcomes = {
        each.probe: Outcome("", "returned", each.want, work=None) for each in (key.small, key.large)
    }
    (verdict,) = judge(Evidence(Run("", ()), outcomes), planned.answer_key)
    assert verdict.credit == 0
    assert verdict.doubt == "What cost does for m = 20 was not counted"
