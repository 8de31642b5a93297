"""`from check import check` in a real notebook, run by nbclient."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from grader.course import load_course
from grader.release.bundle import release

pytestmark = pytest.mark.slow

PREDICT = "def predict(x, w, b):\n    return w * x + b"
COST = "def compute_cost(x, y, w, b):\n    return np.sum((predict(x, w, b) - y) ** 2) / 2"


@pytest.fixture(scope="module")
def folder(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("hausaufgabe ä")
    release(load_course(root), "hw1", out)
    return out / "hw1"


@pytest.fixture(scope="module")
def outputs(folder: Path) -> list[list[dict]]:
    """What each cell shows, of a notebook that is saved without its last-but-two cells."""
    cells = [
        "import numpy as np\nfrom check import check",
        PREDICT,
        COST,
        'check("Q1")',
        'check("Q3")\nseen = True',
        "check('q1', 'Q3')",
        "check()",
        "check('Q77')",
        "def absolute_loss(y_hat, y):\n    return abs(y_hat - y)",
        "check('Q2')",
        "predict = lambda x, w, b: b + x * w",
        "check('Q1')",
    ]
    made = [nbformat.v4.new_code_cell(cell) for cell in cells]
    notebook = nbformat.v4.new_notebook(cells=made)
    saved = nbformat.v4.new_notebook(cells=made[:8])
    nbformat.write(saved, folder / "hw1.ipynb")
    client = NotebookClient(notebook, allow_errors=True, resources={"metadata": {"path": folder}})
    client.execute()
    return [cell.get("outputs", []) for cell in notebook.cells]


def text(outputs: list[dict]) -> str:
    return " ".join(outputs[0]["data"]["text/plain"].split())


def test_a_right_function_passes_and_nothing_is_promised(outputs):
    assert "predict is right in the one case." in text(outputs[3])
    assert "at most 1 of 1, and no promise of that" in text(outputs[3])
    assert "<table>" in outputs[3][0]["data"]["text/html"]
    assert "!" not in text(outputs[3])


def test_a_mistake_is_named_with_its_hint(outputs):
    assert "expected 1.25, got 3.75" in text(outputs[4])
    assert "Did you take the mean over the examples?" in text(outputs[4])


def test_several_questions_or_all_can_be_asked_for(outputs):
    assert "x Q3 compute_cost" in text(outputs[5])
    assert "+ Q1 predict" in text(outputs[5])
    assert "gradient_descent is not defined" in text(outputs[6])
    assert "of 10, and no promise of that" in text(outputs[6])


def test_an_unknown_question_is_refused_with_those_there_are(outputs):
    assert "there is no question 'Q77'; there are Q1, Q2, Q3" in outputs[7][0]["text"]


def test_what_is_not_in_the_saved_notebook_is_told(outputs):
    assert "absolute_loss is here, but no cell of the saved hw1.ipynb makes it" in text(outputs[9])
    assert "predict is not as in the saved hw1.ipynb" in text(outputs[11])


def test_cells_run_out_of_order_are_told(folder):
    cells = ["from check import check", "a = 1", "b = 2"]
    made = [nbformat.v4.new_code_cell(cell) for cell in cells]
    nbformat.write(nbformat.v4.new_notebook(cells=made), folder / "hw1.ipynb")
    order = [*(made[place].source for place in (0, 2, 1)), 'check("Q1")']
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in order])
    client = NotebookClient(notebook, allow_errors=True, resources={"metadata": {"path": folder}})
    client.execute()
    said = text(notebook.cells[3].outputs)
    assert "cell 2 was run after cell 3, which stands below it" in said
