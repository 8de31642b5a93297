"""What a student reads of a function's values; and that no failure of ours is a mark."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from grader.questions import Case, Gradient, Mistake, Own, Returns, Variable
from reference import univariate as ref

POINT = (np.array([1.0, 2.0, 3.0]), np.array([2.0, 3.0, 5.0]), 0.5, 1.0)
CASES = [
    Case("three points", POINT, public=True),
    Case("m = 5", lambda rng: (rng.normal(size=5), rng.normal(size=5), 1.0, 2.0)),
    Case("m = 1", lambda rng: (rng.normal(size=1), rng.normal(size=1), 1.0, 2.0)),
]


def summed(x, y, w, b):
    return ref.compute_cost(x, y, w, b) * len(x)


def without_half(x, y, w, b):
    return 2 * ref.compute_cost(x, y, w, b)


def cost(**settings):
    return Returns("compute_cost", ref.compute_cost, CASES, **settings)


def test_what_is_right_in_all_cases_has_all_the_credit(verdict_on):
    found = verdict_on(cost(), compute_cost=ref.compute_cost)
    assert (found.credit, found.mistake, found.hint) == (Decimal(1), None, "")
    assert found.reason == "compute_cost is right in all 3 cases."
    assert 0 <= found.error_over_tolerance <= 1


def test_what_is_wrong_is_shown_with_the_numbers_of_a_public_case(verdict_on):
    found = verdict_on(cost(), compute_cost=lambda x, y, w, b: 7.0)
    assert found.credit == 0
    assert found.reason == (
        "compute_cost is wrong in 3 of 3 cases (three points, m = 5, m = 1): "
        "it gives the same whatever the inputs. With x = [1., 2., 3.], y = [2., 3., 5.], w = 0.5, b = 1.0: expected 1.25, got 7."
    )


def test_what_is_wrong_in_hidden_cases_alone_shows_no_numbers(verdict_on):
    found = verdict_on(
        cost(),
        compute_cost=lambda x, y, w, b: ref.compute_cost(x, y, w, b) + (len(x) == 5),
    )
    assert found.reason == "compute_cost is wrong in 1 of 3 cases (m = 5)."


def test_a_generic_mistake_is_named_and_explained(verdict_on):
    found = verdict_on(cost(), compute_cost=summed)
    assert (found.mistake, found.hint) == (
        "missing-1-over-m",
        "Did you take the mean over the examples?",
    )
    assert found.reason.startswith(
        "compute_cost is wrong in 2 of 3 cases (three points, m = 5): "
        "it gives m times the expected value. With x ="
    )


def test_a_mistake_of_the_author_earns_what_the_author_says(verdict_on):
    check = cost(mistakes=[Mistake("no-half", without_half, "Where is the half?", credit=0.1)])
    found = verdict_on(check, compute_cost=without_half)
    assert (found.credit, found.mistake, found.hint) == (
        Decimal("0.1"),
        "no-half",
        "Where is the half?",
    )
    assert ": its values are those of the known mistake 'no-half'." in found.reason


def test_a_changed_argument_is_a_remark_and_costs_nothing(verdict_on):
    def mutating(x, y, w, b):
        value = ref.compute_cost(x, y, w, b)
        x[:] = 0
        return value

    found = verdict_on(cost(), compute_cost=mutating)
    assert found.credit == 1
    assert found.remarks == ("it changes its argument 1 in place",)


def test_a_shape_is_a_remark_or_a_mistake_as_the_author_says(verdict_on):
    def in_a_box(x, y, w, b):
        return np.array([[ref.compute_cost(x, y, w, b)]])

    found = verdict_on(cost(), compute_cost=in_a_box)
    assert found.credit == 1
    assert found.remarks == ("the result has shape (1, 1), asked for is a number",)
    found = verdict_on(cost(shape="exact"), compute_cost=in_a_box)
    assert (found.credit, found.mistake) == (0, "wrong-shape")


def test_text_for_a_number_is_refused_by_its_name(verdict_on):
    found = verdict_on(cost(), compute_cost=lambda *args: "0.58")
    assert found.mistake == "wrong-dtype"
    assert found.reason.startswith(
        "compute_cost is wrong in 3 of 3 cases (three points, m = 5, m = 1): it does not fit in the "
        "case 'three points': a number is asked for, the result is the text '0.58'."
    )


def test_an_answer_of_nan_is_wrong_and_named(verdict_on):
    found = verdict_on(cost(), compute_cost=lambda *args: float("nan"))
    assert (found.credit, found.mistake) == (0, "not-finite")
    assert found.error_over_tolerance == float("inf")


def test_a_list_of_integers_of_any_length_is_a_list_of_numbers(verdict_on):
    check = Returns("powers", lambda n: [2**k for k in range(n)], [Case("n = 80", (80,))])
    assert verdict_on(check, powers=lambda n: [2**k for k in range(n)]).credit == 1
    assert verdict_on(check, powers=lambda n: [3**k for k in range(n)]).credit == 0


def test_the_student_s_own_function_may_be_an_argument(verdict_on):
    check = Returns("twice", lambda f, x: f(f(x)), [Case("it", (Own("inner", np.sin), 0.5))])
    found = verdict_on(check, twice=lambda f, x: f(f(x)), inner=np.sin)
    assert found.credit == 1
    found = verdict_on(check, twice=lambda f, x: f(f(x)))
    assert (found.credit, found.mistake, found.doubt) == (0, "not-asked", "")


def test_one_error_for_a_whole_gradient(verdict_on):
    def nearly(x, y, w, b):
        dw, db = ref.compute_gradient(x, y, w, b)
        return np.array([dw, db + 1e-8 * abs(dw)])

    vector = lambda x, y, w, b: np.array(ref.compute_gradient(x, y, w, b))  # noqa: E731
    cases = [Case("it", (np.array([3.0, -3.0]), np.array([1.0, 0.0]), 5.0, 0.5 + 1e-12))]
    sizes = lambda *args: np.abs(vector(*args))  # noqa: E731
    assert verdict_on(Gradient("f", vector, cases, scale=sizes), f=nearly).credit == 1
    assert verdict_on(Returns("f", vector, cases, scale=sizes), f=nearly).credit == 0


def test_a_variable_is_read_and_said_to_be_read(verdict_on):
    check = Variable(
        "x_train", np.arange(6.0), mistakes=[Mistake("reversed", np.arange(6.0)[::-1])]
    )
    assert verdict_on(check, x_train=list(range(6))).reason == "x_train has the right value."
    found = verdict_on(check, x_train=np.arange(5.0, -1, -1))
    assert (found.mistake, found.reason) == (
        "reversed",
        "x_train is wrong: its values are those of the known mistake 'reversed'.",
    )
    assert verdict_on(check).reason == "x_train is not defined in the notebook."


@pytest.mark.parametrize("secret", [b"one", b"two", None])
def test_every_verdict_is_explained_whatever_came_back(verdict_on, secret):
    for thing in (None, "x", [], {}, object(), np.nan, True, 3j, (1.0, 2.0), np.ones((3, 3))):
        found = verdict_on(cost(), secret=secret, compute_cost=lambda *args, it=thing: it)
        assert found.credit == 0
        assert found.reason.endswith(".")
        assert isinstance(found.credit, Decimal)
