"""Training is judged by what matters: it falls, it diverges where it should, it comes near."""

from __future__ import annotations

import numpy as np
import pytest

from grader.questions import Case, Property
from grader.questions.properties import comes_near, falls, grows

DATA = (np.array([1.0, 2.0, 3.0]), np.array([2.0, 3.9, 6.2]))


def J(w):
    x, y = DATA
    return float(np.mean((w * x - y) ** 2) / 2)


def descend(x, y, alpha, steps, *, sign=1.0, used=None):
    w, history = 0.0, []
    for _ in range(steps):
        history.append(float(np.mean((w * x - y) ** 2) / 2))
        w -= sign * (alpha if used is None else used) * float(np.mean((w * x - y) * x))
    return w, history


def objective(result, x, y, alpha, steps):
    return np.mean((result[0] * x - y) ** 2) / 2


def optimum(x, y, alpha, steps):
    return objective((x @ y / (x @ x),), x, y, alpha, steps)


SMALL = Property("descend", falls(at=(1,)), [Case("0.1", (*DATA, 0.1, 20))], says="it falls")
LARGE = Property("descend", grows(at=(1,)), [Case("1.0", (*DATA, 1.0, 20))], says="it grows")
LONG = Property(
    "descend",
    comes_near(objective, optimum, 0.01),
    [Case("long", (*DATA, 0.1, 200))],
    says="it ends",
)


def ascend(*args):
    return descend(*args, sign=-1.0)


def small_steps(*args):
    return descend(*args, used=1e-5)


@pytest.mark.parametrize("check", [SMALL, LARGE, LONG])
def test_a_right_descent_has_them_all(verdict_on, check):
    assert verdict_on(check, descend=descend).credit == 1


@pytest.mark.parametrize(
    ("check", "wrong", "slug", "said"),
    [
        (SMALL, ascend, "objective-rises", "it rises from 9."),
        (SMALL, lambda *a: (0.0, [0.0] * 20), "not-trained", "it stays at 0"),
        (SMALL, lambda *a: 3.0, "wrong-shape", "there is no history of numbers where it should be"),
        (SMALL, lambda *a: (3.0, []), "wrong-shape", "the history is empty"),
        (SMALL, lambda *a: (3.0, [1.0, np.nan]), "not-finite", "there is NaN or infinity"),
        (SMALL, lambda *a: (3.0, "text"), "wrong-shape", "there is no history of numbers"),
        (LARGE, small_steps, "does-not-grow", "it goes from 9."),
        (LARGE, lambda *a: None, "wrong-shape", "there is no history of numbers"),
        (LONG, small_steps, "not-trained", "its optimum 0.00"),
        (LONG, lambda *a: (np.inf, []), "not-finite", "the objective at it is inf"),
    ],
)
def test_what_is_wrong_is_named_and_said(verdict_on, check, wrong, slug, said):
    found = verdict_on(check, descend=wrong)
    assert (found.credit, found.mistake) == (0, slug)
    assert f": {said}" in found.reason or said in found.reason
    assert found.hint


def test_a_descent_that_overflows_grows(verdict_on):
    assert verdict_on(LARGE, descend=lambda *a: (np.nan, [1.0, np.inf])).credit == 1


def test_one_that_has_come_to_rest_may_tremble(verdict_on):
    trembling = [1.0, 0.5, 0.5 * (1 + 1e-12), 0.5]
    assert verdict_on(SMALL, descend=lambda *a: (0.0, trembling)).credit == 1
    assert verdict_on(SMALL, descend=lambda *a: (0.0, [1.0, 0.5, 0.500001])).credit == 0


def test_the_boundary_is_where_the_author_sets_it(verdict_on):
    def ends_at(percent):
        best = float(DATA[0] @ DATA[1] / (DATA[0] @ DATA[0]))
        off = np.sqrt(2 * percent / 100 * J(best) / np.mean(DATA[0] ** 2))
        return lambda *a: (best + off, [])

    assert verdict_on(LONG, descend=ends_at(0.99)).credit == 1
    assert verdict_on(LONG, descend=ends_at(1.01)).credit == 0
    exact = Property("f", comes_near(lambda r: r, 0.0), [Case("x", ())], says="it is zero")
    assert verdict_on(exact, f=lambda: 1e-10).credit == 1
    assert verdict_on(exact, f=lambda: 1e-8).credit == 0


def test_an_answer_that_the_objective_cannot_take_is_for_a_person(verdict_on):
    found = verdict_on(LONG, descend=lambda *a: None)
    assert found.credit is None
    assert found.doubt.startswith("the property of descend raised TypeError")
    nowhere = Property("f", comes_near(lambda r: r, np.nan), [Case("x", ())], says="no")
    assert verdict_on(nowhere, f=lambda: 1.0).doubt.endswith("ValueError: the optimum is nan")
