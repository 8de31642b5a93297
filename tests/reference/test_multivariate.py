"""The reference of hw3 is proven, not trusted: differences, loops against matrices, theory."""

import copy
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from reference import multivariate, multivariate_mistakes, univariate
from reference.arrays import Array
from reference.multivariate import (
    add_bias,
    cost_loop,
    cost_matrix,
    fit,
    gradient_loop,
    gradient_matrix,
    normal_equation,
    single_instance_gradient,
)

within = settings(deadline=None, max_examples=60)

NUMBERS = st.floats(-10, 10).map(lambda value: round(value, 6))
Problem = tuple[Array, Array, Array]


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """X (m, n), y (m, 1) and w (n, 1); m and n from 1, either the larger."""
    m, n = draw(st.integers(1, 12)), draw(st.integers(1, 6))
    shapes = ((m, n), (m, 1), (n, 1))
    X, y, w = (draw(arrays(np.float64, shape, elements=NUMBERS)) for shape in shapes)
    return X, y, w


def by_complex_step(f: Callable[[Any], Any], at: Array) -> Array:
    """The gradient of the number f, a column: denominator layout."""
    slopes = [f(at + 1e-30j * step[:, None]).imag / 1e-30 for step in np.eye(len(at))]
    return np.array(slopes)[:, None]


def by_central_differences(f: Callable[[Any], Any], at: Array) -> Array:
    """The same by differences, exact but for rounding: f is quadratic."""
    steps = 1e-3 * np.eye(len(at))[:, :, None]
    return np.array([(f(at + step) - f(at - step)) / 2e-3 for step in steps])[:, None]


def steepest_curvature(X: Array) -> float:
    """The largest eigenvalue of J's Hessian; descent with a rate below 1 over it never climbs."""
    return max(float(np.linalg.eigvalsh(X.T @ X / len(X))[-1]), 1e-6)


# Values worked out by hand


def test_small_values_are_those_worked_out_by_hand() -> None:
    X, y, w = [[1, 2], [1, 3]], [[4], [5]], [[1], [1]]  # residuals -1 and -1
    assert add_bias([[2], [3]]).tolist() == X
    assert cost_loop(X, y, w) == cost_matrix(X, y, w) == 0.5
    assert gradient_loop(X, y, w).tolist() == gradient_matrix(X, y, w).tolist() == [[-1], [-2.5]]
    assert single_instance_gradient(w, [[1], [2]], 4).tolist() == [[-1], [-2]]
    at, history = fit(X, y, 0.5, 1)
    assert at.tolist() == [[2.25], [5.75]]  # from 0, where the gradient is (-4.5, -11.5)
    assert history.tolist() == [(16 + 25) / 4]


# Gradients


@within
@given(problems())
def test_both_gradients_are_that_of_the_objective(problem: Problem) -> None:
    X, y, w = problem
    for cost in (cost_loop, cost_matrix):
        scale = 1 + cost(X, y, w)
        for difference, accuracy in ((by_central_differences, 1e-8), (by_complex_step, 1e-12)):
            want = difference(lambda at, cost=cost: cost(X, y, at), w)
            for gradient in (gradient_loop, gradient_matrix):
                got = gradient(X, y, w)
                assert got.shape == w.shape
                np.testing.assert_allclose(got, want, rtol=accuracy, atol=accuracy * scale)


@within
@given(problems())
def test_the_gradient_of_one_example_is_that_of_its_loss(problem: Problem) -> None:
    X, y, w = problem
    x, target = X[:1].T, float(y[0, 0])

    def loss(at: Any) -> Any:
        return ((at.T @ x - target) ** 2 / 2).item()

    got, scale = single_instance_gradient(w, x, target), 1 + loss(w)
    assert got.shape == w.shape
    np.testing.assert_allclose(got, by_complex_step(loss, w), rtol=1e-12, atol=1e-12 * scale)
    np.testing.assert_allclose(got, by_central_differences(loss, w), rtol=1e-8, atol=1e-8 * scale)


@within
@given(problems())
def test_the_gradient_is_the_mean_of_those_of_the_examples(problem: Problem) -> None:
    X, y, w = problem
    each = [single_instance_gradient(w, X[i : i + 1].T, y[i, 0]) for i in range(len(X))]
    np.testing.assert_allclose(
        gradient_matrix(X, y, w), np.mean(each, axis=0), rtol=1e-11, atol=1e-9
    )


# Loops and matrices


@within
@given(problems())
def test_loop_and_matrix_agree(problem: Problem) -> None:
    X, y, w = problem
    cost = cost_matrix(X, y, w)
    assert np.shape(cost) == np.shape(cost_loop(X, y, w)) == ()
    assert cost_loop(X, y, w) == pytest.approx(cost, rel=1e-11, abs=1e-12)
    np.testing.assert_allclose(
        gradient_loop(X, y, w), gradient_matrix(X, y, w), rtol=1e-11, atol=1e-12 * (1 + cost)
    )


