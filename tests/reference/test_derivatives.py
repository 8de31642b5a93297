"""The reference of hw2 is proven, not trusted: SymPy, complex step, central differences."""

import copy
import inspect
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sympy.parsing.sympy_parser import convert_xor, parse_expr, standard_transformations

from reference import derivatives, derivatives_mistakes
from reference.arrays import Array
from reference.derivatives import (
    ANSWERS,
    FUNCTIONS,
    abs_derivative,
    abs_subgradient_bounds,
    d_Ax_dx,
    d_wTx_dw,
    d_xTAx_dx,
    numerical_derivative,
    relu_derivative,
    relu_subgradient_bounds,
)
from reference.derivatives_mistakes import MISTAKEN_ANSWERS

within = settings(deadline=None, max_examples=60)

NUMBERS = st.floats(-10, 10).map(lambda value: round(value, 6))
SIZES = st.integers(1, 6)
LETTER = sympy.Symbol("x", real=True)


def expression(text: str) -> sympy.Expr:
    """The text as SymPy reads it: e is the base, ^ the power. For our own texts only."""
    names = {"x": LETTER, "e": sympy.E, "ln": sympy.log}
    return parse_expr(text, names, transformations=(*standard_transformations, convert_xor))


def matrices(m: int, n: int) -> st.SearchStrategy[Array]:
    return arrays(np.float64, (m, n), elements=NUMBERS)


def by_complex_step(f: Callable[[Any], Any], at: Array) -> Array:
    """df/dx in denominator layout, (n, m): row i is the slope of the column f along x_i."""
    rows = [
        f(at + 1e-30j * direction[:, None]).imag.ravel() / 1e-30 for direction in np.eye(len(at))
    ]
    return np.array(rows)


def by_central_differences(f: Callable[[Any], Any], at: Array) -> Array:
    """The same by differences, exact but for rounding: f is at most quadratic."""
    rows = [
        (f(at + 1e-3 * step[:, None]) - f(at - 1e-3 * step[:, None])).ravel() / 2e-3
        for step in np.eye(len(at))
    ]
    return np.array(rows)


# The typed answers


@pytest.mark.parametrize("question", FUNCTIONS)
def test_an_answer_is_the_derivative_that_sympy_finds(question: str) -> None:
    want = sympy.diff(expression(FUNCTIONS[question]), LETTER)
    assert sympy.simplify(expression(ANSWERS[question]) - want) == 0


@pytest.mark.parametrize("question", FUNCTIONS)
@pytest.mark.parametrize("x", [0.3, 1.0, 2.5])
def test_an_answer_is_what_the_numerical_derivative_and_complex_step_give(
    question: str, x: float
) -> None:
    f = sympy.lambdify(LETTER, expression(FUNCTIONS[question]), "numpy")
    answer = float(expression(ANSWERS[question]).subs(LETTER, x))
    assert numerical_derivative(f, x, 1e-5) == pytest.approx(answer, rel=1e-8, abs=1e-9)
    assert np.imag(f(x + 1e-30j)) / 1e-30 == pytest.approx(answer, rel=1e-13)


@pytest.mark.parametrize(
    ("question", "slug"), [(q, slug) for q, slugs in MISTAKEN_ANSWERS.items() for slug in slugs]
)
def test_a_mistaken_answer_is_wrong_in_its_own_way(question: str, slug: str) -> None:
    texts = MISTAKEN_ANSWERS[question]
    others = [ANSWERS[question], *(text for other, text in texts.items() if other != slug)]
    for other in others:
        assert sympy.simplify(expression(texts[slug]) - expression(other)) != 0


def test_every_question_has_a_function_an_answer_and_mistakes() -> None:
    assert list(FUNCTIONS) == list(ANSWERS) == list(MISTAKEN_ANSWERS)
    assert all(MISTAKEN_ANSWERS.values())


def test_slugs_are_in_kebab_case() -> None:
    slugs = {slug for texts in MISTAKEN_ANSWERS.values() for slug in texts}
    assert all(part.isalnum() and part.islower() for slug in slugs for part in slug.split("-"))


# The numerical derivative


