"""Another reader of LaTeX raises doubts where the judge finds nothing right; and nothing else."""

from __future__ import annotations

import subprocess
import sys
import time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader import judge as first
from grader import second_opinion
from grader.questions import Case, Expression, Question, Returns, plan
from grader.records.evidence import Evidence, Outcome, Run
from grader.second_opinion.latex import MAX_CHARACTERS, read_by_sympys_grammar

POSITIVE = ((0.2, 3.0),)


def verdicts(answer, typed, domain=POSITIVE):
    """By the judge alone, and with the second opinion."""
    check = Expression("d", answer, domain=domain)
    key = plan("hw", [Question("Q1", "It", checks=[check])], b"a secret").answer_key
    (asked,) = key.questions[0].checks
    evidence = Evidence(Run("", ()), {asked.probe: Outcome("", "returned", value=typed)})
    return first.judge(evidence, key)[0], second_opinion.judge(evidence, key)[0]


# what the judge calls wrong, and SymPy's grammar reads as the answer
ELSEWHERE = [
    ("log10(x)", r"\lg x", "unreadable-expression"),
    ("2*log10(x)", r"2\lg{x}", "unreadable-expression"),
]


@pytest.mark.parametrize(("answer", "typed", "slug"), ELSEWHERE)
def test_what_another_reader_finds_right_is_in_doubt_and_earns_nothing(answer, typed, slug):
    alone, both = verdicts(answer, typed)
    assert (alone.credit, alone.doubt) == (0, "")
    assert (both.credit, both.mistake) == (0, slug)
    assert both.doubt.endswith("it is right")
    assert both.reason.startswith(alone.reason)
    assert "a person will look at it" in both.reason


SAME = [
    ("2*x", "2x"),
    ("2*x", r"\frac{4x}{2}"),
    ("2*x", r"\frac{4x}{3}"),
    ("2*x", r"-2\cdot x"),
    ("2*x", r"\lg x"),
    ("2*x", r"\frac{2x}{"),
    ("2*x", r"\int 2 dx"),
    ("2*x", r"\sum_{i=1}^{2} x"),
    ("2*x", r"\frac{d}{dx} x^2"),
    ("log10(x)", "lg x"),  # no LaTeX
    ("1/sin(x)", r"\sin^{-1} x"),  # in doubt already
    ("2*x", None),
]


@pytest.mark.parametrize(("answer", "typed"), SAME)
def test_where_it_has_nothing_to_say_the_verdict_is_that_of_the_judge(answer, typed):
    alone, both = verdicts(answer, typed)
    assert both == alone


PIECES = ["x", "2", "+", "-", "^", "{", "}", "(", ")", "|", "_", " ", "\\frac", "\\ln "]
LATEX = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(LATEX)
def test_whatever_is_typed_it_can_only_raise_a_doubt(typed):
    alone, both = verdicts("2*x", "\\ " + typed)
    assert both.credit == alone.credit
    assert both == alone or (both.credit == 0 and both.doubt)


LONG = [
    r"\ln " * 26 + "xx",
    "x" * MAX_CHARACTERS,
    r"\ln x" * 20_000,
    "2x" + " " * 9_000 + r"\lg",
]


@pytest.mark.parametrize("place", range(len(LONG)))
def test_no_text_costs_more_than_some_work(place):
    read_by_sympys_grammar("x", "x")  # the grammar itself is read once
    began = time.process_time()
    assert read_by_sympys_grammar(LONG[place], "x") is None
    assert time.process_time() - began < 5
    assert sys.getprofile() is None


def test_what_is_not_typed_is_judged_as_ever():
    case = Case("x = 3", (3.0,))
    questions = [Question("Q1", "Twice", checks=[Returns("double", lambda x: 2 * x, [case])])]
    key = plan("hw", questions, b"a secret").answer_key
    evidence = Evidence(Run("", ()), {})
    assert second_opinion.judge(evidence, key) == first.judge(evidence, key)
    assert second_opinion.judge(evidence, key)[0].credit == Decimal(0)


@pytest.mark.slow
def test_the_other_reader_is_imported_for_the_first_text_that_needs_it_and_sympy_never():
    code = """
import sys
from tests.second_opinion.test_second_opinion import verdicts
heavy = lambda: {'lark', 'sympy'} & set(sys.modules)
verdicts("2*x", r"\\frac{4x}{2}"), verdicts("2*x", "x^2 +"), verdicts("2*x", r"-2\\cdot x")
assert not heavy(), heavy()
verdicts("log10(x)", r"\\lg x")
assert heavy() == {'lark'}, heavy()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
