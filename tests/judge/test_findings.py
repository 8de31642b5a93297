"""What a page shows of a wrong answer; and that a hidden case is not in it."""

from __future__ import annotations

from dataclasses import fields, is_dataclass

import numpy as np
import pytest

from grader.judge.findings import COLUMNS, ROWS
from grader.questions import (
    Case,
    Data,
    DerivativeOf,
    Expression,
    Gradient,
    Property,
    Returns,
    StepsAlong,
    Trained,
    Variable,
    Within,
)
from reference import univariate as ref

X, Y = np.array([1.0, 2.0, 3.0]), np.array([2.0, 3.0, 5.0])
HIDDEN = 987654.25
"""Is in the hidden case, its answer, and what a wrong function gives."""


def twice(x):
    return 2 * x


def square_root_up(x, y):
    return np.sqrt(np.abs(x)) + y


PAIR = [
    Case("public", (X, Y), public=True),
    Case("hidden", lambda rng: (np.full(3, HIDDEN), np.full(3, HIDDEN))),
]


def everything_in(thing):
    """All texts and numbers of records in records."""
    if is_dataclass(thing):
        for field in fields(thing):
            yield from everything_in(getattr(thing, field.name))
    elif isinstance(thing, (tuple, list)):
        for item in thing:
            yield from everything_in(item)
    elif isinstance(thing, np.ndarray):
        yield from thing.ravel().tolist()
    else:
        yield thing


def test_a_public_case_is_shown_with_inputs_expected_got_and_error(seen_of):
    case = Case("x = 3", (3.0,), public=True)
    found = seen_of(Returns("twice", twice, [case]), twice=lambda x: x + 1)
    (shown,) = found.cases
    assert (shown.name, shown.inputs, shown.expected, shown.got) == ("x = 3", "x = 3.0", "6", "4")
    assert shown.off == 2
    assert shown.error > 1e5
    assert shown.differences == ()


@pytest.mark.parametrize(
    "check",
    [
        Returns("f", square_root_up, PAIR),
        Gradient("f", square_root_up, PAIR),
        Within("f", lambda x, y: x - 1, lambda x, y: x + 1, PAIR),
        Property("f", lambda result, x, y: False, PAIR, says="it holds"),
        Returns("f", square_root_up, PAIR[1:]),
    ],
    ids=lambda check: type(check).__name__,
)
@pytest.mark.parametrize("answer", [lambda x, y: 7 * x - y, lambda x, y: x / 0, None])
def test_of_a_hidden_case_nothing_is_shown_but_that_it_went_wrong(seen_of, check, answer):
    found = seen_of(check, f=answer)
    said = [str(each) for each in everything_in(found)]
    assert not [each for each in said if "9876" in each or "hidden" in each or "592593" in each]
    if not isinstance(check, Property) and answer is not None:
        assert found.hidden == 1


def test_a_hidden_case_is_shown_where_that_is_asked_for(seen_of):
    found = seen_of(Returns("f", square_root_up, PAIR), f=lambda x, y: x, shows_hidden=True)
    assert [case.name for case in found.cases] == ["public", "hidden"]
    assert found.hidden == 0
    assert "987654.2" in found.cases[1].got


def test_what_a_variable_should_be_is_not_shown_and_what_it_is_is(seen_of):
    found = seen_of(Variable("v", np.full(3, HIDDEN)), v=np.array([1.0, 2.0, 3.0]))
    (shown,) = found.cases
    assert (shown.expected, shown.got, shown.error) == (None, "[1, 2, 3]", None)
    assert shown.differences == ()


def test_what_was_typed_is_shown_and_the_answer_is_not(seen_of):
    (shown,) = seen_of(Expression("d1", "2*x + 1"), d1="2*x").cases
    assert (shown.expected, shown.got) == (None, "the text '2*x'")


@pytest.mark.parametrize("status", ["missing", "not a function"])
def test_a_function_that_is_not_there_has_no_cases(seen_of, status):
    names = {} if status == "missing" else {"twice": 3}
    case = Case("x = 3", (3.0,), public=True)
    assert seen_of(Returns("twice", twice, [case]), **names).is_empty


def test_what_was_raised_is_what_was_got(seen_of):
    def twice_(x):
        raise ValueError("so not")

    case = Case("x = 3", (3.0,), public=True)
    (shown,) = seen_of(Returns("twice", twice, [case]), twice=twice_).cases
    assert shown.got.startswith("raised ValueError: so not")
    assert shown.expected == "6"


def test_where_an_array_differs(seen_of):
    case = Case("a matrix", (np.arange(6.0).reshape(2, 3),), public=True)

    def off_by_one_number(x):
        result = 2 * x
        result[1, 2] += 5
        return result

    (shown,) = seen_of(Returns("twice", twice, [case]), twice=off_by_one_number).cases
    (where,) = shown.differences
    assert where.wrong.tolist() == [[0, 0, 0], [0, 0, 1]]
    assert (where.count, where.worst, where.expected, where.got) == (1, (1, 2), "10", "15")


