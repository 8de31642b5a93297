"""A right answer is never rejected, whatever it was computed with; a wrong one never accepted."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.judge.compare import Rule, error_over_tolerance
from grader.questions import Case, Gradient, Question, Returns, plan
from grader.records.values import Array, Mapping, Refused, Sequence
from reference import univariate as ref

RULES = ["elementwise", "normwise"]


@st.composite
def regressions(draw):
    """x, y, w, b of any scale from 1e-6 to 1e6, from far off to a nearly perfect fit."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    m = draw(st.sampled_from([1, 2, 3, 17, 400]))
    scale = 10.0 ** draw(st.floats(-6, 6))
    noise = 10.0 ** draw(st.floats(-14, 0))
    w, b = rng.normal(), scale * rng.normal()
    x = scale * rng.normal(size=m)
    y = w * x + b + noise * scale * rng.normal(size=m)
    return x, y, w, b


def cost_backwards(x, y, w, b):
    """The same sum, from the last example to the first, in plain Python."""
    total = 0.0
    for i in reversed(range(len(x))):
        total += (y[i] - b - w * x[i]) ** 2 / (2 * len(x))
    return total


def cost_in_single(x, y, w, b):
    x, y, w, b = (np.asarray(a, np.float32) for a in (x, y, w, b))
    return np.mean((w * x + b - y) ** 2) / np.float32(2)


def cost_with_fsum(x, y, w, b):
    return math.fsum((w * a + b - c) ** 2 for a, c in zip(x, y, strict=True)) / 2 / len(x)


def gradient_backwards(x, y, w, b):
    r = (y - b - x * w)[::-1]
    return -(r @ x[::-1]) / len(x), -sum(r.tolist()) / len(x)


def gradient_of_two_sums(x, y, w, b):
    """Multiplied out: sums of products, which cancel in a good fit."""
    return w * np.mean(x * x) + b * np.mean(x) - np.mean(x * y), w * np.mean(x) + b - np.mean(y)


def gradient_in_single(x, y, w, b):
    x, y, w, b = (np.asarray(a, np.float32) for a in (x, y, w, b))
    r = w * x + b - y
    pair = np.array([np.mean(r * x), np.mean(r)])
    # as Python floats; but 0.0 does not tell that it was a float32
    return tuple(pair.tolist()) if pair.all() else pair


@given(regressions())
def test_a_right_objective_is_accepted_however_it_is_computed(verdict_on, inputs):
    check = Returns("f", ref.compute_cost, [Case("it", inputs)])
    for cost in (cost_backwards, cost_in_single, cost_with_fsum):
        found = verdict_on(check, f=cost)
        assert found.credit == 1, (cost.__name__, found.reason, found.error_over_tolerance)


@pytest.mark.parametrize("kind", [Returns, Gradient])
@given(inputs=regressions())
def test_a_right_gradient_is_accepted_however_it_is_computed(verdict_on, kind, inputs):
    check = kind("f", ref.compute_gradient, [Case("it", inputs)])
    for gradient in (gradient_backwards, gradient_of_two_sums, gradient_in_single):
        found = verdict_on(check, f=gradient)
        assert found.credit == 1, (gradient.__name__, found.reason, found.error_over_tolerance)


@given(regressions(), st.integers(0, 10**6))
def test_a_component_that_is_off_by_a_ten_thousandth_of_its_terms_is_never_accepted(inputs, where):
    check = Returns("predict", lambda x, y, w, b: w * x + b - y, [Case("it", inputs)])
    planned = plan("hw", [Question("Q1", "It", [check])], b"s")
    ((key,),) = [question.checks for question in planned.answer_key.questions]
    want, scale = key.cases[0].want.data, key.cases[0].scale.data
    got = want.copy()
    place = where % len(got)
    got[place] += 1.01e-4 * scale[place]
    assert error_over_tolerance(want, got, scale, key.rtol, Rule(key.rtol, key.atol)) > 1


