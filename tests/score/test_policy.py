"""What lateness costs."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.score import LatePolicy, late_factor
from grader.score.policy import left_over, rounded

policies = st.builds(
    LatePolicy,
    rate=st.decimals(0, 1, places=2),
    mode=st.sampled_from(["linear", "compounding"]),
    cutoff_days=st.none() | st.integers(0, 10),
    base=st.sampled_from(["earned", "maximum"]),
)
earnings = st.decimals(0, 10, places=2)


def test_compounding_takes_of_what_was_left():
    assert late_factor(LatePolicy(mode="compounding"), 2) == Decimal("0.7225")


def test_the_rate_can_be_taken_of_the_maximum():
    policy = LatePolicy(base="maximum")
    assert left_over(policy, Decimal(8), Decimal(10), 2) == Decimal(5)
    assert left_over(policy, Decimal(2), Decimal(10), 2) == 0


def test_without_a_cut_off_something_may_be_left_forever():
    assert late_factor(LatePolicy(rate=Decimal("0.01"), cutoff_days=None), 20) == Decimal("0.80")


def test_halves_are_rounded_up():
    assert rounded(Decimal("0.125"), places=2) == Decimal("0.13")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("rate", Decimal("1.5")),
        ("rate", Decimal("NaN")),
        ("mode", "quadratic"),
        ("grace", timedelta(seconds=-1)),
        ("cutoff_days", -1),
        ("base", "wish"),
        ("places", -1),
        ("slip_days", -1),
        ("attempts", "first"),
    ],
)
def test_a_policy_that_means_nothing_is_refused(key: str, value: Any):
    with pytest.raises(ValueError, match=key):
        LatePolicy(**{key: value})


@given(policies, earnings, st.integers(0, 20))
def test_what_is_left_is_between_nothing_and_what_was_earned(policy, earned, days):
    assert 0 <= left_over(policy, earned, Decimal(10), days) <= earned


@given(policies, earnings, st.integers(0, 20))
def test_another_day_never_helps(policy, earned, days):
    one, next_one = (left_over(policy, earned, Decimal(10), day) for day in (days, days + 1))
    assert next_one <= one


@given(policies, earnings, st.integers(0, 12))
def test_it_equals_taking_a_day_after_the_other(policy, earned, days):
    factor = Decimal(1)
    for _ in range(days):
        factor = (
            factor * (1 - policy.rate) if policy.mode == "compounding" else factor - policy.rate
        )
    if policy.cutoff_days is not None and days > policy.cutoff_days:
        factor = Decimal(0)
    factor = max(factor, Decimal(0))
    want = earned * factor if policy.base == "earned" else earned - 10 * (1 - factor)
    assert left_over(policy, earned, Decimal(10), days) == max(want, Decimal(0))
