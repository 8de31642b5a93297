"""A reference with its slips switched off is the reference; with one on it is what a student writes."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from grader.questions.mechanical.rewrite import rewritten
from reference import multivariate, univariate

numbers = st.floats(-100, 100)
X = np.array([1.0, 2.0, 4.0])
Y = np.array([2.0, 3.0, 5.0])


def mean_square(x, y, b):
    m = len(x)
    error = x + b - y
    return np.sum(error**2) / (2 * m)


def helped(x, y):
    return mean_square(x, y, 1.0)


def looped(x):
    total = 0.0
    for i in range(len(x)):
        total += x[i]
    return total


def descended(w, b, alpha, num_iters):
    path = []
    for _ in range(num_iters):
        path.append(w + b)
        dw, db = w * b, w - b
        w, b = w - alpha * dw, b - alpha * db
    return w, b, path


def made(function, slug, *arguments):
    """What each slip of this name makes of a call."""
    source = rewritten(function)
    found = []
    for edit in source.edits:
        if edit.slip.slug == slug:
            source.switch([edit])
            found.append(source.function(*arguments))
    return found


def same(one, other):
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return np.array_equal(one, other)


@given(arrays(np.float64, 3, elements=numbers), arrays(np.float64, 3, elements=numbers), numbers)
def test_with_all_switched_off_it_is_the_reference_to_the_last_bit(x, y, b):
    for function in (univariate.compute_cost, univariate.compute_gradient):
        assert same(rewritten(function).function(x, y, 0.5, b), function(x, y, 0.5, b))


REFERENCES = [
    *(univariate.predict, univariate.compute_cost, univariate.compute_gradient),
    *(univariate.quadratic_coefficients, univariate.descend_quadratic, univariate.gradient_descent),
    *(multivariate.cost_loop, multivariate.gradient_loop, multivariate.gradient_matrix),
    multivariate.fit,
]


@pytest.mark.parametrize("reference", REFERENCES, ids=lambda f: f.__name__)
def test_the_shipped_references_have_places_where_they_can_go_wrong(reference):
    assert len(rewritten(reference).edits) >= 2


SLIPS = {
    "missing-1-over-m": lambda x, y, b: np.sum((x + b - y) ** 2) / 2,
    "factor-2": lambda x, y, b: np.mean((x + b - y) ** 2),
    "forgot-bias": lambda x, y, b: np.mean((x - y) ** 2) / 2,
    "absolute-for-squared": lambda x, y, b: np.mean(abs(x + b - y)) / 2,
    "not-squared": lambda x, y, b: np.mean(x + b - y) / 2,
    "sign-flipped": lambda x, y, b: np.mean((x + b + y) ** 2) / 2,
}


@pytest.mark.parametrize("slug", SLIPS)
def test_a_slip_gives_what_a_student_who_makes_it_gets(slug):
    got = made(mean_square, slug, X, Y, 0.5)
    want = SLIPS[slug](X, Y, 0.5)
    assert any(np.isclose(each, want) for each in got)


def test_what_goes_wrong_in_a_helper_goes_wrong_in_what_calls_it():
    want = SLIPS["missing-1-over-m"](X, Y, 1.0)
    assert any(np.isclose(each, want) for each in made(helped, "missing-1-over-m", X, Y))


def test_a_loop_may_leave_out_its_ends_or_end_at_once_or_keep_its_last_term_alone():
    assert set(made(looped, "wrong-iteration-count", X)) == {3.0, 6.0}
    assert made(looped, "only-for-one-example", X) == [1.0]
    assert made(looped, "overwritten-sum", X) == [4.0]


def test_updates_one_after_the_other_use_what_is_new():
    w, b, alpha = 1.0, 2.0, 0.1
    new = w - alpha * w * b
    assert any(
        np.isclose(got_w, new) and np.isclose(got_b, b - alpha * (new - b))
        for got_w, got_b, _ in made(descended, "sequential-update", w, b, alpha, 1)
    )


def test_a_number_of_steps_is_one_too_small_or_too_large():
    lengths = {len(path) for *_, path in made(descended, "wrong-iteration-count", 1.0, 2.0, 0.1, 3)}
    assert {2, 4} <= lengths


def test_two_slips_at_once_are_both_made():
    source = rewritten(mean_square)
    by_slug = {edit.slip.slug: edit for edit in reversed(source.edits)}
    source.switch([by_slug["missing-1-over-m"], by_slug["forgot-bias"]])
    assert np.isclose(source.function(X, Y, 0.5), np.sum((X - Y) ** 2) / 2)


def test_the_reference_itself_stays_as_it_is():
    before = inspect.getsource(mean_square), mean_square(X, Y, 0.5)
    made(mean_square, "factor-2", X, Y, 0.5)
    assert (inspect.getsource(mean_square), mean_square(X, Y, 0.5)) == before


def generated(x):
    yield x


UNUSUAL = {
    "no function of Python's": np.sum,
    "a generator": generated,
    "two lambdas in one line": (lambda x: x + 1, lambda x: x + 2)[0],
    "no source": eval("lambda x: x + 1"),
}


@pytest.mark.parametrize("how", UNUSUAL)
def test_what_has_no_plain_source_is_left_alone(how):
    assert rewritten(UNUSUAL[how]) is None