@within
@given(problems())
def test_one_feature_and_a_bias_is_univariate_regression(problem: Problem) -> None:
    X, y, _ = problem
    x, targets, w = X[:, 0], y[:, 0], np.array([[0.75], [-2.0]])
    with_bias = add_bias(X[:, :1])
    cost = univariate.compute_cost(x, targets, -2.0, 0.75)
    dj_dw, dj_db = univariate.compute_gradient(x, targets, -2.0, 0.75)
    assert cost_matrix(with_bias, y, w) == pytest.approx(cost, rel=1e-12, abs=1e-12)
    np.testing.assert_allclose(
        gradient_matrix(with_bias, y, w), [[dj_db], [dj_dw]], rtol=1e-11, atol=1e-11
    )
    slope, bias, history = univariate.gradient_descent(x, targets, 0, 0, 0.005, 6)
    at, same_history = fit(with_bias, y, 0.005, 6)
    np.testing.assert_allclose(at, [[bias], [slope]], rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(same_history, history, rtol=1e-10, atol=1e-10)


@within
@given(problems())
def test_the_bias_is_a_column_of_ones_in_front(problem: Problem) -> None:
    X, _, w = problem
    with_bias = add_bias(X)
    assert with_bias.shape == (X.shape[0], X.shape[1] + 1)
    assert np.all(with_bias[:, 0] == 1)
    assert np.array_equal(with_bias[:, 1:], X)
    np.testing.assert_allclose(
        with_bias @ np.vstack([[[5.0]], w]), X @ w + 5, rtol=1e-12, atol=1e-11
    )


# Descent and the closed form


@within
@given(problems(), st.integers(0, 25))
def test_history_starts_at_zero_weights_and_never_rises_when_alpha_is_small(
    problem: Problem, num_iters: int
) -> None:
    X, y, _ = problem
    w, history = fit(X, y, 0.9 / steepest_curvature(X), num_iters)
    assert w.shape == (X.shape[1], 1)
    assert history.shape == (num_iters,)
    costs = np.append(history, cost_matrix(X, y, w))
    assert costs[0] == cost_matrix(X, y, np.zeros_like(w))
    assert np.all(np.diff(costs) <= 1e-12 * (1 + costs[0]))


@within
@given(problems())
def test_no_weights_fit_better_than_the_normal_equation(problem: Problem) -> None:
    X, y, w = problem
    best = normal_equation(X, y)
    assert best.shape == w.shape
    scale = 1 + float(np.sum(y**2))
    assert cost_matrix(X, y, best) <= cost_matrix(X, y, w) + 1e-9 * scale


@within
@given(problems())
def test_descent_comes_as_near_to_the_optimum_as_theory_says(problem: Problem) -> None:
    X, y, _ = problem
    alpha, best = 1 / steepest_curvature(X), normal_equation(X, y)
    w, _ = fit(X, y, alpha, 40)
    # Convex and smooth, rate 1/L: J(w_k) - J* <= |w_0 - w*|^2 / (2 alpha k).
    bound = float(np.sum(best**2)) / (2 * alpha * 40)
    gap = cost_matrix(X, y, w) - cost_matrix(X, y, best)
    assert gap <= bound * (1 + 1e-9) + 1e-9 * (1 + float(np.sum(y**2)))


@within
@given(st.integers(0, 10_000), st.integers(1, 5), st.integers(0, 30))
def test_descent_arrives_at_the_normal_equation(seed: int, n: int, more: int) -> None:
    rng = np.random.default_rng(seed)
    # Singular values from 1 to 2, so that 400 steps are plenty.
    Q, _ = np.linalg.qr(rng.normal(size=(n + more, n)))
    X = np.sqrt(n + more) * Q * np.linspace(1, 2, n)
    y = rng.normal(size=(n + more, 1))
    w, _ = fit(X, y, 0.25, 400)
    best = normal_equation(X, y)
    np.testing.assert_allclose(w, best, rtol=1e-9, atol=1e-10)
    np.testing.assert_allclose(best, np.linalg.solve(X.T @ X, X.T @ y), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(gradient_matrix(X, y, best), 0, atol=1e-12)


# What all of them promise

X_INTS = np.array([[1, 2, -3], [1, 0, 4], [1, 5, 2], [1, -1, 6]])
Y_INTS, W_INTS = np.array([[3], [-2], [7], [1]]), np.array([[2], [-1], [3]])
INPUTS: dict[str, tuple[Any, ...]] = {
    "add_bias": (X_INTS,),
    "single_instance_gradient": (W_INTS, X_INTS[:1].T.copy(), 5),
    "cost_loop": (X_INTS, Y_INTS, W_INTS),
    "gradient_loop": (X_INTS, Y_INTS, W_INTS),
    "cost_matrix": (X_INTS, Y_INTS, W_INTS),
    "gradient_matrix": (X_INTS, Y_INTS, W_INTS),
    "fit": (X_INTS, Y_INTS, 0.03125, 4),
    "normal_equation": (X_INTS, Y_INTS),
}


def functions(module: Any) -> dict[str, Callable[..., Any]]:
    return {
        name: value
        for name, value in vars(module).items()
        if inspect.isfunction(value) and value.__module__ == module.__name__
    }


RIGHT = functions(multivariate)
MISTAKES = functions(multivariate_mistakes)


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
    arguments = tuple(
        100 * a if isinstance(a, np.ndarray) else a for a in INPUTS[function.__name__]
    )
    small = tuple(a.astype(np.int16) if isinstance(a, np.ndarray) else a for a in arguments)
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


def test_starting_at_ones_is_descent_from_ones() -> None:
    w, history = np.ones((3, 1)), []
    for _ in range(4):
        history.append(cost_matrix(X_INTS, Y_INTS, w))
        w = w - 0.03125 * gradient_matrix(X_INTS, Y_INTS, w)
    assert same(multivariate_mistakes.fit_starts_at_ones(*INPUTS["fit"]), (w, np.array(history)))
