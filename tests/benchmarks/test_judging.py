"""Nothing right is rejected and nothing wrong accepted, over solutions that machines make."""

from __future__ import annotations

import pytest

from benchmarks.judging.exact import differs
from benchmarks.judging.judges import asked, naive, ours
from benchmarks.judging.measure import Found, measured
from benchmarks.judging.table import table
from reference import univariate

pytestmark = pytest.mark.slow

RIGHT = 12


@pytest.fixture(scope="module")
def found() -> list[Found]:
    return measured(RIGHT, seed=7)


def test_no_right_solution_is_rejected(found):
    assert sum(each.right for each in found) >= 200  # different texts
    assert [example for each in found for example in each.rejected.examples] == []
    in_doubt = sum(each.in_doubt for each in found)
    assert in_doubt < 0.05 * sum(each.right for each in found)


def test_no_mutant_of_a_reference_is_accepted(found):
    assert sum(each.wrong for each in found) >= 500
    assert [example for each in found for example in each.accepted.examples] == []


def test_every_function_that_is_compared_is_in_the_corpus(found):
    assert {each.function for each in found} >= {one.name for one in asked()}
    assert all(each.right and each.wrong for each in found)


def test_what_is_another_function_is_told_from_another_rounding():
    """By 50 digits: a mutant that changes nothing is no wrong answer."""
    same = "def squared_loss(y_hat, y):\n    return (floats(y) - floats(y_hat)) ** 2 / 2"
    nearly = "def squared_loss(y_hat, y):\n    return (y_hat - y) ** 2 / 2.0001"
    nothing = "def squared_loss(y_hat, y):\n    return y.nope"
    assert differs(univariate, "squared_loss", same) is False
    assert differs(univariate, "squared_loss", nearly) is True
    assert differs(univariate, "squared_loss", nothing) is None


def test_the_naive_judge_is_not_made_worse_than_it_is():
    """It accepts what is right as most write it, and is fooled by what the public case hides."""
    (relu,) = (one for one in asked() if one.name == "relu_derivative")
    right = "def relu_derivative(x):\n    return 1.0 if x > 0 else 0.0"
    fooled = "def relu_derivative(x):\n    return 1.0"
    assert naive(relu, right)
    assert naive(relu, fooled)
    assert ours("relu_derivative", right).credit == 1
    assert ours("relu_derivative", fooled).credit == 0


def test_the_table_fits_a_terminal(found):
    said = table(found)
    assert max(map(len, said.splitlines())) <= 80
    assert "REJECTED" not in said
