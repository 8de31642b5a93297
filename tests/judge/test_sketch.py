"""One number for each part of a value tells it from every other that is not it up to rounding."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from grader.judge.compare import Rule
from grader.judge.sketch import plain_sums, sketch, sums_of
from grader.records.values import Array, value_of

RULE = Rule(1e-7, 1e-14)
shapes = array_shapes(max_dims=2, max_side=6)
numbers = st.floats(-1e3, 1e3).map(lambda x: round(x, 3))
values = shapes.flatmap(lambda shape: arrays(np.float64, shape, elements=numbers))


def sums(value, want=None):
    want = value if want is None else want
    size = value_of(np.abs(want) if isinstance(want, np.ndarray) else 1.0)
    return sketch(value_of(want), value_of(value), size, RULE)


@given(values, st.integers(0, 35), st.floats(1e-3, 10), st.sampled_from([-1, 1]))
def test_one_entry_that_is_another_is_seen_in_the_sum(value, place, amount, sign):
    other = value.copy()
    other.flat[place % value.size] += sign * amount * max(np.abs(value).max(), 1.0)
    first, second = sums(value), sums(other, want=value)
    assert (np.abs(first.sums - second.sums) > first.slack + second.slack).all()


@given(values, st.integers(0, 10**6))
def test_what_is_the_same_up_to_rounding_has_the_same_sum(value, seed):
    rounding = 1e-15 * np.random.default_rng(seed).normal(size=value.shape)
    first, second = sums(value), sums(value * (1 + rounding), want=value)
    assert (np.abs(first.sums - second.sums) <= second.slack).all()


@given(values, st.floats(-100, 100))
def test_a_multiple_has_the_multiple_of_the_sum(value, factor):
    assert np.allclose(sums(factor * value, want=value).sums, factor * sums(value).sums, atol=1e-6)


def test_what_is_in_another_order_has_another_sum():
    assert sums(np.array([1.0, 2.0])).sums != sums(np.array([2.0, 1.0]), np.array([1.0, 2.0])).sums


def test_each_part_has_its_own_and_a_longer_history_is_still_a_part():
    want = value_of((1.0, [3.0, 2.0]))
    longer = value_of((1.0, [3.0, 2.0, 1.5]))
    assert sums_of(want, want, want, ()).shape == (2,)
    one, other = sums_of(want, want, want, ()), sums_of(want, longer, want, ())
    assert one[0] == other[0]
    assert one[1] != other[1]


def test_what_is_no_number_has_none():
    want = value_of((1.0, 2.0))
    for other in ("text", None, 1.0, (1.0, None)):
        assert sums_of(want, value_of(other), want, ()) is None


@given(values)
def test_the_short_way_for_trusted_values_gives_the_same(value):
    want = value_of((value, 2.0))
    assert np.array_equal(plain_sums(want, (value, 2.0)), sums_of(want, want, want, ()))
    assert plain_sums(Array(value), (value, value)) is None
