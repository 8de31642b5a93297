"""`check.py` as students run it: one file, a notebook, and what is said of it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from grader.course import load_course
from grader.release.bundle import release
from tests.assignments.conftest import edited

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def bundles(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    # a path that some programs can't cope with
    out = tmp_path_factory.mktemp("mes devoirs é 作业")
    for name in ("hw1", "hw2", "hw3"):
        release(load_course(root), name, out)
    return out


@pytest.fixture
def checked(bundles: Path, tmp_path: Path) -> Callable[..., tuple[int, dict[str, Any]]]:
    """`checked("hw1", cells)`: exit status and document of `python check.py NOTEBOOK --json`."""

    def run(name: str, cells: Any, *more: str, called: str = "") -> tuple[int, dict[str, Any]]:
        folder = tmp_path / "eine Hausübung"
        shutil.copytree(bundles / name, folder, dirs_exist_ok=True)
        notebook = folder / (called or f"{name}.ipynb")
        if isinstance(cells, str):
            notebook.write_text(cells, "utf-8")
        else:
            made = [nbformat.v4.new_code_cell(cell) for cell in cells]
            nbformat.write(nbformat.v4.new_notebook(cells=made), notebook)
        before = sorted(folder.rglob("*"))
        done = said(folder, notebook.name, "--json", *more)
        assert sorted(folder.rglob("*")) == before, "it wrote beside the notebook"
        return done.returncode, json.loads(done.stdout)

    return run


def said(folder: Path, *arguments: str, python: str = sys.executable):
    # -B as a fresh computer: no .pyc of an earlier run helps
    return subprocess.run(
        [python, "-B", "check.py", *arguments],
        cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False, timeout=120,
    )  # fmt: skip


def line(document: dict[str, Any], check: str) -> dict[str, Any]:
    return next(each for each in document["lines"] if each["check"] == check)


@pytest.mark.parametrize("name", ["hw1", "hw2", "hw3"])
def test_the_instructors_notebook_passes_what_is_checked(checked, root, name):
    text = (root / "assignments" / name / f"{name}.ipynb").read_text("utf-8")
    status, document = checked(name, text)
    assert (status, document["failed"], document["at_most"]) == (0, False, "10")
    assert {each["state"] for each in document["lines"]} <= {"passed", "read", "not checked"}
    assert not [each for each in document["warnings"] if " took " not in each]  # a busy machine


@pytest.mark.parametrize("name", ["hw1", "hw2", "hw3"])
def test_the_bundle_as_it_is_fails_and_says_at_most_how_much(bundles, name):
    done = said(bundles / name, f"{name}.ipynb")
    assert done.returncode == 1
    assert "is not written yet" in done.stdout
    assert "So this is at most 0" in done.stdout
    assert all(len(text) <= 80 for text in done.stdout.splitlines())
    assert "\x1b" not in done.stdout


def test_a_known_mistake_is_named_and_costs_its_question(checked, root):
    notebook = root / "assignments/hw1/hw1.ipynb"
    wrong = edited(notebook, lambda s: s.replace("np.mean(error * x)", "np.sum(error * x)")
                   .replace("np.mean(error)", "np.sum(error)"))  # fmt: skip
    status, document = checked("hw1", wrong)
    assert status == 1
    found = line(document, "compute_gradient")
    assert (found["state"], found["lost"]) == ("failed", "2")
    assert "Did you take the mean over the examples?" in found["hint"]
    assert document["at_most"] == "7"  # and half of the descent, which is carried forward


HANGS = "import time\nwhile True:\n    time.sleep(0.1)"


@pytest.mark.parametrize(
    ("cells", "warning", "error"),
    [
        (["def predict(x, w, b):\n    return w * x + b", "1/0"], "", "cell 2: ZeroDivisionError"),
        (["def f(:"], "", "cell 1: SyntaxError"),
        (["n = input('how many?')"], "cell 1 calls input()", "RuntimeError"),
        (["open(r'C:\\Users\\me\\x.csv')"], "cell 1 names 'C:", "FileNotFoundError"),
        (["open('/content/drive/x.csv')"], "a place on one computer", "FileNotFoundError"),
        ([], "there is no code in it", ""),
        (["import os\nos._exit(3)"], "", ""),
    ],
)
def test_what_costs_marks_is_told_before_it_is_handed_in(checked, cells, warning, error):
    status, document = checked("hw1", cells)
    assert status == 1
    assert any(warning in each for each in document["warnings"]) or not warning
    assert any(error in each for each in document["cell_errors"]) or not error
    if "os._exit" in "".join(cells):
        assert document["flags"] == ["exited:cell 1"]


def test_what_comes_after_a_failing_cell_is_checked_all_the_same(checked):
    cells = [
        "import a_module_that_nobody_has as m\nimport numpy as np",
        "1/0",
        "%matplotlib inline\n!pip install nothing\ndef predict(x, w, b):\n    return w * x + b",
    ]
    status, document = checked("hw1", cells)
    assert (status, line(document, "predict")["state"]) == (1, "passed")


def test_another_name_is_told(checked, root):
    text = (root / "assignments/hw2/hw2.ipynb").read_text("utf-8")
    status, document = checked("hw2", text, called="hw2 final (1).ipynb")
    assert status == 0
    assert "hand it in as hw2.ipynb" in document["warnings"][0]


@pytest.mark.parametrize(
    ("content", "why"),
    [("", "the file is empty"), ("{", "not a whole notebook"), ("[]", "no notebook")],
)
def test_what_is_no_notebook_is_refused_in_words(bundles, tmp_path, content, why):
    shutil.copy(bundles / "hw2/check.py", tmp_path)
    (tmp_path / "hw2.ipynb").write_text(content)
    done = said(tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert why in done.stderr


def test_a_typed_answer_is_read_and_not_judged(checked):
    status, document = checked("hw2", ['d1 = "x +"', 'd2 = "7"', 'd3 = "2x"'])
    assert line(document, "d1")["state"] == "failed"
    assert "d2 was read as 7; whether it is right" in line(document, "d2")["text"]
    assert line(document, "d3")["state"] == "read"
    assert status == 1


# making an environment takes 20 s: the oldest always, the others at `make scale`
OTHERS = ["3.12", "3.13", "3.14"] if "GRADER_TEST_SCALE" in os.environ else []


@pytest.mark.parametrize("version", ["3.10", *OTHERS])
def test_it_runs_with_nothing_but_numpy(bundles, version, root, tmp_path):
    others = Path.home().glob(f".pyenv/versions/{version}.*/bin/python{version}")
    python = next(map(str, others), "") or shutil.which(f"python{version}")
    if not python:
        pytest.skip(f"there is no Python {version} on this machine")
    where = tmp_path / "only numpy"
    subprocess.run([python, "-m", "venv", str(where)], check=True, capture_output=True)
    own = where / ("Scripts" if os.name == "nt" else "bin") / "python"
    pip = [str(own), "-m", "pip", "install", "--quiet", "numpy"]
    if subprocess.run(pip, check=False, capture_output=True).returncode:
        pytest.skip("NumPy for it is not to be had here")
    folder = tmp_path / "hw3"
    shutil.copytree(bundles / "hw3", folder)
    shutil.copy(root / "assignments/hw3/hw3.ipynb", folder)
    done = said(folder, python=str(own))
    assert "failed" in done.stdout
    document = json.loads(said(folder, "--json", python=str(own)).stdout)
    assert [each["state"] for each in document["lines"] if each["check"] == "fit"] == ["passed"]


PREDICT = "def predict(x, w, b):\n    return w * x + b"


@pytest.mark.parametrize(
    ("cells", "state"),
    [
        # judged as grading does: an annotation is looked up where the function is defined
        (["def predict(x: torch.Tensor, w, b):\n    return w * x + b"], "failed"),
        (
            [
                "from __future__ import annotations",
                "def predict(x: torch.Tensor, w, b):\n    return w * x + b",
            ],
            "passed",
        ),
        (["import asyncio\nawait asyncio.sleep(0)\n" + PREDICT], "passed"),
        (["    " + PREDICT.replace("\n", "\n    ")], "passed"),
    ],
)
def test_a_cell_means_what_it_means_in_jupyter(checked, cells, state):
    _, document = checked("hw1", cells)
    assert line(document, "predict")["state"] == state
    assert bool(document["cell_errors"]) == (state == "failed")


@pytest.mark.parametrize(
    "content",
    [
        '{"worksheets": [{}]}',
        '{"worksheets": [{"cells": null}]}',
        '{"cells": [3]}',
        '{"cells": [{"cell_type": "code", "source": [1]}]}',
        '{"cells": [{"cell_type": "code", "source": 5}]}',
        "[" * 100_000,
    ],
)
def test_what_only_looks_like_a_notebook_is_refused_in_words(bundles, tmp_path, content):
    shutil.copytree(bundles / "hw1", tmp_path / "hw1")
    (tmp_path / "hw1/hw1.ipynb").write_text(content)
    done = said(tmp_path / "hw1", "hw1.ipynb")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "save it in Jupyter, and check it again" in done.stderr


def test_a_module_of_the_students_own_is_not_there_as_it_is_not_when_graded(bundles, tmp_path):
    folder = shutil.copytree(bundles / "hw1", tmp_path / "hw1")
    (folder / "mine.py").write_text(PREDICT)
    cell = nbformat.v4.new_code_cell("from mine import predict")
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), folder / "hw1.ipynb")
    done = said(folder, "hw1.ipynb", "--json")
    assert done.returncode == 1
    document = json.loads(done.stdout)
    assert line(document, "predict")["state"] == "failed"
    assert document["cell_errors"] == ["cell 1: ModuleNotFoundError: No module named 'mine'"]


def test_a_file_called_as_a_library_does_not_stop_it(bundles, tmp_path):
    folder = shutil.copytree(bundles / "hw1", tmp_path / "hw1")
    for name in ("numpy", "json", "random"):
        (folder / f"{name}.py").write_text("raise ValueError('an exercise of mine')")
    done = said(folder)
    assert "is not written yet" in done.stdout
    assert not done.stderr


@pytest.mark.parametrize(
    ("beside", "asked", "said_"),
    [
        ([], [], "hw1.ipynb: there is no such file, and no notebook beside it; give the path"),
        (["mine.ipynb"], [], "there is no such file; there is mine.ipynb: give the path"),
        (["b.ipynb", "a.ipynb"], ["c.ipynb"], "c.ipynb: there is no such file; there are a.ipynb, b"),
    ],
)  # fmt: skip
def test_a_notebook_that_is_not_there_is_told_with_those_that_are(
    bundles, tmp_path, beside, asked, said_
):
    shutil.copy(bundles / "hw1/check.py", tmp_path)
    for name in beside:
        (tmp_path / name).touch()
    done = said(tmp_path, *asked)
    assert done.returncode == 1
    assert said_ in done.stderr
