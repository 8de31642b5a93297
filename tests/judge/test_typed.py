"""A typed expression is judged by its values, in whatever form it is typed."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.questions import Expression, Mistake

BOTH_SIGNS = ((-3.0, -0.2), (0.2, 3.0))
POSITIVE = ((0.2, 3.0),)
LOG = ((-3.0, -1.2), (0.2, 3.0))


class Expected(NamedTuple):
    """Right, or wrong with the name of the mistake; `in_doubt`: a person looks at it."""

    is_right: bool
    mistake: str | None = None
    in_doubt: bool = False


RIGHT = Expected(True)
NAMELESS = Expected(False)
MISSING = Expected(False, "missing")
UNREADABLE = Expected(False, "unreadable-expression")
SIGN = Expected(False, "sign-flipped")
TWO = Expected(False, "factor-2")
FACTOR = Expected(False, "constant-factor")
CONSTANT = Expected(False, "differs-by-constant")
RECIPROCAL = Expected(False, "reciprocal")
DIGITS = Expected(False, "low-precision")
NOT_YET = Expected(False, "not-differentiated")
TWICE = Expected(False, "differentiated-twice")
INTEGRATED = Expected(False, "integrated")
PARENTHESES = Expected(False, "missing-parentheses")
NOT_THERE = Expected(False, "not-finite")
OPEN = Expected(False, "ambiguous-notation", in_doubt=True)
WORDS = Expected(False, "unreadable-expression", in_doubt=True)
LOST = Expected(False, "differentiated-twice", in_doubt=True)

# the answer and its domain, and what is typed
TABLE = {
    ("0", BOTH_SIGNS): {
        RIGHT: ["0", "0.0", "f'(x) = 0", "x - x", "0*x", "-0", "3 - 3", "x-x", "0x", "ln(1)"],
        NAMELESS: ["1", "3", "x", "1e-9"],
        NOT_THERE: ["0/0"],
        MISSING: ["", " "],
        UNREADABLE: ["zero", "None", "nothing"],
    },
    ("3", BOTH_SIGNS): {
        RIGHT: ["3", "3.0", "+3", "f'(x) = 3", "y = 3", "6/2", "3x/x", "3x^0", "1+2", "3.", " 3 ", "x/x*3"],
        SIGN: ["-3"],
        NOT_YET: ["3x"],
        DIGITS: ["2.999999"],
        NAMELESS: ["0", "4"],
        UNREADABLE: ["three"],
        RECIPROCAL: ["1/3"],
    },
    ("2*x", BOTH_SIGNS): {
        RIGHT: ["2x", "2*x", "2·x", "x*2", "x + x", "2x^1", "2 x", "2(x)", "x2", "lambda x: 2*x", "2x + 1e-12", "2 × x", "x+x", "f'(x) = 2x", "y' = 2x", "dy/dx = 2x", r"\frac{d}{dx} x^2 = 2x", "$2x$", r"\[2x\]", r"\(2x\)", "d1 = 2x", "= 2x", "2x = 2*x", "def f(x): return 2*x", "2\u200bx", "２ｘ", "2𝑥", "2х", "2x.", "'2x'", "`2x`", "2x,", "(2)x", "x(2)", "2X", "x*2.0", "4x/2", "x/0.5", "x/(1/2)", "2|x|sign(x)", "2 abs(x) sgn(x)", "e^(ln(2)) x", "log(e^2) x", "2x + 0", "2.0000x", "2*x*(10^400/10^400)", "(x+10^60)-10^60+x", "2x+1e-30"],
        SIGN: ["-2x"],
        NOT_YET: ["x^2", "x²"],
        TWICE: ["2"],
        NAMELESS: ["2x^2", "2**x", "sqrt(4x^2)", "2^x"],
        UNREADABLE: ["__import__('os')", "np.multiply(2, x)", "2x+C", "x^2+C", "two x", "2*x*", "2(x", "2x)", "TODO", "..."],
        DIGITS: ["2x + 1e-6", "1.999x", "2x+1e-8"],
        CONSTANT: ["2x+1"],
        Expected(False, "constant-factor", in_doubt=True): ["2x = 3x"],
        TWO: ["x", "4x"],
        FACTOR: ["6x"],
        RECIPROCAL: ["1/(2x)"],
        INTEGRATED: ["x^3/3"],
        WORDS: ["2x dx", "2x (power rule)", "2x by the power rule", "2x, x > 0", "2x for x in R", "2,0x"],
        MISSING: [""],
        NOT_THERE: ["9**9**9**9"],
    },
    ("3*x^2", BOTH_SIGNS): {
        RIGHT: ["3x^2", "3x²", "3*x**2", "3x*x", "x^2 + 2x^2", "3(x)^2", "3x^{2}", "3x^3/x", "3*abs(x)^2", "sqrt(9x^4)", "3 x x", "3xx", "3*x^(2)", "3x^2^1", "3*pow(x,2)", "3*np.power(x, 2)", "3x^ 2", "3x ^2", "3x**2+0.0", "3*x.^2"],
        FACTOR: ["(3x)^2", "x^2"],
        TWICE: ["3*x*2", "6x"],
        SIGN: ["-3x^2"],
        DIGITS: ["3x^2 + 0.0000001"],
        LOST: ["3x2"],
        NOT_YET: ["x^3"],
    },
    ("(x*e^x - e^x)/x^2", BOTH_SIGNS): {
        RIGHT: ["(e^x x - e^x)/x^2", "e^x(x-1)/x^2", "(x-1)e^x/x^2", "e^x/x - e^x/x^2", r"\frac{e^x(x-1)}{x^2}", "(xe^x-e^x)/x²", "exp(x)*(x-1)/x**2", "np.exp(x)*(1/x - 1/x**2)", "e^x/x^2(x-1)", "e^x(x-1)x^-2", "-(e^x - xe^x)/x^2", "e^x (1/x)(1 - 1/x)", r"\frac{xe^x-e^x}{x^2}", "(exp(x)*x-exp(x))/x**2", "e^x x^-1 - e^x x^-2", "e^x(x−1)÷x²", "(x*E**x - E**x)/x**2", "exp(x)/x - exp(x)/x**2"],
        PARENTHESES: ["e^x x - e^x/x^2", "e^x*x - e^x/x^2", "xe^x - e^x / x^2"],
        SIGN: ["(e^x - xe^x)/x^2", "(e^x - x e^x)/x^2"],
        NOT_YET: ["e^x/x", "e^x / x"],
        NAMELESS: ["e^x", "(x*e^x + e^x)/x^2"],
        UNREADABLE: ["x^-2 e^x (x - 1"],
        OPEN: ["(xex - ex)/x2"],
    },
    ("(1 + 2*x)/(x + x^2)", LOG): {
        RIGHT: ["1/(x+x^2)*(1+2x)", r"\frac{1+2x}{x+x^2}", "(1+2x)/(x(1+x))", "1/x + 1/(1+x)", "(2x+1)/(x^2+x)", "(1+2x)(x+x^2)^-1", "1/(x+x^2)(1+2x)", "(1+2x)/(x+x²)", "1/x + 1/(x+1)", r"\dfrac{2x + 1}{x\left(x + 1\right)}", r"\frac{1}{x}+\frac{1}{1+x}", r"\frac1x+\frac1{x+1}", "1/(x+x^2) (1+2x)", "(1+2x)/((x)(1+x))", r"\cfrac{1+2x}{x+x^2}", r"{1+2x \over x+x^2}"],
        PARENTHESES: ["(1+2x)/x+x^2", "1+2x/(x+x^2)", "1+2x/x+x^2"],
        NAMELESS: ["1/(x+x^2)", "1+2x"],
        NOT_THERE: ["ln(1+2x)"],
        OPEN: ["(1+2x)/x(1+x)"],
        NOT_YET: ["ln(x+x^2)", "ln|x+x^2|"],
    },
    ("1/(2*x)", BOTH_SIGNS): {
        OPEN: ["1/2x", "1÷2x"],
        RIGHT: ["1/(2x)", "1/2/x", r"\frac{1}{2x}", r"\frac12 x^{-1}", "0.5/x", "0.5x^-1", "(2x)^-1", "1/2 x^(-1)", "1/2*1/x", "½x⁻¹", "½ · 1/x"],
        RECIPROCAL: ["2x"],
    },
    ("e^(2*x)", BOTH_SIGNS): {
        OPEN: ["e^2x", "e^x^2", "e**2*x"],
        RIGHT: ["e^{2x}", "exp(2x)", "exp 2x", "e^(2x)", "e^(2 x)", "(e^x)^2", "e^x e^x", "exp(x)^2", "exp^2x", "E**(2*x)", "math.e**(2*x)", "e²ˣ"],
        DIGITS: ["2.718^(2x)"],
    },
    ("ln(x)", POSITIVE): {
        RIGHT: ["ln x", "log x", "log(x)", "Log[x]", "log_e(x)", r"\log_{e} x", "ln|x|", "2 ln sqrt(x)", "ln(x^2)/2", "1/2 ln x^2", "np.log(x)", "loge(x)", "log2(x)*ln 2"],
        FACTOR: ["log10(x)", "log_10(x)"],
        UNREADABLE: ["lg(x)"],
        NOT_THERE: ["ln(-x)"],
    },
    ("cos(x)/2", BOTH_SIGNS): {
        RIGHT: ["cos(x)/2", "cos x/2", "½cos x", "0.5*np.cos(x)", r"\frac{\cos x}{2}", r"\frac{1}{2}\cos(x)", "(cos x)/2"],
        NOT_YET: ["sin(x)/2"],
        TWICE: ["-sin(x)/2"],
    },
    ("cos(x/2)", BOTH_SIGNS): {
        OPEN: ["cos x/2", "cos½x"],
        RIGHT: [r"\cos\frac{x}{2}", r"\cos\left(\frac{x}{2}\right)", "cos(x/2)"],
    },
    ("sin(x)^2", BOTH_SIGNS): {
        RIGHT: ["sin^2 x", "sin²x", r"\sin^2(x)", "sin(x)^2", "(sin x)^2", "1-cos^2 x", "sin x sin x", "sin(x)sin(x)", "(1-cos(2x))/2"],
        OPEN: ["sin x^2", "sinx^2"],
        NOT_THERE: ["sin^-1 x"],
    },
    ("e^(2*x)/(2*x)", BOTH_SIGNS): {
        RIGHT: ["e^(2x)/(2x)", "½e^{2x}/x"],
        OPEN: ["e^2x/2x"],  # two things at once
    },
    ("cbrt(x)", BOTH_SIGNS): {
        RIGHT: ["∛x", r"\sqrt[3]{x}", "root(x, 3)", "sign(x)|x|^(1/3)"],
        Expected(False, "not-finite", in_doubt=True): ["x^(1/3)", "x**(1/3)"],
    },
    ("log10(x)", POSITIVE): {
        RIGHT: ["log10(x)", "ln(x)/ln(10)", r"\log_{10}{x}", "log(x, 10)"],
        Expected(False, "constant-factor", in_doubt=True): ["log x", r"\log(x)"],
        FACTOR: ["ln x"],
    },
    ("ln(x^2)", BOTH_SIGNS): {
        RIGHT: ["ln x^2", "ln(x^2)", "2ln|x|"],
        Expected(False, "not-finite", in_doubt=True): ["ln(x)^2"],
    },
    ("ln(x)^2", POSITIVE): {
        RIGHT: ["ln(x)^2", "(ln x)^2", "ln^2 x"],
        OPEN: ["ln x^2", "lnx²"],
    },
    ("ln(x*(x + 1))", POSITIVE): {
        RIGHT: ["ln x + ln(x+1)", "ln(x(x+1))", "ln(x^2 + x)"],
        OPEN: ["ln x(x+1)"],
    },
    ("e^(-x^2/2)", BOTH_SIGNS): {
        RIGHT: ["e^(-x^2/2)", "e^{-x²/2}", "exp(-x**2/2)"],
        OPEN: ["e^-x^2/2"],
    },
    ("1/sin(x)", POSITIVE): {
        RIGHT: ["csc x", "cosec(x)", "sin(x)^-1", "1/sin x", r"\frac{1}{\sin x}"],
        Expected(False, "not-finite", in_doubt=True): ["sin^-1 x", "sin⁻¹x", r"\sin^{-1}(x)"],
    },
    ("1/x", POSITIVE): {
        RIGHT: ["1/|x|", "x^-1", "x^{-1}", "1/x", "x^(-1)", "x⁻¹", "\frac{1}{x}"],
        UNREADABLE: ["1/x + C", "1:x"],
        SIGN: ["-1/x"],
        RECIPROCAL: ["x"],
        NOT_YET: ["ln x"],
        TWICE: ["-1/x^2"],
        WORDS: ["1/x if x else 0", "1 / x  # done"],
    },
    ("sqrt(x)", POSITIVE): {
        RIGHT: ["x^(1/2)", "√x", "√(x)", r"\sqrt{x}", "x**0.5", "x^½", "x^{1/2}", "sqrt x", "np.sqrt(x)", r"\sqrt[2]{x}", "exp(ln(x)/2)", "|x|^(1/2)"],
        OPEN: ["x^1/2"],
    },
    ("1/(3*x^(2/3))", POSITIVE): {
        RIGHT: ["1/3 x^(-2/3)", "1/3x^(-2/3)", "x^(-2/3)/3", "1/(3x^(2/3))", "1/(3 cbrt(x)^2)", r"\frac{1}{3\sqrt[3]{x^2}}"],
        OPEN: ["1/3x^(2/3)", "1/3*x^-2/3"],
    },
}  # fmt: skip
ROWS = [
    (place, typed, expected)
    for place, texts in TABLE.items()
    for expected, many in texts.items()
    for typed in many
]


def judged(verdict_on, answer, typed, domain=BOTH_SIGNS, mistakes=()):
    found = verdict_on(Expression("d", answer, domain=domain, mistakes=mistakes), d=typed)
    return found, Expected(found.credit == 1, found.mistake, bool(found.doubt))


@pytest.mark.parametrize(("place", "typed", "expected"), ROWS)
def test_what_is_typed_is_judged_as_the_table_says(verdict_on, place, typed, expected):
    answer, domain = place
    began = time.process_time()
    found, seen = judged(verdict_on, answer, typed, domain)
    assert time.process_time() - began < 1
    assert seen == expected, found.reason
    assert found.credit in (0, 1)
    assert found.reason
    assert found.hint or found.mistake is None


# to the answer 2x: what costs work, or is no expression at all
HOSTILE = {
    "10^10^10": NOT_THERE,
    "9**9**9**9**9": NOT_THERE,
    "9^9^9": NOT_THERE,
    "9^-9^9^9 + 2x": RIGHT,  # it is 2x, to some 10^300000000 digits
    "e^(e^(e^(e^x)))": NOT_THERE,
    "sin(10^40 x)": NOT_THERE,
    "1e999999999999": NOT_THERE,
    "9" * 399: NAMELESS,
    "2x + 0*9^9^9^9^9": Expected(False, "not-finite", in_doubt=True),  # (9^9)^9... could be
    "(x + 10^150 - 10^150) + x": RIGHT,
    "(x + 10^300 - 10^300) + x": Expected(False, "unreadable-expression", in_doubt=True),
    "x!": UNREADABLE,
    "factorial(factorial(x))": UNREADABLE,
    "9!!!!": UNREADABLE,
    "(" * 10_000 + "x" + ")" * 10_000: UNREADABLE,
    "(" * 190 + "2x" + ")" * 190: UNREADABLE,
    "(" * 30 + "2x" + ")" * 30: RIGHT,
    "-" * 38 + "2x": RIGHT,
    "-" * 300 + "2x": UNREADABLE,
    "x^" * 190 + "x": UNREADABLE,
    r"\frac{" * 60 + "x" + "}{x}" * 60: UNREADABLE,
    "x" * 1_000_000: UNREADABLE,
    "2x" + " " * 1_000_000: UNREADABLE,
    "2" + "x+0" * 130: RIGHT,
    "|" * 300: UNREADABLE,
    "ln " * 100 + "x": UNREADABLE,
    "1/2x^1/2*e^2x sin x^2/2 log x^2 *" * 11 + "x": NAMELESS,
    "__import__('os').system('true')": UNREADABLE,
    "().__class__.__bases__[0].__subclasses__()": UNREADABLE,
    "eval('2*x')": UNREADABLE,
    "exec('x=2') or 2*x": UNREADABLE,
    "[2*x for x in x]": UNREADABLE,
    "2*x if True else open('/etc/passwd')": UNREADABLE,
    r"\input{/etc/passwd}": UNREADABLE,
    r"\def\a{\a\a}\a": UNREADABLE,
    "2x\0": UNREADABLE,
    "2x\ud800": UNREADABLE,
    "٢x": UNREADABLE,  # 2 in Arabic
    "2\u0445": RIGHT,  # a Cyrillic x
    "2\u202ex": UNREADABLE,  # what follows is shown from right to left
    "2x\u0301": UNREADABLE,  # x with an accent
    "²x": UNREADABLE,
    "ⅡX": UNREADABLE,  # a Roman numeral
    "ln(cos(x)-2)": NOT_THERE,
    "0/0": NOT_THERE,
    "2x + 0/0": NOT_THERE,
    "2x + ln(-1)*0": NOT_THERE,
    "(x-x)/(x-x) + 2x": NOT_THERE,
    "1e309": NAMELESS,
    "nan": UNREADABLE,
    "True": UNREADABLE,
}


@pytest.mark.parametrize("place", range(len(HOSTILE)))
def test_what_is_hostile_costs_no_second_and_gets_a_reason(verdict_on, place):
    typed, expected = list(HOSTILE.items())[place]
    began = time.process_time()
    found, seen = judged(verdict_on, "2*x", typed)
    assert time.process_time() - began < 1
    assert seen == expected, found.reason
    assert 0 < len(found.reason) < 600


def test_a_right_answer_is_right_up_to_the_longest_text_and_no_further(verdict_on):
    longest = "2x" + " + 0" * 99 + "  "
    assert len(longest) == 400
    assert verdict_on(Expression("d", "2*x"), d=longest).credit == 1
    found = verdict_on(Expression("d", "2*x"), d=longest + " ")
    assert "longer than 400 characters" in found.reason


RIGHT_ONES = {
    "2*x": ["2x", r"\frac{4x}{2}", "x + x"],
    "3*x^2": ["3x²", "3 x^{2}", "x^3/x*3"],
    "(x*e^x - e^x)/x^2": ["e^x(x-1)/x^2", r"\frac{e^{x}(x-1)}{x^{2}}"],
    "cos(x)/2": [r"\frac12\cos x", "½cos(x)"],
}
SAME = ["x", "2", "x^2 + 1", "e^x", "cos(x) + 3", "pi"]
REWRITINGS = [
    "({})",
    "[{}]",
    "{{{}}}",
    r"\left({}\right)",
    " {} ",
    "({}) + 0",
    "0 + ({})",
    "1*({})",
    "({})/1",
    "({})^1",
    "-(-({}))",
    "({}) + ({t}) - ({t})",
    "({t})*({})/({t})",
    r"\frac{{({t})({})}}{{{t}}}",
    "({})*({t})^-1*({t})",
    "1/(1/({}))",
    "2({}) - ({})",
    "({})/2 + ½({})",
    "ln(e^({}))",
    r"\ln\left(\exp\left({}\right)\right)",
    "(({})^3)^1/(({})²)",
    "f'(x) = {}",
    "y = {}",
    "${}$",
    "{}.",
]


@st.composite
def rewritten(draw):
    answer = draw(st.sampled_from(sorted(RIGHT_ONES)))
    text = draw(st.sampled_from(RIGHT_ONES[answer]))
    for form in draw(st.lists(st.sampled_from(REWRITINGS[:21]), max_size=4)):
        new = form.replace("{}", "\0").replace("{t}", "\1").replace("{{", "{").replace("}}", "}")
        text = new.replace("\0", text).replace("\1", draw(st.sampled_from(SAME)))
    return answer, draw(st.sampled_from(["{}", *REWRITINGS[21:]])).replace("{}", text)


@given(rewritten())
def test_any_rewriting_of_a_right_answer_is_right(verdict_on, pair):
    answer, text = pair
    if len(text) <= 400:
        found = verdict_on(Expression("d", answer, points=6), d=text)
        assert (found.credit, found.doubt) == (1, ""), found.reason


WRONG = {
    "sign-flipped": "-({})",
    "factor-2": "2*({})",
    "constant-factor": "7*({})/5",
    "differs-by-constant": "({}) - 3",
    "reciprocal": "1/({})",
    "low-precision": "1.0001*({})",
    "not-finite": "({}) + 0*ln(x)",
}


@given(rewritten(), st.sampled_from(sorted(WRONG)))
def test_any_rewriting_of_a_wrong_answer_has_the_name_of_what_was_done(verdict_on, pair, slug):
    answer, text = pair
    wrong = WRONG[slug].replace("{}", text.rpartition("=")[2].strip("$."))
    if len(wrong) <= 400:
        found = verdict_on(Expression("d", answer, points=6), d=wrong)
        assert (found.credit, found.mistake) == (0, slug), found.reason


def test_how_it_was_read_is_said_and_how_else_it_is_right(verdict_on):
    found = verdict_on(Expression("d", "e^(2*x)"), d="e^2x")
    read = "d was read as e**2*x, which is not right. Read as e**(2*x) it is right"
    assert found.reason == f"{read}: a person will look at it."
    assert found.doubt == f"d = 'e^2x': {read}"
    assert found.hint == "Type parentheses, so that it can be read in one way only."


def test_a_doubt_is_never_worth_points(verdict_on):
    assert verdict_on(Expression("d", "1/(2*x)"), d="1/2x").credit == 0


def test_what_is_right_in_some_places_is_told_where(verdict_on):
    found = verdict_on(Expression("d", "2*x"), d="2|x|")
    assert found.reason == "d was read as 2*abs(x), which is not right; for x > 0 it is right."
    found = verdict_on(Expression("d", "2*x"), d="2x ln(x)/ln(x)")
    assert "not defined for x < 0, where the right answer is; for x > 0 it is right" in found.reason


def test_missing_parentheses_are_put_where_they_belong(verdict_on):
    found = verdict_on(Expression("d", "(1 + 2*x)/(x + x^2)", domain=LOG), d="1+2x/x+x^2")
    assert found.reason == (
        "d was read as 1 + 2*x/x + x**2, which is not right. (1 + 2*x)/(x + x**2) would be."
    )


def test_the_verdict_does_not_depend_on_the_secret(verdicts_on):
    from grader.questions import Question

    asked = [Question("Q1", "It", checks=[Expression("d", "2*x")])]
    for typed in ("2x", "x2", "x^2", "2|x|", "2x + 1e-8", "sqrt(4x^2)", "1/2x", "2^x"):
        seen = {
            verdict.reason + str(verdict.mistake)
            for secret in (b"a", b"b", b"c")
            for verdict in verdicts_on(asked, {"d": typed}, secret=secret)
        }
        assert len(seen) == 1


def test_a_number_may_be_typed_as_one(verdict_on):
    check = Expression("d", "3")
    for typed in (3, 3.0, np.float64(3), np.int32(3)):
        assert verdict_on(check, d=typed).credit == 1
    assert verdict_on(check, d=1e22).credit == 0
    assert verdict_on(check, d=-3).mistake == "sign-flipped"


@pytest.mark.parametrize("thing", [[3], (3,), np.array([3.0]), ["3"], ("f'(x) = 3",)])
def test_what_is_alone_in_a_list_counts_with_a_remark(verdict_on, thing):
    found = verdict_on(Expression("d", "3"), d=thing)
    assert found.credit == 1
    assert found.remarks == ("it is the one thing in a list or a tuple",)


@pytest.mark.parametrize(
    "thing", [None, True, 3j, [3, 3], np.array([3.0, 1]), {"x": 3}, lambda x: 3]
)
def test_what_is_no_text_is_refused_by_its_name(verdict_on, thing):
    found = verdict_on(Expression("d", "3"), d=thing)
    assert (found.credit, found.mistake) == (0, "wrong-dtype")
    assert "an expression typed as text is asked for" in found.reason


def test_an_expression_of_sympy_is_read_as_sympy_prints_it(verdict_on):
    import sympy as sp

    x = sp.symbols("x")
    check = Expression("d", "(x*e^x - e^x)/x^2")
    for right in (
        sp.diff(sp.exp(x) / x, x),
        sp.simplify(sp.diff(sp.exp(x) / x, x)),
        sp.Eq(sp.Symbol("y"), sp.diff(sp.exp(x) / x, x)),
        sp.Lambda(x, sp.diff(sp.exp(x) / x, x)),
        sp.latex(sp.diff(sp.exp(x) / x, x)),
    ):
        assert verdict_on(check, d=right).credit == 1, right
    assert verdict_on(check, d=sp.exp(x) / x).mistake == "not-differentiated"
    found = verdict_on(check, d=sp.Derivative(sp.exp(x) / x, x))
    assert "call .doit()" in found.reason


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
    assert verdict_on(check, d="e^x/x - e^x/x^2 + 10^-16").credit == 0


def test_digits_that_cancel_hide_nothing(verdict_on):
    """In float64, both would be 0, or both right."""
    check = Expression("d", "2*x")
    assert verdict_on(check, d="(10^40 + x) - 10^40 + x").credit == 1
    assert verdict_on(check, d="2x + ((10^40 + 1) - 10^40)").mistake == "differs-by-constant"


def test_a_known_mistake_earns_what_the_author_says(verdict_on):
    check = Expression("d", "2*x", mistakes=[Mistake("halved", "x", "Twice that.", credit="0.5")])
    found = verdict_on(check, d="x")
    assert (found.credit, found.hint) == (Decimal("0.5"), "Twice that.")


def test_another_variable_is_typed_as_well(verdict_on):
    check = Expression("d", "2*theta", variable="theta")
    assert verdict_on(check, d="2θ").credit == 1
    assert verdict_on(check, d=r"2\theta").credit == 1
    assert verdict_on(check, d="2x").mistake == "unreadable-expression"
