"""What can be changed of a text without changing the work leaves its traces as they are."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.similar.traces import CellText, Given, Trace, Work, traces_of, work_in
from grader.similar.winnowing import WINDOW, K, winnowed

ORIGINAL = """
def cost(x, y, w, b):
    total = 0.0
    for i in range(len(x)):
        error = w * x[i] + b - y[i]
        total += error ** 2
    return total / (2 * len(x))
"""
GIVEN = Given(names=frozenset({"x", "y", "w", "b", "cost"}))


def traces(*sources: str, known: Given = GIVEN) -> list[Trace]:
    return list(traces_of(Work(tuple(CellText("code", each) for each in sources)), known))


def of_code(*sources: str, known: Given = GIVEN) -> set[int]:
    return {each.key for each in traces(*sources, known=known) if each.kind in ("tokens", "shape")}


@pytest.mark.parametrize(
    "disguised",
    [
        ORIGINAL.replace("total", "s")
        .replace("error", "zzz")
        .replace("[i]", "[k]")
        .replace("for i", "for k"),
        ORIGINAL.replace("    total = 0.0", "    # adds it all up\n    total = 0.0  # from zero"),
        ORIGINAL.replace(" * ", "*").replace(" + ", "+").replace(" = ", "="),
        ORIGINAL.replace("(2 * len(x))", "(\n        2\n        * len(x)\n    )"),
        ORIGINAL.replace("0.0", "0").replace("** 2", "** 2.0"),
        ORIGINAL.replace("y, w, b):", 'y, w, b):\n    """My own words."""'),
        ORIGINAL.replace("\n", "\r\n"),
    ],
    ids=["names", "comments", "spaces", "lines", "constants", "docstring", "line ends"],
)
def test_code_in_disguise_has_the_same_fingerprints(disguised):
    assert of_code(ORIGINAL) == {
        each.key
        for each in traces_of(
            work_in({"cells": [{"cell_type": "code", "source": disguised}]}), GIVEN
        )
        if each.kind in ("tokens", "shape")
    }


def test_code_that_does_something_else_has_others():
    other = ORIGINAL.replace("w * x[i] + b - y[i]", "b + y[i] * w - x[i]")
    assert of_code(ORIGINAL) - of_code(other)


def test_the_order_of_cells_and_of_operands_leaves_the_shapes():
    one, two = "p = np.dot(x, w) + b * len(y)", "q = np.sum(x * y) / len(y) - w"
    swapped = "p = len(y) * b + np.dot(x, w)"
    shapes = [
        {each.key for each in traces(*sources) if each.kind == "shape"}
        for sources in ((one, two), (two, swapped))
    ]
    assert shapes[0] == shapes[1] != set()


def test_the_element_of_a_loop_is_that_of_a_comprehension():
    loop = "out = []\nfor i in range(9):\n    out.append(w * x[i] + b - y[i])"
    comprehension = "out = [w * x[k] + b - y[k] for k in range(9)]"
    assert of_code(loop) & of_code(comprehension)


def test_what_the_released_notebook_has_is_nobodys():
    released = Work(
        (CellText("code", ORIGINAL), CellText("markdown", "What is the learning rate?"))
    )
    known = Given.of(released)
    assert traces(ORIGINAL, known=known) == []
    moved = "# mine\n" + ORIGINAL
    assert of_code(moved, known=known) == set()
    assert {each.kind for each in traces(moved, known=known)} <= {"comment", "name"}


@pytest.mark.parametrize("source", ["def f(:\n  (", "%matplotlib inline\nx = '''", "x = 1\n\ty", "\0", "é = 'ü'; ü = é * 2 + é / 3 - é"])  # fmt: skip
def test_what_is_no_python_is_read_as_far_as_it_goes(source):
    for each in traces(source):
        assert each.place is not None
        assert 0 <= each.place.start <= each.place.end <= len(source) + 1


def test_a_file_that_was_made_to_be_a_burden_is_read_as_far_as_it_is_none():
    deep: dict = {}
    for _ in range(5000):
        deep = {"a": deep}
    work = Work((CellText("code", "x = " + "(" * 300 + "-" * 20_000 + "1", "", deep),), deep)
    assert len({each.key for each in traces_of(work, GIVEN)}) < 50


def test_a_line_that_goes_on_with_a_percent_sign_is_no_magic():
    assert of_code("total = (np.sum(x * y) / len(y)\n    % 7)")
    assert of_code("%matplotlib inline\ntotal = np.sum(x * y) / len(y)")


def test_places_are_those_of_the_text_whatever_letters_are_before():
    source = "s = 'üüü €'; total = np.sum(x * y) / len(y)"
    found = {source[t.place.start : t.place.end] for t in traces(source) if t.kind == "shape"}
    assert "np.sum(x * y) / len(y)" in found


@given(st.lists(st.integers(0, 50), max_size=60))
@settings(max_examples=60, deadline=None)
def test_every_window_keeps_its_smallest(hashes):
    """Schleimer, Wilkerson, Aiken: what is as long as k + window - 1 is found wherever it stands."""
    kept = winnowed(hashes)
    assert kept == sorted(set(kept))
    for start in range(max(len(hashes) - WINDOW + 1, 0)):
        window = range(start, start + WINDOW)
        assert min(hashes[k] for k in window) in {hashes[k] for k in kept if k in window}
    assert K >= 8


def test_ids_and_metadata_of_one_file_are_traces_and_those_of_every_file_are_none():
    notebook = {
        "cells": [
            {"cell_type": "code", "source": "", "id": "given-1", "metadata": {}},
            {
                "cell_type": "code",
                "source": "",
                "id": "a1b2c3",
                "metadata": {"colab": {"id": "Xy12Zw34"}},
            },
        ],
        "metadata": json.loads(
            '{"kernelspec": {"name": "python3", "display_name": "env of mine"}}'
        ),
    }
    found = traces_of(work_in(notebook), Given(ids=frozenset({"given-1"})))
    assert [(each.kind, each.says) for each in found] == [
        ("id", "a1b2c3"),
        ("metadata", "colab.id: Xy12Zw34"),
        ("metadata", "kernelspec.display_name: env of mine"),
    ]
