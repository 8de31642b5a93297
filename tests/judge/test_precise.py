"""Real numbers with a bound on their error: the true value is never beyond it."""

from __future__ import annotations

from decimal import Decimal

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.judge.expressions import UndecidedError, parse, precise
from grader.judge.expressions.precise import Ball, ImpreciseError, UndefinedError

ONE = {
    "exp": mpmath.exp,
    "ln": mpmath.log,
    "sin": mpmath.sin,
    "cos": mpmath.cos,
    "atan": mpmath.atan,
    "asin": mpmath.asin,
    "sqrt": mpmath.sqrt,
    "sinh": mpmath.sinh,
    "cosh": mpmath.cosh,
    "tanh": mpmath.tanh,
    "asinh": mpmath.asinh,
    "acosh": mpmath.acosh,
    "atanh": mpmath.atanh,
    "absolute": abs,
}
TWO = ["+", "-", "*", "/", "**"]


def leaf(text):
    with precise.digits(30):
        return precise.number(text), mpmath.mpf(text)


def applied(name, *operands):
    """By both; None where the number is not real, or not known."""
    balls, exact = [ball for ball, _ in operands], [number for _, number in operands]
    try:
        with precise.digits(30):
            if name in ONE:
                return getattr(precise, name)(*balls), ONE[name](*exact)
            ball = eval(f"a {name} b", {"a": balls[0], "b": balls[1]})
            return ball, eval(f"a {name} b", {"a": exact[0], "b": exact[1]})
    except (UndefinedError, ImpreciseError):
        return None


NUMBERS = st.sampled_from(
    ["0.1", "2", "-3", "1.7", "0.333333333333333", "-0.25", "12", "1e-20", "7e15", "0.5", "-1", "1"]
)


PLACES = st.integers(0, 9)
STEPS = st.lists(st.tuples(st.sampled_from([*ONE, *TWO, *TWO]), PLACES, PLACES), max_size=14)


@settings(max_examples=200)
@given(st.lists(NUMBERS, min_size=3, max_size=3), STEPS)
def test_the_true_value_is_within_the_bound(numbers, steps):
    with mpmath.workdps(150):
        known = [leaf(text) for text in numbers]
        for name, *places in steps:
            operands = [known[-1 - place % len(known)] for place in places]
            found = applied(name, *(operands[:1] if name in ONE else operands))
            if found is None or abs(found[0].mid).adjusted() > 60:
                continue
            ball, true = found
            assert mpmath.im(true) == 0
            # what mpmath itself rounds away
            slack = abs(true) * mpmath.mpf(10) ** -80 + mpmath.mpf(10) ** -80
            off = abs(mpmath.mpf(str(ball.mid)) - mpmath.re(true))
            assert off <= mpmath.mpf(str(ball.off)) + slack, (name, operands)
            known.append((ball, mpmath.re(true)))


OFFS = st.sampled_from(["0", "0.001", "0.01", "0.05"])
SHIFTS = st.sampled_from(["-1", "-0.3", "0", "0.7", "1"])
ABOUT = st.tuples(st.sampled_from(["0.5", "-0.4", "1.5", "-2", "3", "0.9"]), OFFS, SHIFTS)


@settings(max_examples=400)
@given(st.sampled_from([*ONE, *TWO]), st.tuples(ABOUT, ABOUT))
def test_whatever_an_operand_may_be_the_result_may_be(name, about):
    operands = []
    with mpmath.workdps(60):
        for mid, off, shift in about[: 1 if name in ONE else 2]:
            true = mpmath.mpf(mid) + mpmath.mpf(shift) * mpmath.mpf(off)
            operands.append((Ball(Decimal(mid), Decimal(off)), true))
        found = applied(name, *operands)
        if found is not None:
            ball, true = found
            assert abs(mpmath.mpf(str(ball.mid)) - true) <= mpmath.mpf(str(ball.off)) + 1e-40


FORMS = {
    "(x + 10^60) - 10^60": "x",
    "(1 - cos(10^-20 x))*2*10^40": "x^2*(1 - 10^-40*x^2/12)",
    "ln(1 + 10^-40 x)*10^40": "x*(1 - 10^-40*x/2)",
    "sqrt(x^2 + 10^-30) - |x|": "10^-30/(sqrt(x^2 + 10^-30) + |x|)",
    "sin(10^25 pi + x)": "sin(x)",
    "tanh(50 + |x|)": "1 - 2/(1 + e^(100 + 2|x|))",
    "e^(100x)/e^(99x)": "e^x",
    "asin(sin(x/3))": "x/3",
    "acosh(cosh(x))": "|x|",
    "(x^3)^(1/3)": "x",
    "x^(3*(1/3))": "x",
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("point", ["0.37", "1.9", "2.81"])
def test_a_value_is_right_to_twenty_five_digits_however_much_cancels(form, point):
    with precise.digits(60):
        got, want = (parse(text).value(Decimal(point)) for text in (form, FORMS[form]))
        assert abs(got - want) <= abs(want) * Decimal("1e-24")


def test_what_cancels_wholly_is_undecided_and_never_a_number_by_luck():
    with precise.digits(), pytest.raises(UndecidedError):
        parse("1/(sin(x)^2 + cos(x)^2 - 1)").value(Decimal("0.7"))
    with precise.digits():
        assert parse("sin(x)^2 + cos(x)^2 - 1").value(Decimal("0.7")) == 0
        assert parse("1/((x + 1)^2 - x^2 - 2x - 1)").value(Decimal("0.7")).is_nan()


@pytest.mark.parametrize("text", ["1/0", "ln(0)", "ln(-1)", "sqrt(-1)", "(-1)^0.5", "0^-1", "asin(2)", "acosh(0.5)", "atanh(1)", "root(-1, 2)", "tan(x)/(x-x)"])  # fmt: skip
def test_where_there_is_no_real_number_there_is_none(text):
    with precise.digits():
        assert parse(text).value(Decimal("0.7")).is_nan()


def test_a_number_that_is_exact_stays_so():
    with precise.digits():
        third = Ball(Decimal(1)) / Ball(Decimal(3))
        assert (Ball(Decimal(1)) / Ball(Decimal(4))).off == 0
        assert 0 < third.off < Decimal("1e-48")
        assert (precise.number("0.1") * precise.number("10")).is_zero is False
