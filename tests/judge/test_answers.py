"""A wrong answer has a name: the same for all who give it, and none if it says nothing."""

from __future__ import annotations

import numpy as np
import pytest

from grader.questions import (
    Case,
    DerivativeOf,
    Expression,
    Gradient,
    Question,
    Returns,
    Variable,
    Within,
)

CASES = [
    Case("three", lambda rng: (rng.normal(size=3), rng.normal(size=3), 0.5)),
    Case("nine", lambda rng: (rng.normal(size=9), rng.normal(size=9), 2.0)),
]


def slope(x, y, w):
    return np.mean((w * x - y) * x)


def both(x, y, w):
    return slope(x, y, w), np.mean(x)


SLOPE = Gradient("slope", slope, CASES)
BOTH = Returns("both", both, CASES)


@pytest.fixture
def answer(verdict_on):
    """`answer(check, slope=...)`: the name of that answer."""
    return lambda check, **namespace: verdict_on(check, **namespace).answer


def test_a_right_answer_has_none(answer):
    assert answer(SLOPE, slope=slope) == ""


def test_other_orders_of_operations_give_the_same_answer(answer):
    def loop(x, y, w):
        return 2 * sum((w * x[i] - y[i]) * x[i] for i in range(len(x))) / len(x)

    def matrix(x, y, w):
        return [2 * float(x @ (w * x - y)) / len(x)]

    def ravelled(x, y, w):
        return np.array([[2 * slope(x[::-1], y[::-1], w)]])

    names = {answer(SLOPE, slope=each) for each in (loop, matrix, ravelled)}
    assert len(names) == 1
    assert "" not in names


@pytest.mark.parametrize(("factor", "same"), [(1 + 1e-13, True), (1 + 1e-8, False)])
def test_to_nine_digits(answer, factor, same):
    doubled = answer(SLOPE, slope=lambda *a: 2 * slope(*a))
    assert (answer(SLOPE, slope=lambda *a: 2 * factor * slope(*a)) == doubled) == same


@pytest.mark.parametrize("value", [1.0, 0.5, 2**-20, 1e6, 1 / 3, -7.25])
def test_rounding_does_not_part_them_at_plain_numbers(answer, value):
    check = Variable("v", 10.0)
    exact = answer(check, v=value)
    for neighbour in (np.nextafter(value, -99), np.nextafter(value, 99)):
        assert answer(check, v=float(neighbour)) == exact


def test_large_wrong_answers_agree_to_their_own_size(answer):
    name = answer(SLOPE, slope=lambda *a: 1e12 * slope(*a))
    assert answer(SLOPE, slope=lambda *a: 1e12 * slope(*a) * (1 + 1e-13)) == name


def test_a_tuple_an_array_and_a_list_are_one_answer(answer):
    names = {
        answer(BOTH, both=lambda *a: (both(*a)[1], both(*a)[0])),
        answer(BOTH, both=lambda *a: np.array([both(*a)[1], both(*a)[0]])),
        answer(BOTH, both=lambda *a: [both(*a)[1], np.float64(both(*a)[0])]),
    }
    assert len(names) == 1


def test_a_shape_that_does_not_fit_is_an_answer_too(answer):
    strict = Returns("row", lambda x, y, w: x[:, None], CASES, shape="exact")
    flat = answer(strict, row=lambda x, y, w: x + 1)
    assert flat
    assert flat == answer(strict, row=lambda x, y, w: list(x + 1))
    three = answer(BOTH, both=lambda *a: (*both(*a), 1.0))
    assert three
    assert three != answer(BOTH, both=lambda *a: (*both(*a), 2.0))


def test_texts_and_complex_numbers_are_answers(answer):
    sign = Returns(
        "sign", lambda x: "up" if x > 0 else "down", [Case("1", (1.0,)), Case("-1", (-1.0,))]
    )
    wrong = answer(sign, sign=lambda x: "down" if x > 0 else "up")
    assert wrong
    assert wrong != answer(sign, sign=lambda x: "Up" if x > 0 else "Down")
    turned = answer(SLOPE, slope=lambda *a: slope(*a) * 1j)
    assert turned
    assert turned != answer(SLOPE, slope=lambda *a: slope(*a) * 2j)


STARTERS = {
    "None": lambda x, y, w: None,
    "zero": lambda x, y, w: 0.0,
    "zeros like x": lambda x, y, w: np.zeros_like(x),
    "a constant": lambda x, y, w: 1.0,
    "its argument": lambda x, y, w: w,
    "another argument": lambda x, y, w: y,
    "NaN": lambda x, y, w: slope(x, y, w) * np.nan,
    "a generator": lambda x, y, w: (each for each in x),
    "raises": lambda x, y, w: 1 / 0,
}


@pytest.mark.parametrize("starter", STARTERS)
def test_what_says_nothing_has_none(answer, starter):
    assert answer(SLOPE, slope=STARTERS[starter]) == ""


def test_nor_have_several_values_that_say_nothing_each(answer):
    assert answer(BOTH, both=lambda x, y, w: (w, 0.0)) == ""
    assert answer(BOTH, both=lambda x, y, w: (x, [])) == ""
    assert answer(BOTH, both=lambda x, y, w: (w, np.sum(x))) != ""


def test_where_the_answer_is_a_constant_a_constant_is_one(answer):
    count = Returns("count", lambda x: 3, [Case("1", (1.0,)), Case("2", (2.0,))])
    assert answer(count, count=lambda x: 4) != ""


def test_a_variable_is_an_answer_unless_it_is_empty(answer):
    check = Variable("x_train", np.array([1.0, 2.0]))
    assert answer(check, x_train=np.array([1.0, 3.0]))
    assert answer(check, x_train=np.zeros(2)) == answer(check, x_train=None) == answer(check) == ""


def test_expressions_of_one_meaning_are_one_answer(answer):
    check = Expression("d", "2*x")
    assert answer(check, d="x^2/2 + x^2/2") == answer(check, d="x*x") != ""
    assert answer(check, d="x^3") != answer(check, d="x*x")
    assert answer(check, d="") == answer(check, d="0") == answer(check, d="1/0") == ""


def test_a_member_of_no_set_is_an_answer(answer):
    above = Within(
        "above", lambda x: x + 1, lambda x: x + 2, [Case("1", (1.0,)), Case("2", (2.0,))]
    )
    assert answer(above, above=lambda x: x + 3)
    assert answer(above, above=lambda x: x) == ""


def test_what_is_carried_forward_is_explained_by_the_answer_before(verdicts_on):
    def cost(x, y, w):
        return np.mean((w * x - y) ** 2) / 2

    questions = [
        Question("Q1", "J", [Returns("cost", cost, CASES)]),
        Question("Q2", "J'", [Gradient("slope", slope, CASES, carry=DerivativeOf("cost", ["w"]))]),
    ]
    notebook = {"cost": lambda *a: 2 * cost(*a), "slope": lambda *a: 2 * slope(*a)}
    first, second = verdicts_on(questions, notebook)
    assert second.mistake == "wrong-loss"
    assert first.answer
    assert second.answer == ""