@within
@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS, st.floats(1e-3, 1))
def test_the_central_difference_is_exact_for_parabolas(
    c1: float, c2: float, c3: float, x: float, h: float
) -> None:
    got = numerical_derivative(lambda t: c1 * t**2 + c2 * t + c3, x, h)
    assert got == pytest.approx(2 * c1 * x + c2, rel=1e-9, abs=1e-8)


@within
@given(NUMBERS, st.floats(0.01, 1))
def test_the_central_difference_of_a_cube_is_off_by_h_squared(x: float, h: float) -> None:
    got = numerical_derivative(lambda t: t**3, x, h)
    assert got - 3 * x**2 == pytest.approx(h**2, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize(
    ("f", "slope"),
    [(math.sin, math.cos), (math.exp, math.exp), (math.tanh, lambda x: 1 - math.tanh(x) ** 2)],
)
def test_the_central_difference_is_close_for_smooth_functions(
    f: Callable[[float], float], slope: Callable[[float], float]
) -> None:
    assert numerical_derivative(f, 0.7, 1e-5) == pytest.approx(slope(0.7), rel=1e-9)


# The kinks


@within
@given(NUMBERS.filter(lambda x: abs(x) > 1e-3))
def test_away_from_the_kink_the_derivatives_are_those_of_sympy_and_of_differences(x: float) -> None:
    for derivative, bounds, formula, f in (
        (abs_derivative, abs_subgradient_bounds, sympy.Abs(LETTER), abs),
        (relu_derivative, relu_subgradient_bounds, sympy.Max(0, LETTER), lambda t: max(0.0, t)),
    ):
        want = float(sympy.diff(formula, LETTER).subs(LETTER, x))
        assert derivative(x) == want
        assert bounds(x) == (want, want)
        assert numerical_derivative(f, x, 1e-4) == pytest.approx(want, abs=1e-9)


@pytest.mark.parametrize("zero", [0, 0.0, -0.0, np.float64(0)])
def test_at_the_kink_the_bounds_are_the_one_sided_slopes(zero: float) -> None:
    assert abs_subgradient_bounds(zero) == (-1, 1)
    assert relu_subgradient_bounds(zero) == (0, 1)
    assert -1 <= abs_derivative(zero) <= 1
    assert 0 <= relu_derivative(zero) <= 1


@within
@given(NUMBERS, NUMBERS)
def test_every_bound_is_a_subgradient_a_line_below_the_function(x: float, other: float) -> None:
    for slope in (*abs_subgradient_bounds(x), abs_derivative(x)):
        assert abs(other) >= abs(x) + slope * (other - x) - 1e-12
    for slope in (*relu_subgradient_bounds(x), relu_derivative(x)):
        assert max(0, other) >= max(0, x) + slope * (other - x) - 1e-12


# Vectors


@within
@given(st.data(), SIZES, SIZES)
def test_the_derivative_of_Ax_in_denominator_layout(data: st.DataObject, m: int, n: int) -> None:
    A, x = data.draw(matrices(m, n)), data.draw(matrices(n, 1))
    got = d_Ax_dx(A)
    assert got.shape == (n, m)
    np.testing.assert_allclose(got, by_complex_step(lambda at: A @ at, x), rtol=1e-13, atol=1e-13)
    np.testing.assert_allclose(got, by_central_differences(lambda at: A @ at, x), atol=1e-9)


@within
@given(st.data(), SIZES)
def test_the_derivative_of_the_quadratic_form_in_denominator_layout(
    data: st.DataObject, n: int
) -> None:
    A, x = data.draw(matrices(n, n)), data.draw(matrices(n, 1))
    got = d_xTAx_dx(A, x)
    assert got.shape == (n, 1)
    np.testing.assert_allclose(
        got, by_complex_step(lambda at: at.T @ A @ at, x), rtol=1e-12, atol=1e-11
    )
    np.testing.assert_allclose(got, by_central_differences(lambda at: at.T @ A @ at, x), atol=1e-7)
    np.testing.assert_allclose(d_xTAx_dx(A + A.T, x), 2 * (A + A.T) @ x, rtol=1e-12, atol=1e-11)


@within
@given(st.data(), SIZES)
def test_the_derivative_of_the_inner_product_in_denominator_layout(
    data: st.DataObject, n: int
) -> None:
    w, x = data.draw(matrices(n, 1)), data.draw(matrices(n, 1))
    got = d_wTx_dw(w, x)
    assert got.shape == (n, 1)
    np.testing.assert_allclose(got, by_complex_step(lambda at: at.T @ x, w), rtol=1e-13, atol=1e-13)
    np.testing.assert_allclose(got, by_central_differences(lambda at: at.T @ x, w), atol=1e-9)


# What all of them promise

WIDE = np.array([[1, 2, -3], [0, 5, 4]])
SQUARE = np.array([[1, 2, 0], [-4, 3, 5], [7, 1, -2]])
COLUMN, OTHER = np.array([[2], [-1], [3]]), np.array([[5], [4], [-6]])


def cube(t: float) -> float:
    return t**3


# Some mistakes show at one of these only: right of the kink, at it, left of it.
INPUTS: dict[str, list[tuple[Any, ...]]] = {
    "numerical_derivative": [(cube, 2, 0.125)],
    "abs_derivative": [(3,), (0,), (-2,)],
    "relu_derivative": [(3,), (0,), (-2,)],
    "abs_subgradient_bounds": [(3,), (0,), (-2,)],
    "relu_subgradient_bounds": [(3,), (0,), (-2,)],
    "d_Ax_dx": [(WIDE,), (SQUARE,)],
    "d_xTAx_dx": [(SQUARE, COLUMN)],
    "d_wTx_dw": [(COLUMN, OTHER)],
}


def functions(module: Any) -> dict[str, Callable[..., Any]]:
    return {
        name: value
        for name, value in vars(module).items()
        if inspect.isfunction(value) and value.__module__ == module.__name__
    }


RIGHT = functions(derivatives)
MISTAKES = functions(derivatives_mistakes)


def right_name(mistake: str) -> str:
    return next(name for name in INPUTS if mistake == name or mistake.startswith(name + "_"))


def same(one: Any, other: Any) -> bool:
    return np.shape(one) == np.shape(other) and np.allclose(one, other, rtol=1e-9, equal_nan=True)


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
    for given_arguments in INPUTS[right_name(function.__name__)]:
        arguments = copy.deepcopy(given_arguments)
        floating = as_float64(arguments)
        untouched = copy.deepcopy(floating)
        got, got_of_floats = function(*arguments), function(*floating)
        assert same(got, got_of_floats)
        for result in (got, got_of_floats):
            assert np.asarray(result).dtype == np.float64
            assert not any(np.shares_memory(result, a) for a in floating if not callable(a))
        for before, after in zip(
            (*given_arguments, *untouched), (*arguments, *floating), strict=True
        ):
            assert np.array_equal(before, after)


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_has_the_signature_of_the_right_one_and_another_answer(name: str) -> None:
    right, mistake = RIGHT[right_name(name)], MISTAKES[name]
    assert list(inspect.signature(mistake).parameters) == list(inspect.signature(right).parameters)
    assert mistake.__doc__
    assert "\n" not in mistake.__doc__
    assert any(not same(mistake(*a), right(*a)) for a in INPUTS[right.__name__])


@pytest.mark.parametrize("name", RIGHT)
def test_no_two_mistakes_of_a_function_give_the_same(name: str) -> None:
    mistakes = [f for other, f in MISTAKES.items() if right_name(other) == name]
    for i, one in enumerate(mistakes):
        for other in mistakes[:i]:
            assert any(not same(one(*a), other(*a)) for a in INPUTS[name])


@pytest.mark.parametrize(
    ("name", "lowest", "highest"), [("abs_derivative", -1, 1), ("relu_derivative", 0, 1)]
)
def test_a_mistake_at_a_kink_leaves_the_subgradients_somewhere(
    name: str, lowest: float, highest: float
) -> None:
    bounds = RIGHT[name.replace("derivative", "subgradient_bounds")]
    assert bounds(0) == (lowest, highest)
    for other, mistake in MISTAKES.items():
        if right_name(other) == name:
            assert any(not bounds(x)[0] <= mistake(x) <= bounds(x)[1] for (x,) in INPUTS[name])
