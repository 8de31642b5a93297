"""A name that is not there is traced to the cell that would have made it."""

from __future__ import annotations

import pytest

from grader.execute.stopped import made_by_stopped, stopped_cells
from grader.records.evidence import CellRun
from grader.records.probes import Probe


def stopped(name, *cells):
    """Each cell: its source, its status, its error."""
    runs = [CellRun(number, status, error=error) for number, (_, status, error) in enumerate(cells, 1)]  # fmt: skip
    return stopped_cells(name, made_by_stopped([source for source, _, _ in cells], runs), runs)


@pytest.mark.parametrize(
    "source",
    [
        "w = 1",
        "w, b, history = train(x)",
        "if True:\n    w: float = 2",
        "def w(x):\n    return x",
        "async def w(): ...",
        "class w: ...",
        "from numpy import w",
        "oops oops\nw = 1",
    ],
)
def test_what_would_have_defined_it_is_found(source):
    assert stopped("w", ("a = 1", "ok", ""), (source, "error", "SyntaxError: no")) == (2,)


@pytest.mark.parametrize(
    "source",
    ["ww = 1", "print(w)", "w == 1", "f(w=1)", "a = w", "module.w = 1", "def f(w):\n    pass", "w" * 2_000 + "= 1"],
)  # fmt: skip
def test_what_only_mentions_it_is_not(source):
    assert stopped("w", (source, "error", "SyntaxError: no")) == ()


def test_a_cell_that_ran_to_its_end_is_not_to_blame():
    assert stopped("w", ("w = 1\ndel w", "ok", "")) == ()


def test_what_the_cell_itself_lacked_is_followed_to_the_first_that_stopped():
    cells = [
        ("table = read()", "error", "FileNotFoundError: no table.csv"),
        ("x = table[0]", "error", "NameError: name 'table' is not defined"),
        ("w = train(x)", "error", "NameError: name 'x' is not defined"),
    ]
    assert stopped("w", *cells) == (3, 2, 1)


def test_a_cell_below_the_one_that_lacked_a_name_is_not_to_blame():
    cells = [
        ("w = train(x)", "error", "NameError: name 'x' is not defined"),
        ("x = table()", "error", "FileNotFoundError: no table.csv"),
    ]
    assert stopped("w", *cells) == (1,)


def test_cells_that_blame_each_other_end():
    cells = [
        ("a = b", "error", "NameError: name 'b' is not defined"),
        ("b = a", "error", "NameError: name 'a' is not defined"),
    ]
    assert stopped("b", *cells) == (2, 1)
    assert stopped("a", *cells) == (1,)


@pytest.mark.slow
def test_evidence_says_which_cells_stopped(run):
    evidence = run(
        "table = list(open('/nowhere/table.csv'))",
        "x = [float(line) for line in table]",
        "total = sum(x)\ndef mean(x):\n    return total / len(x)",
        "def broken(x)\n    return x",
        "def uses():\n    return total",
        "name = input()",
        probes=[
            Probe("total", "total", call=False),
            Probe("broken", "broken"),
            Probe("uses", "uses"),
            Probe("name", "name", call=False),
            Probe("never", "never", call=False),
        ],
    )
    found = {name: (each.status, each.stopped) for name, each in evidence.outcomes.items()}
    assert found == {
        "total": ("missing", (3, 2, 1)),
        "broken": ("missing", (4,)),
        "uses": ("raised", (3, 2, 1)),
        "name": ("missing", (6,)),
        "never": ("missing", ()),
    }
    errors = [cell.error for cell in evidence.run.cells]
    assert errors[0].startswith("FileNotFoundError: ")
    assert errors[1] == "NameError: name 'table' is not defined"
    assert errors[4] == ""