SAME = [
    (3.0, np.float64(3.0)),
    (3.0, 3),
    (3.0, np.int8(3)),
    (3.0, np.array(3.0)),
    (3.0, [3.0]),
    (3.0, (3.0,)),
    (3.0, np.array([3.0])),
    (3.0, np.array([[3.0]])),
    (3.0, pd.Series([3.0])),
    (3.0, pd.DataFrame([[3.0]])),
    (3.0, 3 + 0j),
    (np.array([1.0, 2.0]), [1, 2]),
    (np.array([1.0, 2.0]), (1.0, 2.0)),
    (np.array([1.0, 2.0]), np.array([[1.0], [2.0]])),
    (np.array([1.0, 2.0]), [np.array([1.0]), np.array([[2.0]])]),
    (np.array([1.0, 2.0]), pd.Series([1.0, 2.0], index=["a", "b"])),
    (np.array([[1.0], [2.0]]), pd.DataFrame({"w": [1.0, 2.0]})),
    (np.array([[1.0], [2.0]]), [[1], [2]]),
    (np.array([1.0, 2.0]), np.array([1.0, 2.0], dtype=object)),
    (np.array([1.0, 2.0]), np.array([1.0, 2.0]).astype(">f8")),
    (np.array([1.0, 2.0, 3.0])[::-1], np.array([3.0, 2.0, 1.0])),
    ((1.0, 2.0), np.array([1.0, 2.0])),
    ((1.0, 2.0), [1.0, np.array([[2.0]])]),
    ((np.ones(3), 2.0), [[1, 1, 1], 2]),
    ({"dw": 1.0, "db": np.zeros(2)}, {"db": [0, 0], "dw": np.array([1.0]), "more": "text"}),
    ({"1": 1.0}, {1: 1.0}),
    (np.array([True, False]), [1, 0]),
    (1.0, True),
    (np.empty(0), []),
    (np.empty(0), ()),
    (np.empty(0), np.empty((0, 1))),
    ([], np.empty(0)),
    ([], []),
    ((np.ones(2), np.empty(0)), ([1.0, 1.0], [])),
    (np.array([250], np.uint8), 250.0),
    (np.array([-128], np.int8), -128.0),
    (-0.0, 0.0),
    (1 + 2j, 1 + 2j),
    ("relu", "relu"),
    (1e308, 1e308),
    (np.full(9, 1.5e308), np.full(9, 1.5e308)),
    (5e-324, 5e-324),
]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(("want", "got"), SAME)
def test_the_same_numbers_match_in_whatever_they_come(compared, want, got, rule):
    assert compared(want, got, comparison=rule).is_right


OTHER = [
    (3.0, math.nan),
    (3.0, math.inf),
    (0.0, math.nan),
    (3.0, complex(3.0, 1e-9)),
    (3.0, complex(3.0, math.nan)),
    (3.0, "3"),
    (3.0, None),
    (3.0, {}),
    (3.0, []),
    (3.0, [3.0, 3.0]),
    (3.0, object()),
    (3.0, lambda: 3.0),
    (3.0, {3.0}),
    (3.0, np.array([[3.0, 3.0]])),
    (3.0, np.array(["3"])),
    (np.array([1.0, 2.0]), 1.0),
    (np.array([1.0, 2.0]), [1.0, math.nan]),
    (np.array([1.0, 2.0]), [1.0, None]),
    (np.array([1.0, 2.0]), [1.0, "2"]),
    (np.array([1.0, 2.0]), np.array([1.0, None], dtype=object)),
    (np.array([1.0, 2.0]), {"0": 1.0, "1": 2.0}),
    (np.empty(0), 1.0),
    (np.empty(0), [1.0]),
    (np.empty(0), None),
    ([], 0.0),
    ([], {}),
    ((1.0, 2.0), 1.0),
    ((1.0, 2.0), (1.0, 2.0, 3.0)),
    ((1.0, 2.0), (1.0, None)),
    ((1.0, 2.0), (2.0, 1.0)),
    ({"dw": 1.0}, {"dW": 1.0}),
    ({"dw": 1.0}, 1.0),
    ({"dw": 1.0}, {"dw": None}),
    (np.array([250], np.uint8), -6),
    (np.array([3], np.uint8), 253),
    (np.array([100], np.int8), np.array([-100], np.int8)),
    (np.array([-128], np.int8), 128),
    (2.5, 2),
    (1e308, -1e308),
    (np.full(9, 1.5e308), np.full(9, 1.4e308)),
    (np.full(4, 1.7e308), np.zeros(4)),
    (1 + 2j, 1 - 2j),
    ("relu", "tanh"),
    ("relu", 3.0),
]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(("want", "got"), OTHER)
def test_other_numbers_and_other_things_never_match(compared, want, got, rule):
    assert not compared(want, got, comparison=rule).is_right


