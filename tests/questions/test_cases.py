"""Inputs are drawn the same for the same secret, and moved only a little to measure."""

from __future__ import annotations

import numpy as np
import pytest

from grader.errors import GraderError
from grader.questions import Case, Formula, Own
from grader.questions.cases import draw, generator, perturbed, shown, stand_in

NORMAL = Case("m = 4", lambda rng: (rng.normal(size=4), 3))


def first(case, place="hw/Q1/f/m = 4", secret=b"s"):
    return draw(case, place, secret).args[0].tolist()


def test_the_same_secret_and_place_draw_the_same():
    assert first(NORMAL) == first(NORMAL)


def test_another_secret_or_another_place_draws_something_else():
    drawn = {tuple(first(NORMAL, place, secret)) for place in "ab" for secret in (b"s", b"t", None)}
    assert len(drawn) == 6


def test_a_public_case_is_the_same_for_every_secret():
    public = Case("m = 4", NORMAL.args, public=True)
    assert first(public, secret=b"s") == first(public, secret=b"t") == first(public, secret=None)


@pytest.mark.parametrize(
    ("case", "size"),
    [
        (Case("a", (np.ones((5, 2)), np.ones(3))), 5),
        (Case("a", (2.0, np.ones(3))), 3),
        (Case("a", (2.0, np.array(3.0))), None),
        (Case("a", (np.ones(5),), size=7), 7),
        (Case("a", ()), None),
    ],
)
def test_m_is_what_the_author_says_or_the_length_of_the_first_array(case, size):
    assert draw(case, "place", None).size == size


def test_a_reference_cannot_change_the_inputs_of_a_case():
    drawn = draw(Case("a", (np.ones(2), [1, 2]), kwargs={"k": np.zeros(1)}), "place", None)
    args, kwargs = drawn.for_reference()
    args[0][:] = 9
    args[1].append(3)
    kwargs["k"][:] = 9
    assert drawn.args[0].tolist() == [1, 1]
    assert drawn.args[1] == [1, 2]
    assert drawn.case.kwargs["k"].tolist() == [0]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (lambda rng: rng.normal(size=3), "the case draws one ndarray, not the arguments"),
        (lambda rng: 3.0, "the case draws one float, not the arguments in their order"),
        (lambda rng: None, "the case draws one NoneType, not the arguments in their order"),
        (lambda: (1,), "drawing the arguments raises TypeError: "),
        (lambda rng: (1 / 0,), "drawing the arguments raises ZeroDivisionError: division by zero"),
    ],
)
def test_a_case_that_draws_no_arguments_is_refused(args, said):
    with pytest.raises(GraderError) as caught:
        draw(Case("a", args), "place", None)
    assert caught.value.problem.startswith(said)
    assert caught.value.fix


def test_a_formula_stands_for_its_function():
    function = stand_in(Formula("np.sin(x) * h", ("x", "h")))
    assert function(0.5, 2) == 2 * np.sin(0.5)
    assert stand_in(Own("predict", np.cos)) is np.cos
    with pytest.raises(GraderError, match=r"the formula 'x \*\*' is not Python"):
        stand_in(Formula("x **"))


def test_what_is_measured_moves_by_a_thousandth_and_counts_do_not_move():
    rng = generator("place", None)
    args = (np.array([2.0, -3.0]), 5.0, 7, np.array([4, 4]), {"a": [1.0]}, "text", True)
    moved = perturbed(args, rng, 1e-3, integers=False)
    assert 4e-4 < abs(moved[0][0] / 2 - 1) <= 1e-3
    assert 4e-4 < abs(moved[0][1] / -3 - 1) <= 1e-3
    assert 4e-4 < abs(moved[1] / 5 - 1) <= 1e-3
    assert (moved[2], moved[5], moved[6]) == (7, "text", True)
    assert moved[3].tolist() == [4, 4]
    assert moved[4]["a"][0] != 1.0
    assert perturbed(args, rng, 1e-3, integers=True)[3].tolist() != [4, 4]
    assert args[0].tolist() == [2.0, -3.0]


def test_no_two_inputs_move_alike():
    """x - y of two equal numbers would seem to have no terms at all."""
    for seed in range(50):
        x, y = perturbed((1.0, 1.0), generator(str(seed), None), 1e-3, integers=False)
        assert x != y


def test_arguments_are_shown_in_a_few_words():
    args = (np.array([1.0, 2.5]), np.ones((20, 3)), Own("f", abs), Formula("x**2"), 0.5, "y" * 99)
    assert shown(["x", "X", "f", "g", "h"], args, {}) == (
        "x = [1. , 2.5], X = an array of shape (20, 3), f = your f, g = x -> x**2, h = 0.5, "
        f"argument 6 = '{'y' * 56}..."
    )
