"""An assignment of a kind that is not in this repository, with the authoring interface alone."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.starter import notebook_of
from tests.cli.tiny import a_course, grader, scores_csv, scores_json, write_table

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent / "softmax"


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = a_course(
        tmp_path_factory.mktemp("softmax"), assignments=("sm",), students=("s01", "s02")
    )
    (root / "course.secret").write_text("the same each time\n", "utf-8")
    folder = root / "assignments/sm"
    folder.mkdir(parents=True)
    for name in ("assignment.toml", "questions.py"):
        shutil.copy(HERE / name, folder / name)
    (root / "reference").mkdir()
    shutil.copy(HERE / "softmax.py", root / "reference/softmax.py")
    text = (HERE / "notebook.txt").read_text("utf-8")
    (folder / "softmax.ipynb").write_text(json.dumps(notebook_of(text)), "utf-8")
    wrong = text.replace(" - np.eye(W.shape[1])[y]", "").replace(
        "np.mean(np.log(", "np.sum(np.log("
    )
    for student, source in (("s01", text), ("s02", wrong)):
        file = root / "submissions/sm" / student / "softmax.ipynb"
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps(notebook_of(source)), "utf-8")
    at = "2026-03-03T12:00:00+08:00"
    rows = [(each, f"{each}/softmax.ipynb", at) for each in ("s01", "s02")]
    write_table(root / "submissions/sm/manifest.csv", [("student", "file", "submitted_at"), *rows])
    return root


def test_it_takes_less_than_120_lines():
    lines = [
        line
        for file in HERE.iterdir()
        if file.is_file()
        for line in file.read_text("utf-8").splitlines()
    ]
    assert sum(bool(line.strip()) for line in lines) < 120


def test_it_grades_and_names_what_is_wrong(course):
    done = grader("grade", "sm", cwd=course)
    assert done.returncode == 0, done.stderr
    assert {who: row["score"] for who, row in scores_csv(course, "sm").items()} == {
        "s01": "10.00",
        "s02": "3.00",
    }
    found = {
        v["check"]: v["mistake"]
        for q in scores_json(course, "sm")["s02"]["questions"]
        for v in q["verdicts"]
    }
    assert found == {
        "softmax": None,
        "loss": "missing-1-over-m",
        "gradient": "forgot-the-labels",
        "accuracy": None,
    }


@pytest.mark.scale
def test_it_validates_is_released_and_its_self_check_agrees(course):
    done = grader("release", "sm", cwd=course)  # which validates first
    assert done.returncode == 0, done.stdout + done.stderr
    check = course / "release/sm/check.py"
    for student, status in (("s01", 0), ("s02", 1)):
        done = subprocess.run(
            [sys.executable, str(check), "softmax.ipynb"],
            cwd=course / "submissions/sm" / student, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == status, done.stdout
        assert ("forgot-the-labels" in done.stdout) == bool(status)
