"""Right solutions give the tolerance; a mistake that is let in, or nearly, is named."""

from __future__ import annotations

import numpy as np
import pytest

from grader.audit.calibration import calibrate
from grader.audit.variants import variants
from grader.questions import Case, Mistake, Question, Returns, Variable, Vectorised, plan
from grader.questions.load import load_questions
from grader.records.values import value_of
from reference import multivariate as ref

SECRET = b"a secret"


def regression(m):
    return lambda rng: (rng.normal(size=(m, 3)), rng.normal(size=(m, 1)), rng.normal(size=(3, 1)))


CASES = [Case("m = 5", regression(5)), Case("m = 40", regression(40))]


def nearly(*args):
    return ref.cost_matrix(*args) * (1 + 2e-6)


def made(check, **settings):
    """The answer key of one check, and its variants."""
    questions = [Question("Q1", "It", [check])]
    key = plan("hw", questions, SECRET).answer_key
    return key, variants(questions, key, SECRET, **settings)


def calibrated(check, **settings):
    (found,) = calibrate(*made(check, **settings))
    return found


def cost(**settings):
    return Returns("cost_matrix", ref.cost_matrix, CASES, **settings)


@pytest.mark.parametrize("homework", ["hw1", "hw2", "hw3"])
def test_the_shipped_tolerances_tell_right_from_wrong(root, homework):
    questions = load_questions(root / f"assignments/{homework}/questions.py", root)
    for secret in (b"one", b"another"):
        key = plan(homework, questions, secret).answer_key
        found = calibrate(key, variants(questions, key, secret))
        assert len(found) >= 3
        assert [problem for each in found for problem in each.problems] == []
        assert all(each.needed < 1e-14 and each.suggested == 1e-12 for each in found)


def test_every_way_to_the_same_values_is_tried(root):
    found = calibrated(cost(), others={"cost_matrix": [ref.cost_loop]})
    assert {name for name, _ in found.errors} == {
        "by columns", "backwards in memory", "in long double", "in float32",
        "the last example first", "one at a time, averaged", "cost_loop",
    }  # fmt: skip
    assert found.problems == ()


def test_a_tolerance_below_rounding_is_too_tight_and_one_is_suggested():
    found = calibrated(cost(rtol=1e-16, atol=0.0))
    (problem,) = found.problems
    assert problem.startswith("cost_matrix (Q1): rtol=1e-16 is too tight: right solutions come ")
    assert problem.endswith("; rtol=1e-12 would do")
    assert 1e-17 < found.needed < 1e-14
    worst, error = found.errors[0]
    assert f"{worst} ({error:.2g})" in problem


@pytest.mark.parametrize(("rtol", "is_named"), [(1e-6, True), (1e-7, False)])
def test_a_tolerance_that_a_known_mistake_comes_near_is_too_wide(rtol, is_named):
    found = calibrated(cost(rtol=rtol, mistakes=[Mistake("nearly", nearly)]))
    assert found.nearest == ("nearly", pytest.approx(2e-6 / rtol, rel=0.5))
    assert bool(found.problems) == is_named
    for problem in found.problems:
        assert "rtol=1e-06 is too wide: the known mistake 'nearly' is only " in problem
        assert problem.endswith("times what is tolerated off; rtol=1e-12 would do")


def test_the_nearest_mistake_is_that_which_shows_least_in_its_worst_case():
    mistakes = [
        Mistake("far", lambda *a: 2 * ref.cost_matrix(*a)),
        Mistake("in-one-case", lambda X, y, w: ref.cost_matrix(X, y, w) + 1e-3 * (len(X) == 5)),
        Mistake("raises-somewhere", lambda X, y, w: nearly(X, y, w) if len(X) == 5 else 1 / 0),
    ]
    slug, error = calibrated(cost(mistakes=mistakes)).nearest
    assert slug == "in-one-case"
    assert error > 1e3


def test_where_right_and_wrong_are_too_close_no_tolerance_is_suggested():
    cancelling = Returns(
        "difference",
        lambda x: (x + 1e3) - 1e3,
        [Case("x", lambda rng: (rng.random(4),))],
        scale=lambda x: x,
        rtol=1e-14,
        mistakes=[Mistake("nearly", lambda x: ((x + 1e3) - 1e3) * (1 + 3e-12))],
    )
    found = calibrated(cancelling)
    assert found.suggested is None
    assert "; other cases are needed" in found.problems[0]


def test_a_shape_or_a_variable_without_solutions_is_not_judged():
    assert calibrate(*made(Variable("v", 3.0))) == []
    key, solutions = made(Variable("v", 3.0))
    solutions["by hand"] = {
        case.probe: value_of(3.0 + 1e-8) for case in key.questions[0].checks[0].cases
    }
    (found,) = calibrate(key, solutions)
    assert found.errors == (("by hand", pytest.approx(1e-8 / 3e-7, rel=1e-3)),)


def names(check):
    return set(made(check)[1])


def test_where_the_order_of_the_examples_matters_it_is_kept():
    vector = [Case("x", lambda rng: (rng.normal(size=9),))]
    assert "the last example first" not in names(Returns("running", np.cumsum, vector))
    assert "the last example first" in names(Returns("squares", np.square, vector))
    assert "one at a time, in a list" in names(Returns("squares", np.square, vector))
    assert "one at a time, summed" in names(Returns("sum", np.sum, vector))
    assert "one at a time, averaged" in names(Returns("mean", np.mean, vector))
    split = Returns("split", lambda x: (x[:6], x[6:]), vector)
    assert names(split) == {"by columns", "backwards in memory", "in long double", "in float32"}


def test_what_numpy_cannot_do_in_another_precision_is_left_out():
    solve = Returns("solve", lambda X, y, w: np.linalg.lstsq(X, y, rcond=None)[0], CASES)
    assert "in long double" not in names(solve)
    assert "by columns" in names(solve)


def test_functions_lists_and_dicts_as_arguments_are_no_obstacle():
    check = Returns(
        "predict",
        lambda model, x, bias=0.0: {"y": [model["w"] * each + bias for each in x]},
        [Case("x", ({"w": 0.1}, [0.5, 0.3]), kwargs={"bias": 0.7})],
    )
    found = calibrated(check)
    assert dict(found.errors)["in float32"] < 0.01
    assert found.problems == ()


def test_other_orders_do_round_otherwise():
    def errors(function):
        vectors = [Case(f"{m}", lambda rng, m=m: (rng.normal(size=m),)) for m in (901, 2001, 4001)]
        return dict(calibrated(Returns("f", function, vectors)).errors)

    assert errors(np.sum)["the last example first"] > 0
    assert errors(np.sum)["one at a time, summed"] > 0
    assert errors(np.sum)["in long double"] > 0
    product = [Case("A x", lambda rng: (rng.normal(size=(50, 40)), rng.normal(size=40)))]
    found = dict(calibrated(Returns("f", np.matmul, product)).errors)
    assert found["by columns"] > 0
    assert found["backwards in memory"] > 0


def test_the_values_of_a_vectorised_function_are_calibrated_too():
    check = Vectorised("cost", ref.cost_matrix, lambda rng, m: regression(m)(rng))
    found = calibrated(check)
    assert len(found.errors) >= 5
    assert (found.nearest, found.problems) == (None, ())