def test_no_tolerance_at_all_still_accepts_the_very_number(compared):
    for rule in RULES:
        assert compared(np.array([0.0, 2.0]), [0.0, 2.0], atol=0.0, comparison=rule).is_right
        assert not compared(np.array([0.0, 2.0]), [1e-300, 2.0], atol=0.0).is_right


def test_an_expected_value_that_is_not_finite_matches_nothing(compared):
    for rule in RULES:
        for got in (0.0, 1.0, math.nan, math.inf):
            assert not compared(math.nan, got, comparison=rule).is_right
            assert not compared(math.inf, got, comparison=rule).is_right


def test_a_scale_that_is_not_finite_tolerates_nothing_more(compared):
    assert not compared(1.0, 2.0, scale=math.inf).is_right
    assert not compared(1.0, 2.0, scale=math.nan, comparison="normwise").is_right


def test_normwise_one_error_for_a_whole_gradient(compared):
    want, got = np.array([1.0, 1e-9]), [1.0, 1.1e-9]
    assert not compared(want, got).is_right
    assert compared(want, got, comparison="normwise").is_right


def test_a_small_difference_is_relative_to_the_terms_it_was_taken_of(compared):
    assert not compared(1e-9, 1.1e-9).is_right
    assert compared(1e-9, 1.1e-9, scale=1.0).is_right


@pytest.mark.parametrize("number", [0.3, 1234.56, 3.4e5, 7.7e6, 2.2e9, 1.1e-7])
def test_float32_is_granted_its_own_rounding_also_after_float_of_it(compared, number):
    off = np.float32(number * (1 + 2e-5))
    for got in (off, float(off), [off], np.array([float(off)])):
        found = compared(number, got)
        assert found.is_right
        assert found.remarks[-1] == "the result is in single precision"
    assert not compared(number, np.float32(number * (1 + 2e-4))).is_right


def test_what_is_rounded_to_a_few_digits_is_not_single_precision(compared):
    assert not compared(1234.56789, 1234.57).is_right
    assert not compared(12.0001, 12.0).is_right  # whole numbers fit float32 anyway
    assert not compared(1e-4, 0.0, scale=1e6, rtol=1e-12).is_right


def test_float16_is_granted_half_precision(compared):
    assert compared(0.3, np.float16(0.3)).remarks == ("the result is in half precision",)


def test_a_shape_with_another_axis_of_one_gets_a_remark_and_nothing_else(compared):
    found = compared(np.ones((3, 1)), np.ones(3))
    assert found.is_right
    assert found.remarks == ("the result has shape (3,), asked for is shape (3, 1)",)
    assert compared(5.0, np.array([5.0])).remarks == (
        "the result has shape (1,), asked for is a number",
    )


def test_where_the_shape_is_what_is_asked_it_has_to_be_exact(compared):
    column = np.arange(3.0).reshape(3, 1)
    assert compared(column, column, shape="exact").is_right
    for got in (column.ravel(), column.T, column[None]):
        found = compared(column, got, shape="exact")
        assert not found.is_right
        assert found.misfit.words.startswith("shape (3, 1) is asked for, the result is a")


