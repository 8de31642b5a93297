"""The reference of hw1 is proven, not trusted: two kinds of differences, SymPy, and theory."""

import copy
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from reference import univariate, univariate_mistakes
from reference.arrays import Array
from reference.univariate import (
    absolute_loss,
    closed_form,
    compute_cost,
    compute_gradient,
    descend_quadratic,
    gradient_descent,
    predict,
    quadratic_coefficients,
    squared_loss,
    standardised_split,
)

within = settings(deadline=None, max_examples=60)

NUMBERS = st.floats(-10, 10).map(lambda value: round(value, 6))


@st.composite
def examples(draw: st.DrawFn) -> tuple[Array, Array]:
    """x and y of shape (m,), m from 1."""
    m = draw(st.integers(1, 20))
    return draw(arrays(np.float64, m, elements=NUMBERS)), draw(
        arrays(np.float64, m, elements=NUMBERS)
    )


def central(f: Callable[[Any], Any], at: float) -> float:
    return float((f(at + 1e-3) - f(at - 1e-3)) / 2e-3)  # exact but for rounding: f is quadratic


def complex_step(f: Callable[[Any], Any], at: float) -> float:
    return float(f(at + 1e-30j).imag / 1e-30)


def steepest_curvature(x: Array) -> float:
    """The largest eigenvalue of J's Hessian; descent with a rate below 1 over it never climbs."""
    columns = np.column_stack([x, np.ones_like(x)])
    return float(np.linalg.eigvalsh(columns.T @ columns / len(x))[-1])


# One generic set of inputs a function; the mistakes are called with the same.
X_INTS, Y_INTS = np.array([1, -2, 4, 3, 7]), np.array([2, 0, -5, 9, 4])
HEIGHTS, WEIGHTS = np.array([60, 71, 65, 68, 74, 63, 70]), np.array([1, 4, 2, 3, 6, 2, 5])
INPUTS: dict[str, tuple[Any, ...]] = {
    "predict": (X_INTS, 3, -2),
    "absolute_loss": (X_INTS, Y_INTS),
    "squared_loss": (X_INTS, Y_INTS),
    "compute_cost": (X_INTS, Y_INTS, 3, -2),
    "compute_gradient": (X_INTS, Y_INTS, 3, -2),
    "quadratic_coefficients": (X_INTS, Y_INTS, 3),
    "descend_quadratic": (2, -3, 5, 0.125, 4),
    "gradient_descent": (X_INTS, Y_INTS, 3, -2, 0.0625, 4),
    "standardised_split": (HEIGHTS, WEIGHTS),
    "closed_form": (X_INTS, Y_INTS),
}


def functions(module: Any) -> dict[str, Callable[..., Any]]:
    return {
        name: value
        for name, value in vars(module).items()
        if inspect.isfunction(value) and value.__module__ == module.__name__
    }


RIGHT = functions(univariate)
MISTAKES = functions(univariate_mistakes)


def right_name(mistake: str) -> str:
    return next(name for name in INPUTS if mistake == name or mistake.startswith(name + "_"))


def parts(result: Any) -> list[Any]:
    return list(result) if isinstance(result, tuple) else [result]


def same(one: Any, other: Any) -> bool:
    return len(parts(one)) == len(parts(other)) and all(
        np.shape(a) == np.shape(b) and np.allclose(a, b, rtol=1e-9, atol=1e-12)
        for a, b in zip(parts(one), parts(other), strict=True)
    )


