"""A mistake is named if it explains every case, and only then."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

A = np.array([[1.0, -2.0, 3.5], [0.25, 4.0, -6.0]])
SQUARE = np.array([[1.0, 2.0], [-3.0, 5.0]])
V, W = np.array([1.5, -2.0, 4.0]), np.array([0.3, 7.0])
TWICE = "twice the expected value in every case"


def of(found):
    return None if found is None else found.slug


NAMED = {
    "m times": ([(2, 1.5, 3.0), (50, -2.0, -100.0)], "missing-1-over-m"),
    "m times, m = 1 too": ([(1, 1.5, 1.5), (2, 1.5, 3.0)], "missing-1-over-m"),
    "m times, zero too": ([(4, 0.0, 0.0), (5, 1.5, 7.5)], "missing-1-over-m"),
    "m times, one case": ([(3, 1.5, 4.5)], "missing-1-over-m"),
    "m times, the same m": ([(5, V, 5 * V), (5, 2 * V, 10 * V)], "missing-1-over-m"),
    "over m": ([(2, V, V / 2), (10, W, W / 10)], "extra-1-over-m"),
    "twice": ([(3, 1.5, 3.0), (50, -2.0, -4.0)], "factor-2"),
    "half": ([(3, V, V / 2), (50, W, W / 2)], "factor-2"),
    "a constant": ([(3, V, 0.3 * V), (50, W, 0.3 * W)], "constant-factor"),
    "a constant of arrays alone": ([(3, V, -7 * V)], "constant-factor"),
    "the sign": ([(3, V, -V), (50, 2.0, -2.0)], "sign-flipped"),
    "the sign of one number": ([(1, 2.0, -2.0)], "sign-flipped"),
    "the sign, and a zero": ([(3, V, -V), (4, np.zeros(2), np.zeros(2))], "sign-flipped"),
    "a matrix and its transpose": ([(2, A, A.T), (2, SQUARE, SQUARE.T)], "transposed"),
    "a square transpose": ([(2, SQUARE, SQUARE.T)], "transposed"),
    "NaN": ([(3, V, V * math.nan), (2, W, W)], "not-finite"),
    "a diverging descent": ([(3, V, [1.0, math.inf, 2.0]), (1, 2.0, 2.0)], "not-finite"),
    "swapped": ([(3, (1.0, 2.0), (2.0, 1.0)), (3, (3.0, 5.0), (5.0, 3.0))], "wrong-order"),
    "swapped, and equal once": ([(3, (1.0, 1.0), (1.0, 1.0)), (3, (V, 2.0), (2.0, V))], "wrong-order"),
    "three turned round": ([(3, (1.0, 2.0, V), (2.0, V, 1.0))], "wrong-order"),
    "the first two of three": ([(3, (1.0, 2.0, V), (2.0, 1.0, V))], "wrong-order"),
    "(m, m) for (m,)": ([(1, [2.0], [[2.0]]), (3, V, np.ones((3, 3)))], "broadcasting"),
    "(m, m) for a number": ([(2, 1.0, SQUARE), (3, 2.0, np.ones((3, 3)))], "broadcasting"),
    "None": ([(2, V, None), (3, 1.0, None)], "none-returned"),
    "None for zeros only": ([(2, V, V), (3, 0.0, None)], "none-returned"),
    "a string": ([(2, 1.0, "1.0"), (3, 2.0, "2.0")], "wrong-dtype"),
    "another shape": ([(2, V, W), (3, V, W)], "wrong-shape"),
    "zero": ([(3, V, 0 * V), (50, W, 0 * W)], "always-zero"),
    "zero for what is small": ([(3, 1e-13, 0.0), (4, -1e-13, 0.0)], "always-zero"),
    "zero for small, and many": ([(3, 1e-13 * V, 0 * V), (2, 1e-12 * W, 0 * W)], "always-zero"),
    "one, everywhere": ([(3, 2.0, 1.0), (5, 3.0, 1.0)], "hard-coded"),
    "(1, n) for a number": ([(2, 1.0, [[1.0, 2.0]])], "wrong-shape"),
}  # fmt: skip


@pytest.mark.parametrize("how", NAMED)
def test_what_explains_every_case_is_named(named, how):
    cases, slug = NAMED[how]
    assert of(named(cases)) == slug


NOT_NAMED = {
    "zero, for one number": [(3, 2.0, 0.0), (5, 0.0, 0.0)],
    "m = 2: is it m or 2?": [(2, 1.5, 3.0)],
    "one number is a multiple of any other": [(7, 1.5, 3.3)],
    "m times once, twice the next": [(3, 1.5, 4.5), (5, 1.5, 3.0)],
    "the sign once": [(3, V, -V), (5, W, 3.0 - W)],
    "m times, where m is not known": [(None, 1.5, 4.5), (None, 1.5, 7.5)],
    "a zero that is not zero": [(3, 1.5, 4.5), (5, 0.0, 1.0)],
    "m times and something": [(3, 1.5, 4.5 + 1e-3), (5, 1.0, 5.0 + 1e-3)],
    "a square transpose, and other numbers": [(2, SQUARE, SQUARE.T), (2, A, A + 1)],
    "swapped once": [(3, (1.0, 2.0), (2.0, 1.0)), (3, (3.0, 5.0), (5.0, 4.0))],
    "swapped and twice": [(3, (1.0, 2.0), (4.0, 2.0)), (3, (3.0, 5.0), (10.0, 6.0))],
    "one part negative, the other off": [(9, (W, V), (-W, V + 1)), (4, (V, W), (-V, W + 1))],
    "NaN once, wrong once": [(3, V, V * math.nan), (2, W, W + 1)],
    "None once, wrong once": [(3, V, None), (2, W, W + 1)],
    "a matrix once, wrong once": [(3, V, np.ones((3, 3))), (2, W, W + 1)],
    "true and false": [(3, np.array([True, False]), [False, False]), (2, True, False)],
}


@pytest.mark.parametrize("how", NOT_NAMED)
def test_what_does_not_explain_every_case_is_not_named(named, how):
    assert named(NOT_NAMED[how]) is None


TWO_AT_ONCE = {
    "sign and m": ([(3, 1.5, -4.5), (5, 2.5, -12.5)], "missing-1-over-m sign-flipped"),
    "half and m": ([(3, 1.5, 2.25), (5, 1.0, 2.5)], "missing-1-over-m factor-2"),
    "minus twice": ([(3, V, -2 * V), (5, W, -2 * W)], "factor-2 sign-flipped"),
    "a constant and m": ([(3, V, 2.1 * V), (5, W, 3.5 * W)], "missing-1-over-m constant-factor"),
    "a constant, below zero": ([(3, V, -7 * V)], "constant-factor sign-flipped"),
    "twice the transpose": ([(2, A, 2 * A.T)], "transposed factor-2"),
    "one part twice, the other half": (
        [(3, (1.0, V), (2.0, V / 2)), (4, (3.0, W), (6.0, W / 2))],
        "factor-2",
    ),
    "one part negative, the other m times": (
        [(3, (1.0, V), (-1.0, 3 * V)), (4, (3.0, W), (-3.0, 4 * W))],
        "sign-flipped missing-1-over-m",
    ),
    "one part 3, the other 7 times": (
        [(9, (W, V), (3 * W, 7 * V)), (4, (V, W), (3 * V, 7 * W))],
        "constant-factor",
    ),
}


@pytest.mark.parametrize("how", TWO_AT_ONCE)
def test_two_transforms_at_once_are_both_named(named, how):
    cases, slugs = TWO_AT_ONCE[how]
    assert named(cases, shape="exact").slugs == tuple(slugs.split())


def test_a_hint_for_two_at_once_speaks_of_both(named):
    hint = named([(3, 1.5, -4.5), (5, 2.5, -12.5)]).hint
    assert "mean over the examples" in hint
    assert "Check the sign" in hint


def test_a_transpose_with_other_numbers_is_of_another_shape_and_no_more(named):
    assert of(named([(2, A, A.T + 1)], shape="exact")) == "wrong-shape"
    assert of(named([(2, V.reshape(3, 1), V.reshape(1, 3))], shape="exact")) == "transposed"


def test_lists_that_are_one_entry_too_long_are_counted_wrongly_whatever_is_in_them(named):
    short = [(3, V, [1.0, 2.0]), (3, np.arange(5.0), [7.0, 1.0, 8.0, 2.0])]
    assert of(named(short, shape="exact")) == "wrong-iteration-count"
    assert of(named(short[:1], shape="exact")) == "wrong-shape"  # of one length: it may be anything
    mixed = [short[0], (3, W, [7.0, 1.0, 8.0])]
    assert of(named(mixed, shape="exact")) == "wrong-shape"


def test_one_answer_where_one_answer_is_right_is_not_hard_coded(named):
    assert of(named([(3, 2.0, 1.0), (5, 2.0, 1.0)])) != "hard-coded"


def test_a_known_mistake_in_the_shape_alone_is_named_in_that_shape_alone(named):
    """A flat answer where a column is asked for is no transpose."""
    column, row = V.reshape(3, 1), V.reshape(1, 3)
    known = {"mistakes": {"as-a-row": [row]}, "shape": "exact"}
    assert of(named([(2, column, row)], **known)) == "as-a-row"
    assert of(named([(2, column, V)], **known)) == "wrong-shape"
    halved = {"mistakes": {"half-of-it": [column / 3]}, "shape": "exact"}
    assert of(named([(2, column, V / 3)], **halved)) == "half-of-it"


def test_with_every_m_2_only_the_number_is_said(named):
    found = named([(2, V, 2 * V), (2, W, 2 * W)])
    assert (found.slug, found.words) == (
        "constant-factor",
        "gives 2 times the expected value in every case",
    )


def test_cases_of_one_example_cannot_tell_whether_the_mean_is_missing(named):
    assert of(named([(1, V, 2 * V), (1, W, 2 * W)])) == "factor-2"
    assert of(named([(1, 1.0, 3.0), (1, 2.0, 7.0)])) is None


def test_the_part_that_is_wrong_is_said(named):
    found = named([(3, (V, 1.0), (V, 2.0)), (4, (W, 3.0), (W, 6.0))])
    assert found.words == f"gives the 2nd value: {TWICE}"
    found = named([(3, {"dw": V, "db": 1.0}, {"dw": 2 * V, "db": 2.0})])
    assert found is None  # one number says nothing of db
    found = named([(3, {"dw": V, "db": W}, {"dw": 2 * V, "db": 2 * W})])
    assert found.words == f"gives the item 'dw', the item 'db': {TWICE}"


def test_a_part_that_is_ignored_says_nothing(named):
    cases = [(3, (V, "any", 1.0), (-V, None, -1.0)), (2, (W, "any", 2.0), (-W, 3, -2.0))]
    assert of(named(cases, ignore=((1,),))) == "sign-flipped"
    swapped = [(3, (1.0, 2.0, V), (2.0, 1.0, None))]
    assert of(named(swapped, ignore=((2,),))) == "wrong-order"


def test_narrow_integers_do_not_wrap_around(named):
    """As uint8, 256 - 3 is -3."""
    assert of(named([(9, np.array([3], np.uint8), [253])])) is None
    assert (
        of(named([(9, np.array([3, 4], np.uint8), np.array([-3, -4], np.int8))])) == "sign-flipped"
    )
    assert of(named([(9, np.array([100, 1], np.int8), np.array([200, 2], np.uint8))])) == "factor-2"


def test_float32_answers_are_named_as_well(named):
    rng = np.random.default_rng(0)
    x = rng.normal(size=40)
    assert of(named([(40, x, (40 * x).astype(np.float32)), (3, V, 3 * V)])) == "missing-1-over-m"


factors = st.sampled_from([-1.0, 2.0, 0.5, 3.7, "m", "1/m"])


def apply(factor, m, value):
    if factor == "m":
        return m * value
    return value / m if factor == "1/m" else factor * value


@given(factors, st.integers(0, 10**9), st.floats(-6, 6), st.integers(-16, 0))
def test_a_transform_is_named_at_every_scale_and_however_well_it_fits(
    named, factor, seed, scale, fit
):
    """One nearly perfect fit among the cases, where little is left but rounding, does not matter."""
    rng = np.random.default_rng(seed)
    cases, scales = [], []
    for m, left in ((3, 1.0), (20, 10.0**fit), (1, 1.0)):
        terms = 10.0**scale * (1 + rng.random(4))
        want = left * terms * rng.choice([-1, 1], 4)
        rounding = 3e-16 * terms * rng.normal(size=4)
        cases.append((m, want, apply(factor, m, want) + rounding))
        scales.append(terms)
    assert of(named(cases, scales=scales)) == SLUGS[factor]


SLUGS = {
    -1.0: "sign-flipped",
    2.0: "factor-2",
    0.5: "factor-2",
    3.7: "constant-factor",
    "m": "missing-1-over-m",
    "1/m": "extra-1-over-m",
}


@given(factors, factors, st.integers(0, 10**9))
def test_of_two_mistakes_at_once_no_wrong_one_is_named(named, first, second, seed):
    rng = np.random.default_rng(seed)
    cases = []
    for m in (1, 2, 3, 20):
        want = 0.5 + rng.random(4)
        cases.append((m, want, apply(first, m, apply(second, m, want))))
    both = [apply(first, m, apply(second, m, 1.0)) for m in (1, 2, 3, 20)]
    assume(both != [1, 1, 1, 1])
    found = named(cases)
    if first == second and first in ("m", "1/m"):
        assert of(found) == "only-for-one-example"  # m squared has no name, but this is true of it
    else:
        assert found is None or set(found.slugs) <= {SLUGS[first], SLUGS[second]}
        assert found is not None or first == second


KNOWN = {
    "summed": [6.0, 20.0, 0.0],
    "forgot-bias": [1.0, 3.0, 5.0],
    "diverges": [9.0, None, None],
}
WANT = [2.0, 4.0, 0.0]


def cases(*got):
    return [(m, want, g) for m, want, g in zip((3, 5, 4), WANT, got, strict=True)]


def test_a_known_mistake_is_named_if_it_gives_what_came_in_every_case(named):
    assert of(named(cases(6.0, 20.0, 0.0), mistakes=KNOWN)) == "summed"
    assert of(named(cases(1.0, 3.0, 5.0), mistakes=KNOWN)) == "forgot-bias"
    assert of(named(cases(1.0, 3.0, 0.0), mistakes=KNOWN)) is None
    assert of(named(cases(6.0, 20.0, 5.0), mistakes=KNOWN)) is None
    assert of(named(cases(6.0, 3.0, 0.0), mistakes=KNOWN)) is None


def test_where_a_known_mistake_diverges_the_answer_must_too(named):
    assert of(named(cases(9.0, math.inf, math.nan), mistakes=KNOWN)) == "diverges"
    assert of(named(cases(9.0, math.inf, 0.0), mistakes=KNOWN)) == "diverges"
    assert of(named(cases(9.0, 4.0, 0.0), mistakes=KNOWN)) == "diverges"
    assert of(named(cases(9.0, 7.0, 0.0), mistakes=KNOWN)) is None


def test_a_known_mistake_that_shows_in_no_case_is_not_named(named):
    assert of(named(cases(2.0, 4.0, 1.0), mistakes={"none-of-it": [2.0, 4.0, 0.0]})) is None


def test_small_numbers_are_not_taken_for_a_known_mistake(named):
    found = named([(3, 1e-13, 0.0)], mistakes={"summed": [3e-13]})
    assert found is None


def test_a_known_mistake_is_recognised_in_another_shape_and_order_of_operations(named):
    mistakes = {"summed": [(3 * V, 1.0), (5 * W, 2.0)]}
    got = [((3 * V * (1 + 1e-13)).reshape(3, 1), [1.0]), (5 * W, np.float32(2.0))]
    found = named([(3, (V, 1.0), got[0]), (5, (W, 2.0), got[1])], mistakes=mistakes)
    assert found.known.slug == "summed"


def test_the_author_s_name_comes_before_a_generic_one(named):
    assert of(named([(3, V, -V)], mistakes={"uphill": [-V]})) == "uphill"


anything = st.one_of(
    st.none(), st.floats(), st.text(max_size=2), st.integers(-9, 9),
    st.lists(st.floats(), max_size=3), st.tuples(st.floats(), st.floats()),
    st.builds(lambda a, b: np.full((a, b), 2.0), st.integers(0, 3), st.integers(0, 3)),
)  # fmt: skip


@given(st.lists(anything, min_size=2, max_size=2), st.sampled_from(["exact", "squeeze"]))
def test_whatever_comes_back_has_a_diagnosis_or_none(named, got, shape):
    wants = [(1.0, V), np.array([[1.0], [2.0]]), 0.0, np.zeros((2, 2))]
    for want in wants:
        found = named([(m, want, g) for m, g in zip((1, 2), got, strict=True)], shape=shape)
        assert found is None or (found.slug and found.words)


@pytest.mark.parametrize("off", [1e-6, 3e-4])
def test_a_lack_of_digits_is_no_constant_factor(named, off):
    found = named(
        [(3, 2.0, 2.0 * (1 + off)), (4, -7.0, -7.0 * (1 + off)), (5, 0.3, 0.3 * (1 + off))]
    )
    assert found is None or found.slug != "constant-factor"
    assert found is None or "1 times" not in found.words