def test_what_is_not_a_number_is_refused_by_its_name(compared):
    words = {
        "a number is asked for, the result is the text '3'": "3",
        "the result is None": None,
        "the result is a generator, which is not plain data (not numbers, text, a list, "
        "a tuple or a dict)": (i for i in range(3)),
        "the result has complex numbers": 3 + 1j,
        "a number is asked for, the result is a list of 2 things": [1.0, "2"],
    }
    for said, got in words.items():
        assert compared(3.0, got).misfit.words == said


def test_true_and_false_are_numbers_with_a_remark(compared):
    found = compared(1.0, True)
    assert found.is_right
    assert found.remarks == ("the result is true or false, asked for are numbers",)


def test_an_array_of_objects_that_got_here_all_the_same_is_refused():
    from grader.judge.compare import compare

    got = Array(np.array([object()]))
    found = compare(Array(np.ones(1)), got, Array(np.ones(1)), Rule(1e-7, 1e-14))
    assert found.misfit.words == "the result is of dtype object"


def test_a_part_that_is_ignored_may_be_anything(compared):
    want = (1.0, 2.0, {"a": 1.0})
    for got in ((1.0, None, {}), (1.0, "x", {"a": object()})):
        assert compared(want, got, ignore=((1,), (2, "a"))).is_right
    assert not compared(want, (3.0, None, {}), ignore=((1,), (2, "a"))).is_right


def test_the_first_part_that_does_not_fit_is_named(compared):
    want = {"dw": np.ones(2), "db": 1.0}
    assert compared(want, {"dw": np.ones(2)}).misfit.words == "the key 'db' is missing"
    assert compared(want, {"dw": np.ones(3), "db": 1.0}).misfit.words == (
        "shape (2,) is asked for, the item 'dw' is an ndarray of shape (3,)"
    )


values = st.recursive(
    st.one_of(
        st.none(),
        st.text(max_size=3),
        st.floats(),
        st.integers(-(2**70), 2**70),
        st.complex_numbers(),
        st.booleans(),
        st.builds(
            lambda shape, dtype: np.zeros(shape, dtype),
            st.lists(st.integers(0, 3), max_size=3).map(tuple),
            st.sampled_from(["f2", "f4", "f8", "i1", "u8", "c8", "?"]),
        ),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    ),
    max_leaves=6,
)


@given(values, values)
def test_anything_can_be_compared_with_anything(compared, want, got):
    for rule in RULES:
        for shape in ("squeeze", "exact"):
            found = compared(want, got, comparison=rule, shape=shape)
            assert found.error >= 0


@given(values)
def test_a_value_matches_itself_unless_it_is_not_finite(compared, as_sent, value):
    sent = as_sent(value)
    found = compared(value, value)
    assert found.is_right == is_finite(sent)


def is_finite(value):
    if isinstance(value, Array):
        return bool(np.isfinite(value.data).all())
    if isinstance(value, Sequence):
        return all(map(is_finite, value.items))
    if isinstance(value, Mapping):
        return all(is_finite(item) for _, item in value.items)
    return not isinstance(value, Refused)


def test_comparing_never_warns(compared):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        compared(np.array([1e308, -1e308]), [-1e308, math.inf])
        compared(np.array([0.0]), [5e-324], atol=0.0, comparison="normwise")


@pytest.mark.parametrize("off", [1, 7, -3])
def test_a_number_that_float32_holds_anyway_is_no_sign_of_float32(compared, off):
    """A count that is one too large is wrong, also as a float: 79801.0 for 79800.0."""
    for want in (79800.0, 244650.0, 499500.0):
        assert not compared(want, want + off).is_right
        assert not compared(np.array([want, 2.0]), np.array([want + off, 2.0])).is_right
    generic = 79800.3
    assert compared(generic, float(np.float32(generic))).is_right
