"""Figures are counted in the executed notebook; what is written waits for a person."""

from __future__ import annotations

import pytest

from grader.judge import judge
from grader.questions import Figure, Question, Written, plan
from grader.records.evidence import CellRun, Evidence, Run

PNG = {"output_type": "display_data", "data": {"image/png": "aGk=", "text/plain": "<Figure>"}}
SVG = {"output_type": "display_data", "data": {"image/svg+xml": "<svg/>"}}
OTHERS = (
    {"output_type": "stream", "name": "stdout", "text": "image/png"},
    {"output_type": "execute_result", "data": {"text/plain": "image/png"}},
)


def verdict(check, *outputs):
    run = Run("", (CellRun(1, "ok", OTHERS), CellRun(2, "ok", outputs)))
    (found,) = judge(Evidence(run), plan("hw", [Question("Q1", "It", [check])], b"s").answer_key)
    return found


@pytest.mark.parametrize(
    ("at_least", "outputs", "credit", "reason"),
    [
        (1, [], 0, "There is no figure in the executed notebook."),
        (1, [PNG], 1, "There is 1 figure in the executed notebook."),
        (2, [PNG], 0, "There is 1 figure in the executed notebook; 2 are asked for."),
        (2, [PNG, SVG], 1, "There are 2 figures in the executed notebook."),
        (2, [], 0, "There is no figure in the executed notebook; 2 are asked for."),
    ],
)
def test_figures_are_counted(at_least, outputs, credit, reason):
    found = verdict(Figure(at_least), *outputs)
    assert (found.credit, found.reason) == (credit, reason)
    assert (found.mistake, bool(found.hint)) == ((None, False) if credit else ("missing", True))


def test_without_a_figure_the_cells_that_stopped_are_named():
    run = Run("", (CellRun(1, "ok"), CellRun(2, "error", error="NameError: name 'x'"),
                   CellRun(3, "timeout")))  # fmt: skip
    (found,) = judge(Evidence(run), plan("hw", [Question("Q1", "It", [Figure()])], b"s").answer_key)
    assert found.hint == (
        "Is it in one of the cells that stopped? Cell 2 stopped with NameError: name 'x'; "
        "cell 3 ran longer than the limit."
    )


def test_a_figure_of_a_cell_that_stopped_counts_and_is_remarked_on():
    png = {"output_type": "display_data", "data": {"image/png": "aGk="}}
    stopped, whole = CellRun(1, "error", (png,), error="NameError: x"), CellRun(2, "ok", (png,))
    for cells, remarks in (
        ((stopped,), ("a cell stopped after it had begun to draw: 1",)),
        ((stopped, whole), ()),
    ):
        key = plan("hw", [Question("Q1", "It", [Figure()])], b"s").answer_key
        (found,) = judge(Evidence(Run("", cells)), key)
        assert (found.credit, found.remarks) == (1, remarks)


def test_many_cells_that_stopped_are_named_by_number():
    run = Run("", tuple(CellRun(n, "error", error="E: e") for n in range(1, 6)))
    (found,) = judge(Evidence(run), plan("hw", [Question("Q1", "It", [Figure()])], b"s").answer_key)
    assert found.hint.endswith("Cells 1, 2, 3, 4, 5; see there.")


def test_what_is_written_is_judged_by_a_person():
    found = verdict(Written("the learning rate"))
    assert (found.check, found.credit, found.mistake) == ("the learning rate", None, None)
