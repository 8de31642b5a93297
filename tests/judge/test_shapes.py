"""Each part of what is asked is laid beside its counterpart."""

from __future__ import annotations

import numpy as np
import pytest

from grader.judge.shapes import Misfit, Pair, named, pairs
from grader.records.values import value_of


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ((), "the result"),
        ((0,), "the 1st value"),
        ((1,), "the 2nd value"),
        ((2,), "the 3rd value"),
        ((3,), "the 4th value"),
        (("cache", "dw"), "the item 'dw'"),
    ],
)
def test_a_part_is_named_in_words(path, words):
    assert named(path) == words


def test_every_part_has_its_path():
    want = value_of({"w": (np.ones(2), 1.0), "history": np.ones(3)})
    laid = list(pairs(want, want, want, "exact"))
    assert [pair.path for pair in laid] == [("w", 0), ("w", 1), ("history",)]
    assert all(isinstance(pair, Pair) for pair in laid)


def test_an_array_is_taken_apart_where_several_values_are_asked_for(as_sent):
    want = value_of((np.ones(2), np.zeros(2)))
    first, second = pairs(want, as_sent([[1, 1], [0, 0]]), want, "exact")
    assert first.got.tolist() == [1, 1]
    assert second.got.tolist() == [0, 0]


def test_a_misfit_keeps_the_two_arrays_for_whoever_wants_to_know_why(as_sent):
    want = value_of(np.ones((2, 3)))
    (misfit,) = pairs(want, as_sent(np.zeros((3, 2))), want, "squeeze")
    assert isinstance(misfit, Misfit)
    assert (misfit.slug, misfit.want.shape, misfit.got.shape) == ("wrong-shape", (2, 3), (3, 2))


def test_an_array_without_axes_is_not_several_values(as_sent):
    want = value_of((1.0,))
    (misfit,) = pairs(value_of((1.0, 2.0)), as_sent(1.0), value_of((1.0, 2.0)), "squeeze")
    assert misfit.words == "2 values are asked for, the result is the number 1"
    (pair,) = pairs(want, as_sent([1.0]), want, "squeeze")
    assert pair.got == 1.0


@pytest.mark.parametrize("got", [np.array([[1.0, 2.0]]), [[1.0, 2.0]], ((1.0, 2.0),)])
def test_several_values_may_come_in_one_more_bracket_where_axes_may_come_or_go(as_sent, got):
    want = value_of((1.0, 2.0))
    assert [pair.got for pair in pairs(want, as_sent(got), want, "squeeze")] == [1.0, 2.0]
    (misfit,) = pairs(want, as_sent(got), want, "exact")
    assert misfit.slug == "wrong-shape"


def test_a_stray_comma_after_values_of_several_shapes_costs_nothing(as_sent):
    want = value_of((1.0, np.ones(3)))
    laid = list(pairs(want, as_sent(((1.0, np.ones(3)),)), want, "squeeze"))
    assert all(isinstance(pair, Pair) for pair in laid)
