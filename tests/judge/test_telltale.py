"""What a wrong answer gives away by itself, whatever the mistake was."""

from __future__ import annotations

import numpy as np
import pytest

from grader.questions import Case, Question, Returns


def line(x, w, b):
    return w * x + b


CASES = [
    Case("shown", (np.array([1.0, 2.0]), 0.5, 1.0), public=True),
    Case("m = 1", lambda rng: (rng.normal(size=1), 2.5, 1.0)),
    Case("m = 9", lambda rng: (rng.normal(size=9), 2.5, 1.0)),
    Case("integers", (np.array([4, -2, 1]), 2, 1)),
    Case("many", (np.array([4, -2, 7, 1, 9]), 3, 1)),
]
LINE = Returns("line", line, CASES)

GIVEN_AWAY = {
    "ignores-argument": lambda x, w, b: np.tanh(w) * 0.3 + 0 * x + b**2,
    "forgot-bias": lambda x, w, b: x**3 * w,
    "cut-to-integers": lambda x, w, b: np.floor(w * x + b),
    "always-zero": lambda x, w, b: 0 * x,
    "hard-coded": lambda x, w, b: line(x, w, b) if list(x) == [1, 2] and b == 1 else 0 * x + 7.5,
}


@pytest.mark.parametrize("slug", GIVEN_AWAY)
def test_it_is_named_without_knowing_the_mistake(verdict_on, slug):
    found = verdict_on(LINE, line=GIVEN_AWAY[slug])
    assert (found.mistake, found.credit) == (slug, 0), found.reason
    assert found.hint


def total(x, w, b):
    return np.sum(line(x, w, b)) / len(x)


def test_what_is_right_for_one_example_alone_is_told_so(verdict_on):
    check = Returns("total", total, CASES)
    found = verdict_on(check, total=lambda x, w, b: total(x, w, b) + (len(x) > 1) * np.cos(x[0]))
    assert found.mistake == "only-for-one-example"


def test_where_each_entry_has_its_answer_nobody_is_told_of_examples(verdict_on):
    """They may be the entries of one vector."""
    found = verdict_on(LINE, line=lambda x, w, b: line(x, w, b) + (len(x) > 1) * np.cos(x))
    assert found.mistake is None


def test_whole_numbers_where_whole_numbers_went_in_are_cut(verdict_on):
    halves = Returns("halves", lambda x: x / 3, [Case(str(n), (x,)) for n, x in enumerate(
        [np.array([1.5, 2.5]), np.array([2.5]), np.array([0.1, 5.0]), np.array([4, 5, 6])]
    )])  # fmt: skip
    found = verdict_on(halves, halves=lambda x: x // 3 if x.dtype.kind == "i" else x / 3)
    assert found.mistake == "cut-to-integers"


def test_what_is_printed_and_not_returned_is_shown(verdict_on):
    found = verdict_on(LINE, line=lambda x, w, b: print("the line is", w))
    assert found.mistake == "none-returned"
    assert "what it prints is 'the line is 0.5'" in found.reason


def test_a_variable_of_the_notebook_in_the_place_of_an_argument_is_named(verdicts_on):
    namespace: dict[str, object] = {"np": np, "weight": 4.0}
    exec("def line(x, w, b): return weight * x + b * b", namespace)
    (found,) = verdicts_on([Question("Q1", "It", [LINE])], namespace)
    assert found.mistake == "uses-globals"
    assert "reads the notebook's weight, and does not look at its argument w" in found.reason


def test_a_variable_that_a_right_function_reads_is_a_remark_and_costs_nothing(verdicts_on):
    namespace: dict[str, object] = {"np": np, "shift": 0.0}
    exec("def line(x, w, b): return w * x + b + shift", namespace)
    (found,) = verdicts_on([Question("Q1", "It", [LINE])], namespace)
    assert (found.credit, found.mistake) == (1, None)
    assert found.remarks == ("it reads the notebook's shift, not its arguments alone",)