def as_float64(arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(a.astype(np.float64) if isinstance(a, np.ndarray) else a for a in arguments)


# Values worked out by hand


def test_small_values_are_those_worked_out_by_hand() -> None:
    x, y = [1, 2], [2, 5]  # at w = 1, b = 1 the errors are 0 and -2
    assert predict(x, 1, 1).tolist() == [2, 3]
    assert absolute_loss([2, 3], y).tolist() == [0, 2]
    assert squared_loss([2, 3], y).tolist() == [0, 2]
    assert compute_cost(x, y, 1, 1) == 1
    assert compute_gradient(x, y, 1, 1) == (-2, -1)
    assert quadratic_coefficients(x, y, 1) == (1.25, -4.5, 4.25)
    assert descend_quadratic(1, -2, 0, 0.25, 2).tolist() == [0, 0.5, 0.75]
    w, b, history = gradient_descent(x, y, 1, 1, 0.5, 1)
    assert (w, b, history.tolist()) == (2, 1.5, [1])


# The gradient


@within
@given(examples(), NUMBERS, NUMBERS)
def test_the_gradient_is_that_of_the_objective(
    data: tuple[Array, Array], w: float, b: float
) -> None:
    x, y = data
    got = compute_gradient(x, y, w, b)
    scale = 1 + compute_cost(x, y, w, b)
    for difference, accuracy in ((central, 1e-9), (complex_step, 1e-13)):
        want = (
            difference(lambda at: compute_cost(x, y, at, b), w),
            difference(lambda at: compute_cost(x, y, w, at), b),
        )
        np.testing.assert_allclose(got, want, rtol=accuracy, atol=accuracy * scale)


def test_the_gradient_is_what_sympy_derives() -> None:
    w, b = sympy.symbols("w b")
    x, y = [1, -2, 5], [3, 4, -1]
    J = sum((w * x_i + b - y_i) ** 2 for x_i, y_i in zip(x, y, strict=True)) / sympy.Integer(6)
    at = {w: sympy.Rational(3, 4), b: sympy.Rational(-5, 2)}
    want = [float(sympy.diff(J, letter).subs(at)) for letter in (w, b)]
    assert float(J.subs(at)) == pytest.approx(compute_cost(x, y, 0.75, -2.5), rel=1e-14)
    assert compute_gradient(x, y, 0.75, -2.5) == pytest.approx(want, rel=1e-14)


@within
@given(examples(), NUMBERS, NUMBERS)
def test_the_objective_is_the_mean_of_the_squared_losses(
    data: tuple[Array, Array], w: float, b: float
) -> None:
    x, y = data
    losses = squared_loss(predict(x, w, b), y)
    np.testing.assert_allclose(losses, absolute_loss(predict(x, w, b), y) ** 2 / 2, rtol=1e-14)
    one_by_one = [compute_cost(x[i : i + 1], y[i : i + 1], w, b) for i in range(len(x))]
    np.testing.assert_allclose(compute_cost(x, y, w, b), np.mean(one_by_one), rtol=1e-12)


# The parabola


@within
@given(examples(), NUMBERS, NUMBERS)
def test_the_parabola_is_the_objective_with_b_fixed(
    data: tuple[Array, Array], w: float, b: float
) -> None:
    x, y = data
    c1, c2, c3 = quadratic_coefficients(x, y, b)
    size = c1 * w**2 + abs(c2 * w) + c3
    assert c1 >= 0
    assert c1 * w**2 + c2 * w + c3 == pytest.approx(
        compute_cost(x, y, w, b), rel=1e-12, abs=1e-13 * size + 1e-300
    )
    dj_dw, _ = compute_gradient(x, y, w, b)
    assert 2 * c1 * w + c2 == pytest.approx(dj_dw, rel=1e-12, abs=1e-12 * (1 + size))


@within
@given(
    st.floats(0.1, 10),
    NUMBERS,
    NUMBERS,
    st.floats(0.05, 1.95),
    st.integers(0, 30),
)
def test_descent_on_a_parabola_shrinks_the_distance_by_one_factor_a_step(
    c1: float, c2: float, w0: float, pace: float, steps: int
) -> None:
    alpha, lowest = pace / (2 * c1), -c2 / (2 * c1)
    path = descend_quadratic(c1, c2, w0, alpha, steps)
    assert path.shape == (steps + 1,)
    assert path[0] == w0
    want = lowest + (w0 - lowest) * (1 - pace) ** np.arange(steps + 1)
    np.testing.assert_allclose(path, want, rtol=1e-10, atol=1e-10 * (1 + abs(lowest)))


# Descent


@within
@given(examples(), NUMBERS, NUMBERS, st.integers(0, 25))
def test_history_starts_at_the_start_and_never_rises_when_alpha_is_small(
    data: tuple[Array, Array], w: float, b: float, num_iters: int
) -> None:
    x, y = data
    alpha = 0.9 / steepest_curvature(x)
    w_end, b_end, history = gradient_descent(x, y, w, b, alpha, num_iters)
    assert history.shape == (num_iters,)
    costs = np.append(history, compute_cost(x, y, w_end, b_end))
    assert costs[0] == compute_cost(x, y, w, b)
    assert np.all(np.diff(costs) <= 1e-12 * (1 + costs[0]))


@within
@given(examples(), NUMBERS, NUMBERS)
def test_a_descent_can_be_interrupted_and_resumed(
    data: tuple[Array, Array], w: float, b: float
) -> None:
    x, y = data
    whole = gradient_descent(x, y, w, b, 0.01, 5)
    w_2, b_2, first = gradient_descent(x, y, w, b, 0.01, 2)
    w_5, b_5, rest = gradient_descent(x, y, w_2, b_2, 0.01, 3)
    assert (w_5, b_5) == whole[:2]
    assert np.array_equal(np.concatenate([first, rest]), whole[2])


@within
@given(examples(), NUMBERS, NUMBERS)
def test_one_update_moves_both_numbers_from_the_same_point(
    data: tuple[Array, Array], w: float, b: float
) -> None:
    x, y = data
    dj_dw, dj_db = compute_gradient(x, y, w, b)
    assert gradient_descent(x, y, w, b, 0.5, 1)[:2] == (w - 0.5 * dj_dw, b - 0.5 * dj_db)


def test_history_falls_at_every_step_of_a_descent_that_has_not_arrived() -> None:
    *_, history = gradient_descent(X_INTS, Y_INTS, 0, 0, 0.01, 50)
    assert np.all(np.diff(history) < 0)


# The closed form


@within
@given(examples(), NUMBERS, NUMBERS)
def test_no_line_fits_better_than_the_closed_form(
    data: tuple[Array, Array], w: float, b: float
) -> None:
    x, y = data
    best = closed_form(x, y)
    scale = 1 + np.max(np.abs(x)) * np.max(np.abs(y)) + np.max(np.abs(y))
    if np.ptp(x) == 0 or np.ptp(x) > 1e-3:  # in between, the columns are nearly dependent
        np.testing.assert_allclose(compute_gradient(x, y, *best), 0, atol=1e-9 * scale)
    assert compute_cost(x, y, *best) <= compute_cost(x, y, w, b) + 1e-9 * scale


@within
@given(st.integers(0, 10_000), st.integers(2, 40))
def test_descent_arrives_at_the_closed_form(seed: int, m: int) -> None:
    rng = np.random.default_rng(seed)
    x = rng.permutation(m).astype(np.float64)
    x = (x - x.mean()) / x.std()
    y = rng.normal(size=m)
    w, b, history = gradient_descent(x, y, 5, -5, 0.5, 80)
    np.testing.assert_allclose((w, b), closed_form(x, y), rtol=1e-10, atol=1e-10)
    assert history[-1] == pytest.approx(compute_cost(x, y, *closed_form(x, y)), rel=1e-9, abs=1e-12)


def test_the_closed_form_is_slope_and_intercept_of_the_textbook() -> None:
    x, y = X_INTS.astype(float), Y_INTS.astype(float)
    slope = np.sum((x - x.mean()) * (y - y.mean())) / np.sum((x - x.mean()) ** 2)
    assert closed_form(x, y) == pytest.approx((slope, y.mean() - slope * x.mean()), rel=1e-12)


def test_the_closed_form_of_one_example_goes_through_it() -> None:
    w, b = closed_form([3], [10])
    assert (w, b) == pytest.approx((3, 1))  # the shortest (w, b) with 3w + b = 10


# The split


def test_ten_thousand_rows_are_split_eight_to_two_in_their_order() -> None:
    rng = np.random.default_rng(1)
    height, weight = rng.normal(66, 4, 10_000), rng.normal(161, 32, 10_000)
    x_train, y_train, x_test, y_test = standardised_split(height, weight)
    assert [part.shape for part in (x_train, y_train, x_test, y_test)] == [
        (8000,),
        (8000,),
        (2000,),
        (2000,),
    ]
    assert np.array_equal(np.concatenate([y_train, y_test]), weight)


@within
@given(st.integers(0, 10_000), st.integers(3, 200))
def test_heights_are_standardised_by_the_training_rows_alone(seed: int, m: int) -> None:
    rng = np.random.default_rng(seed)
    height, weight = rng.normal(66, 4, m), rng.normal(161, 32, m)
    x_train, _, x_test, _ = standardised_split(height, weight)
    assert (len(x_train), len(x_test)) == (m * 8 // 10, m - m * 8 // 10)
    assert np.mean(x_train) == pytest.approx(0, abs=1e-11)
    assert np.mean(x_train**2) == pytest.approx(1, rel=1e-11)
    train = height[: len(x_train)]
    back = np.concatenate([x_train, x_test]) * train.std() + train.mean()
    np.testing.assert_allclose(back, height, rtol=1e-12)


# What all of them promise


def test_every_function_has_inputs_here() -> None:
    assert set(INPUTS) == set(RIGHT)


@pytest.mark.parametrize(
    "function", [*RIGHT.values(), *MISTAKES.values()], ids=lambda f: f.__name__
)
def test_integers_are_taken_floats_returned_and_nothing_is_mutated(
    function: Callable[..., Any],
) -> None:
    given_arguments = INPUTS[right_name(function.__name__)]
    arguments = copy.deepcopy(given_arguments)
    floating = as_float64(arguments)
    untouched = copy.deepcopy(floating)
    got, got_of_floats = function(*arguments), function(*floating)
    assert same(got, got_of_floats)
    for part in [*parts(got), *parts(got_of_floats)]:
        assert np.asarray(part).dtype == np.float64
        assert not any(np.shares_memory(part, argument) for argument in floating)
    for before, after in zip((*given_arguments, *untouched), (*arguments, *floating), strict=True):
        assert np.array_equal(before, after)


@pytest.mark.parametrize("function", RIGHT.values(), ids=lambda f: f.__name__)
def test_small_integers_do_not_wrap_around(function: Callable[..., Any]) -> None:
    arguments = INPUTS[function.__name__]
    small = tuple(a.astype(np.int8) if isinstance(a, np.ndarray) else a for a in arguments)
    assert same(function(*small), function(*as_float64(arguments)))


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_has_the_signature_of_the_right_one_and_another_answer(name: str) -> None:
    right, mistake = RIGHT[right_name(name)], MISTAKES[name]
    assert list(inspect.signature(mistake).parameters) == list(inspect.signature(right).parameters)
    assert mistake.__doc__
    assert "\n" not in mistake.__doc__
    arguments = INPUTS[right.__name__]
    assert not same(mistake(*arguments), right(*arguments))


@pytest.mark.parametrize("name", RIGHT)
def test_no_two_mistakes_of_a_function_give_the_same(name: str) -> None:
    results = [f(*INPUTS[name]) for other, f in MISTAKES.items() if right_name(other) == name]
    for i, one in enumerate(results):
        assert not any(same(one, other) for other in results[:i])
