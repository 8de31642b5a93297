"""A typed expression is judged by its values, in whatever form it is typed."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from grader.questions import Expression, Mistake

BOTH_SIGNS = ((-3.0, -0.2), (0.2, 3.0))
LOG = ((-3.0, -1.2), (0.2, 3.0))

# answer, domain, {typed: the mistake's name; "" if right, None if wrong without a name}
TABLE = {
    "0": (BOTH_SIGNS, {
        "0": "", "0.0": "", "f'(x) = 0": "", "x - x": "", "0*x": "", "-0": "", "3 - 3": "",
        "1": None, "3": None, "x": None, "1e-9": None, "0/0": "not-finite", "": "missing", " ": "missing",
        "zero": "unreadable-expression", "None": "unreadable-expression",
    }),
    "3": (BOTH_SIGNS, {
        "3": "", "3.0": "", "+3": "", "f'(x) = 3": "", "y = 3": "", "6/2": "", "3x/x": "", "3x^0": "",
        "1+2": "", "-3": "sign-flipped", "3x": None, "2.999999": None, "three": "unreadable-expression",
    }),
    "2*x": (BOTH_SIGNS, {
        "2x": "", "2*x": "", "2·x": "", "x*2": "", "x + x": "", "2x^1": "", "2 x": "", "2(x)": "",
        "x2": "", "-2x": "sign-flipped", "x^2": "not-differentiated", "x²": "not-differentiated",
        "2": None, "2x^2": None, "2**x": None, "lambda x: 2*x": "unreadable-expression",
        "__import__('os')": "unreadable-expression", "2x + 1e-6": None, "2x + 1e-12": "",
    }),
    "3*x^2": (BOTH_SIGNS, {
        "3x^2": "", "3x²": "", "3*x**2": "", "3x*x": "", "x^2 + 2x^2": "", "3(x)^2": "", "3x^{2}": "",
        "(3x)^2": None, "3x^3/x": "", "x^2": None, "3*x*2": None, "-3x^2": "sign-flipped",
        "3x^2 + 0.0000001": None, "3*abs(x)^2": "", "sqrt(9x^4)": "",
    }),
    "(x*e^x - e^x)/x^2": (BOTH_SIGNS, {
        "(e^x x - e^x)/x^2": "", "e^x(x-1)/x^2": "", "(x-1)e^x/x^2": "", "e^x/x - e^x/x^2": "",
        r"\frac{e^x(x-1)}{x^2}": "", "(xe^x-e^x)/x²": "", "exp(x)*(x-1)/x**2": "", "np.exp(x)*(1/x - 1/x**2)": "",
        "e^x/x^2(x-1)": "", "e^x(x-1)x^-2": "", "-(e^x - xe^x)/x^2": "", "e^x (1/x)(1 - 1/x)": "",
        "e^x x - e^x/x^2": None, "(e^x - xe^x)/x^2": "sign-flipped", "e^x/x": None, "e^x": None,
        "(x*e^x + e^x)/x^2": None, "x^-2 e^x (x - 1": "unreadable-expression",
    }),
    "(1 + 2*x)/(x + x^2)": (LOG, {
        "1/(x+x^2)*(1+2x)": "", r"\frac{1+2x}{x+x^2}": "", "(1+2x)/(x(1+x))": "", "1/x + 1/(1+x)": "",
        "(2x+1)/(x^2+x)": "", "(1+2x)(x+x^2)^-1": "", "1/(x+x^2)(1+2x)": "",
        "(1+2x)/x+x^2": None, "1/(x+x^2)": None, "1+2x/(x+x^2)": None, "ln(1+2x)": "not-finite",
        "1+2x": None,
    }),
}  # fmt: skip
ROWS = [(answer, typed) for answer, (_, texts) in TABLE.items() for typed in texts]


@pytest.mark.parametrize(("answer", "typed"), ROWS)
def test_what_is_typed_is_judged_as_the_table_says(verdict_on, answer, typed):
    domain, texts = TABLE[answer]
    mistakes = [Mistake("not-differentiated", "x^2")] if answer == "2*x" else []
    found = verdict_on(Expression("d", answer, domain=domain, mistakes=mistakes), d=typed)
    assert found.credit == (1 if texts[typed] == "" else 0), found.reason
    assert found.mistake == (texts[typed] or None), found.reason
    assert found.reason


def test_how_it_was_read_is_said(verdict_on):
    found = verdict_on(Expression("d", "e^(2*x)"), d="e^2x")
    assert found.reason == "d was read as e ** 2 * x, which is not right."


def test_a_number_may_be_typed_as_one(verdict_on):
    check = Expression("d", "3")
    for typed in (3, 3.0, np.float64(3), np.int32(3)):
        assert verdict_on(check, d=typed).credit == 1
    assert verdict_on(check, d=1e22).credit == 0
    assert verdict_on(check, d=-3).mistake == "sign-flipped"


@pytest.mark.parametrize("thing", [None, True, 3j, [3], np.array([3.0]), {"x": 3}, lambda x: 3])
def test_what_is_no_text_is_refused_by_its_name(verdict_on, thing):
    found = verdict_on(Expression("d", "3"), d=thing)
    assert (found.credit, found.mistake) == (0, "wrong-dtype")
    assert "an expression typed as text is asked for" in found.reason


@pytest.mark.parametrize("thing", [float("nan"), float("inf")])
def test_a_number_that_is_none_cannot_be_read(verdict_on, thing):
    assert verdict_on(Expression("d", "3"), d=thing).mistake == "unreadable-expression"


def test_a_wrong_term_is_seen_where_the_answer_is_small(verdict_on):
    """e^(10x) is 1e13 at 3, and 7 at 0.2: a tolerance for all points would swallow the x."""
    check = Expression("d", "e^(10*x)", domain=((0.2, 3.0),))
    assert verdict_on(check, d="e^(5x) e^(5x)").credit == 1
    assert verdict_on(check, d="e^(10x) + x").credit == 0


def test_a_form_that_cancels_is_right_near_a_zero_of_the_answer(verdict_on):
    check = Expression("d", "e^x*(x-1)/x^2", domain=((1 - 1e-6, 1 + 1e-6),))
    assert verdict_on(check, d="e^x/x - e^x/x^2").credit == 1


def test_a_known_mistake_earns_what_the_author_says(verdict_on):
    check = Expression("d", "2*x", mistakes=[Mistake("halved", "x", "Twice that.", credit="0.5")])
    found = verdict_on(check, d="x")
    assert (found.credit, found.hint) == (Decimal("0.5"), "Twice that.")