def test_what_is_not_finite_is_where_it_differs(seen_of):
    case = Case("a vector", (np.arange(3.0),), public=True)
    found = seen_of(Returns("twice", twice, [case]), twice=lambda x: np.array([0.0, np.nan, 4.0]))
    (where,) = found.cases[0].differences
    assert (where.wrong.tolist(), where.worst) == ([[0, 1, 0]], (1,))


@pytest.mark.parametrize("shape", [(1000,), (300, 400), (7, 5, 4), (1, 1, 90)])
def test_a_large_array_is_drawn_in_blocks(seen_of, shape):
    case = Case("large", (np.ones(shape),), public=True)
    (shown,) = seen_of(Returns("twice", twice, [case]), twice=lambda x: 3 * x).cases
    (where,) = shown.differences
    assert where.wrong.shape[0] <= ROWS
    assert where.wrong.shape[1] <= COLUMNS
    assert where.count == np.prod(shape)
    assert where.wrong.min() == 1
    assert len(shown.got) < 200


def test_no_picture_of_shapes_that_do_not_fit(seen_of):
    case = Case("a vector", (np.arange(3.0),), public=True)
    (shown,) = seen_of(Returns("twice", twice, [case]), twice=lambda x: np.ones(4)).cases
    assert shown.differences == ()
    assert "shape (3,) is asked for" in shown.got


POINTS = [
    Case("three points", (X, Y, 0.5, 1.0), public=True),
    *(Case(f"hidden {m}", lambda rng, m=m: (rng.normal(size=m), rng.normal(size=m), 0.7, -0.6))
      for m in (5, 9)),
]  # fmt: skip
COST = Returns("compute_cost", ref.compute_cost, POINTS)
GRADIENT = Gradient(
    "compute_gradient",
    ref.compute_gradient,
    POINTS,
    carry=DerivativeOf("compute_cost", wrt=("w", "b")),
)


def test_a_gradient_beside_the_slope_of_the_own_loss_at_public_points_alone(seen_of):
    def summed(x, y, w, b):
        return tuple(len(x) * part for part in ref.compute_gradient(x, y, w, b))

    names = {"compute_gradient": summed, "compute_cost": ref.compute_cost}
    found = seen_of(GRADIENT, beside=[COST], **names)
    (line,) = found.tangents
    assert (line.name, line.agree) == ("three points", False)
    assert line.answered == pytest.approx(3 * line.measured)
    # the objective at (0.5, 1) is 1.25
    assert line.losses == pytest.approx([1.25] * 4, rel=2e-2)
    everything = seen_of(GRADIENT, beside=[COST], shows_hidden=True, **names)
    assert len(everything.tangents) == 3


def test_a_gradient_of_the_own_wrong_loss_agrees_with_it(seen_of):
    found = seen_of(
        GRADIENT,
        beside=[COST],
        compute_cost=lambda x, y, w, b: 2 * ref.compute_cost(x, y, w, b),
        compute_gradient=lambda x, y, w, b: tuple(
            2 * part for part in ref.compute_gradient(x, y, w, b)
        ),
    )
    assert [line.agree for line in found.tangents] == [True]


DESCENT = Returns(
    "gradient_descent",
    ref.gradient_descent,
    [
        Case("five steps", (X, Y, 0.5, 1.0, 0.1, 5), public=True),
        Case("hidden", lambda rng: (HIDDEN * X, HIDDEN * Y, 0.5, 1.0, 1e-13, 9)),
    ],
    carry=StepsAlong(
        "compute_gradient",
        arguments=("x", "y", "w", "b"),
        parameters={"w": (0,), "b": (1,)},
        history=(2,),
        loss="compute_cost",
    ),
)


def test_a_descent_is_drawn_beside_the_references(seen_of):
    def slow(x, y, w, b, alpha, num_iters):
        return ref.gradient_descent(x, y, w, b, alpha / 2, num_iters)

    found = seen_of(DESCENT, beside=[COST, GRADIENT], gradient_descent=slow)
    (curve,) = found.curves
    assert curve.name == "the case five steps"
    assert curve.reference == pytest.approx(ref.gradient_descent(X, Y, 0.5, 1.0, 0.1, 5)[2])
    assert curve.own == pytest.approx(ref.gradient_descent(X, Y, 0.5, 1.0, 0.05, 5)[2])


def test_a_history_that_is_none_is_not_drawn(seen_of):
    found = seen_of(
        DESCENT, beside=[COST, GRADIENT], gradient_descent=lambda *args: (1.0, 2.0, "falling")
    )
    assert found.curves == ()


TRAINED = Trained(["w", "b"], Data(X, Y), history="losses", curve=lambda: [3.0, 2.0, 1.0])


def test_a_training_run_is_drawn_beside_the_references(seen_of):
    found = seen_of(TRAINED, w=0.0, b=0.0, losses=[5.0, 4.0])
    (curve,) = found.curves
    assert (curve.own.tolist(), curve.reference.tolist()) == ([5, 4], [3, 2, 1])


@pytest.mark.parametrize("losses", [None, "none", [1.0], np.ones((3, 3)), 3.0, [1j, 2j]])
def test_a_training_run_without_a_row_of_numbers_is_not_drawn(seen_of, losses):
    names = {} if losses is None else {"losses": losses}
    assert seen_of(TRAINED, w=0.0, b=0.0, **names).is_empty
