"""Outputs in the wrong order are named so, whatever their shapes."""

from __future__ import annotations

import numpy as np
import pytest

from grader.judge.compare import Rule, compare
from grader.judge.diagnose import Case, diagnose
from grader.records.answer_key import Expectation
from grader.records.values import value_of

RULE = Rule(rtol=1e-7, atol=1e-14)
COLUMN = np.array([[1.0], [2.0], [3.0]])
HISTORY = np.array([5.0, 4.0])


def judged(want: object, got: object) -> Case:
    wanted, came = value_of(want), value_of(got)
    return Case(Expectation("p", "c", wanted, wanted), came, compare(wanted, came, wanted, RULE))


@pytest.mark.parametrize(
    ("first", "second"), [(1.5, -2.5), (COLUMN, HISTORY), (COLUMN[:2], HISTORY), (COLUMN, 0.5)]
)
def test_swapped_outputs_are_in_the_wrong_order(first, second):
    found = diagnose([judged((first, second), (second, first))], [], RULE)
    assert found is not None
    assert found.slug == "wrong-order"


def test_another_shape_is_not_taken_for_another_order():
    found = diagnose([judged((COLUMN, HISTORY), (COLUMN[:2], HISTORY))], [], RULE)
    assert found is not None
    assert found.slug == "wrong-shape"
    assert found.words == (  # after "compute_gradient is wrong in 1 of 1 cases (c): it "
        "does not fit in the case 'c': shape (3, 1) is asked for, "
        "the 1st value is an ndarray of shape (2, 1)"
    )
