"""The total of one student against fractions, slow and obvious; and what is needed in the rest."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.course.weights import Band, Component, FinalPolicy
from grader.final import Result, weigh
from grader.final.explain import explanation

MAXIMA = ("10", "100", "3", "7", "0.5", "12.25")
STATES = ("marked", "missing", "excused", "not_due", "not_marked")


def a_result(id, weight, state, maximum="10", share=0, excused="reweight"):
    """`share`: hundredths of the maximum, for a mark."""
    component = Component(id, "", Decimal(weight), excused)
    mark = Decimal(maximum) * share / 100
    return Result(
        component,
        state,
        Decimal(maximum),
        {"marked": mark, "missing": Decimal(0)}.get(state),
    )


@st.composite
def results(draw, states=STATES):
    cuts = draw(st.lists(st.integers(1, 9999), max_size=7, unique=True))
    edges = [0, *sorted(cuts), 10_000]  # weights in hundredths that add up to 100
    return [
        a_result(
            f"c{k}",
            Decimal(high - low) / 100,
            draw(st.sampled_from(states)),
            draw(st.sampled_from(MAXIMA)),
            draw(st.integers(0, 100)),
            draw(st.sampled_from(["reweight", "reweight", "zero", "full"])),
        )
        for k, (low, high) in enumerate(pairwise(edges))
    ]


@st.composite
def policies(draw):
    bands = draw(st.lists(st.integers(0, 1000), max_size=4, unique=True))
    return FinalPolicy(
        components=(),
        places=draw(st.integers(0, 3)),
        bands=tuple(
            Band(f"B{k}", Decimal(least) / 10)
            for k, least in enumerate(sorted(bands, reverse=True))
        ),
        pass_mark=draw(st.sampled_from([None, Decimal(50), Decimal("49.995")])),
    )


def by_fractions(results, places, rest_percent=Fraction(0)):
    """The rounded total with so many percent of all that is left; None if all is excused."""
    earned = weights = Fraction(0)
    for each in results:
        weight = Fraction(each.component.weight)
        if each.state == "excused":
            if each.component.excused == "reweight":
                continue
            share = Fraction(1 if each.component.excused == "full" else 0)
        elif each.state == "missing":
            share = Fraction(0)
        elif each.state == "marked":
            share = Fraction(each.mark) / Fraction(each.maximum)
        else:
            share = rest_percent / 100
        weights += weight
        earned += weight * share
    if not weights:
        return None
    return Fraction(math.floor(100 * earned / weights * 10**places + Fraction(1, 2)), 10**places)


@given(results(), policies())
@settings(max_examples=120, deadline=None)
def test_it_is_what_fractions_say(results, policy):
    total = weigh(results, policy)
    assert total.so_far == by_fractions(results, policy.places)
    assert total.best == by_fractions(results, policy.places, Fraction(100))
    is_open = any(each.state in ("not_due", "not_marked") for each in results)
    assert total.total == (None if is_open else total.so_far)
    if total.so_far is not None:
        assert 0 <= total.so_far <= total.best <= 100
        assert -total.so_far.as_tuple().exponent == policy.places


@given(results(), policies(), st.randoms())
@settings(max_examples=60, deadline=None)
def test_the_order_of_components_changes_nothing(results, policy, random):
    total = weigh(results, policy)
    random.shuffle(results)
    assert weigh(results, policy) == total


@given(results(("marked", "missing", "excused", "not_due", "not_marked", "not_due")), policies())
@settings(max_examples=120, deadline=None)
def test_what_is_needed_is_enough_and_a_hundredth_less_is_not(results, policy):
    total = weigh(results, policy)
    for need in total.needs:
        least = Fraction(need.band.least)

        def reaches(percent, least=least):
            return by_fractions(results, policy.places, Fraction(percent)) >= least

        assert (need.reach == "reached") == reaches(0)
        assert (need.reach == "out_of_reach") == (not reaches(100))
        if need.percent is not None:
            assert 0 < need.percent <= 100
            assert reaches(need.percent)
            assert not reaches(need.percent - Decimal("0.01"))
        if need.mark is not None:
            (only,) = [each for each in results if each.is_open]
            assert reaches(100 * Fraction(need.mark) / Fraction(only.maximum))
            less = need.mark - Decimal("0.01")
            assert not reaches(100 * Fraction(less) / Fraction(only.maximum))


@given(results(), policies())
@settings(max_examples=120, deadline=None)
def test_whoever_follows_the_line_with_a_calculator_comes_to_the_total(results, policy):
    total = weigh(results, policy)
    line = explanation(results, total, policy)
    if total.so_far is None:
        assert line == "excused from everything: there is no total"
        return
    *parts, end = line.split("; ")
    given = [Fraction(found[1]) for part in parts if (found := re.search(r" = ([\d.]+)$", part))]
    shared = re.match(r"([\d.]+) x 100 / ([\d.]+) = ", end)
    if shared:
        assert Fraction(shared[1]) == sum(given)
    weight = Fraction(shared[2]) if shared else Fraction(100)
    came_to = math.floor(100 * sum(given) / weight * 10**policy.places + Fraction(1, 2))
    assert Fraction(came_to, 10**policy.places) == total.so_far
    assert re.search(rf"(so far|total) {total.so_far:f}(, |$)", end)
    for part in parts:  # each factor is there too
        factors = re.match(r"\S+ ([\d.]+)/([\d.]+) x ([\d.]+) % = ([\d.]+)$", part)
        if factors:
            mark, maximum, percent, product = map(Fraction, factors.groups())
            assert abs(mark / maximum * percent - product) <= Fraction(1, 2 * 10**policy.places)


def test_thirds_add_up_before_anything_is_rounded():
    """0.003 / 3 and the like: in decimals 0.004999..., and the total 0.00."""
    thirds = [a_result(f"t{k}", "0.005", "marked", "3", 0) for k in range(3)]
    thirds = [Result(each.component, "marked", Decimal(3), Decimal(1)) for each in thirds]
    rest = a_result("rest", "99.985", "missing")
    total = weigh([*thirds, rest], FinalPolicy(()))
    assert total.total == Decimal("0.01")


@pytest.mark.parametrize(
    ("excused", "total"), [("reweight", "88.89"), ("zero", "80.00"), ("full", "90.00")]
)
def test_excused_work_is_shared_by_the_rest_or_as_the_policy_says(excused, total):
    there = [
        a_result("hw1", 90, "marked", share=Decimal("88.889")),
        a_result("hw2", 10, "excused", excused=excused),
    ]
    assert weigh(there, FinalPolicy(())).total == Decimal(total)


def test_the_rounded_total_reaches_the_band():
    policy = FinalPolicy((), bands=(Band("A", Decimal(80)), Band("B", Decimal(70))))
    just = [Result(Component("x", "", Decimal(100)), "marked", Decimal(100), Decimal("79.995"))]
    below = [Result(Component("x", "", Decimal(100)), "marked", Decimal(100), Decimal("79.9949"))]
    assert (weigh(just, policy).total, weigh(just, policy).grade) == (Decimal("80.00"), "A")
    assert (weigh(below, policy).total, weigh(below, policy).grade) == (Decimal("79.99"), "B")


def test_a_band_that_all_of_the_rest_just_reaches_is_not_out_of_reach():
    policy = FinalPolicy((), bands=(Band("A", Decimal(80)),))
    half = Component("x", "", Decimal(50))
    rest = Result(half, "not_due", Decimal(10))
    just = weigh([Result(half, "marked", Decimal(100), Decimal("59.99")), rest], policy).needs[0]
    assert (just.reach, just.percent, just.mark) == ("needed", 100, 10)
    below = weigh([Result(half, "marked", Decimal(100), Decimal("59.9899")), rest], policy).needs[0]
    assert (below.reach, below.percent) == ("out_of_reach", None)


def test_above_the_maximum_only_what_an_adjustment_led_there():
    above = [Result(Component("x", "", Decimal(100)), "marked", Decimal(100), Decimal(104))]
    assert weigh(above, FinalPolicy(())).total == 104
