"""What can be changed of a text without changing the work leaves its traces as they are."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.execute import parse_notebook
from grader.similar.code import parsed
from grader.similar.traces import (
    LONGEST_WORK,
    MOST_CELLS,
    CellText,
    Given,
    Trace,
    Work,
    ids_in,
    traces_of,
    work_in,
)
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
        ("metadata", "cell.colab.id: Xy12Zw34"),
    ]


def marks(metadata: dict) -> list[str]:
    notebook = {"cells": [], "metadata": metadata}
    return [each.says for each in traces_of(work_in(notebook), Given())]


def test_the_same_editor_and_the_same_machine_are_no_traces():
    """Two with one extension had fifteen things in common that nobody else had."""
    extensions = {
        "kernelspec": {
            "display_name": "Python 3.8.5 64-bit ('base': conda)",
            "name": "python38564",
        },
        "vscode": {
            "interpreter": {"hash": "31f2aee4e71d21fbe5cf8b01ff0e069b9275f58929596ceb00d14d90"}
        },
        "varInspector": {"library": "var_list.py", "varRefreshCmd": "print(var_dic_list())"},
        "latex_envs": {"bibliofile": "biblio.bib", "hotkeys": {"equation": "Ctrl-E"}},
        "toc": {"title_cell": "Table of Contents", "toc_window": {"id": "toc-12345678"}},
        "jupytext": {"text_representation": {"format_version": "1.14.5"}},
        "accelerator": "GPU and more",
        "colab": {"name": "cs5242_hw12.ipynb"},
        "language_info": {"version": "3.8.5-final", "codemirror_mode": {"name": "ipython"}},
        "extension": {"version": "2023.10.1-beta"},
    }
    assert marks(extensions) == []
    run = {"execution": {"iopub.execute_input": "2022-08-30T09:14:51.231Z"}}
    assert marks(run) == ["execution.iopub.execute_input: 2022-08-30T09:14:51.231Z"]


def test_metadata_of_the_released_notebook_are_nobodys():
    notebook = {
        "cells": [{"cell_type": "code", "source": "", "metadata": {"grade_id": "cell-1a2b"}}]
    }
    assert list(traces_of(work_in(notebook), Given.of(work_in(notebook)))) == []


def test_an_id_that_the_reader_made_up_is_no_trace():
    """Of an older file, or one with an id twice, it is another one each time."""
    cell = {"cell_type": "code", "source": "", "metadata": {}, "outputs": []}
    kept = {**cell, "id": "abc123"}
    for cells, minor in (([cell], 5), ([kept, kept], 5), ([cell], 2)):
        raw = json.dumps(
            {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": minor}
        ).encode()
        work = work_in(parse_notebook(raw, "hw.ipynb"), ids=ids_in(raw))
        assert {each.id for each in work.cells} <= {"abc123", ""}


def test_of_a_hundred_megabytes_no_more_is_read_than_of_long_work():
    cells = [{"cell_type": "code", "source": f"x{k} = a * b - c(d)\n" * 4000} for k in range(200)]
    work = work_in({"cells": cells})
    assert work.is_cut
    assert sum(len(each.source) for each in work.cells) == LONGEST_WORK
    assert work_in({"cells": [cells[0]] * (MOST_CELLS + 1)}).is_cut
    assert not work_in({"cells": [{"cell_type": "code", "source": "x"}] * MOST_CELLS}).is_cut


def test_what_a_trace_says_is_no_longer_than_anybody_reads():
    name, comment = "n" * 9000, "word and more " * 900
    found = traces(f"{name} = {'9' * 9000}.5\n# {comment}")
    assert {each.kind for each in found} >= {"name", "constant", "comment"}
    assert max(len(each.says) for each in found) < 250


def test_trees_of_one_hand_in_are_not_kept_for_the_next():
    traces(ORIGINAL)
    assert parsed.cache_info().currsize == 0
