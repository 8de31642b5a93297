"""What `grader new` makes works at once, outside of this repository, from an installed wheel."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.cli.tiny import grader

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("new") / "My course é"
    done = grader("new", str(folder), cwd=folder.parent)
    assert done.returncode == 0, done.stderr
    return folder


def test_it_grades_its_own_sample_at_once(course):
    done = grader("grade", "hw1", cwd=course)
    assert done.returncode == 0, done.stderr
    with (course / "reports/hw1/scores.csv").open(newline="") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    # s02: slope without the mean, 2 of Q2's 3 points; half of Q4; one day late: 4.5 x 0.85
    assert {name: row["score"] for name, row in rows.items()} == {
        "s01": "7.00",
        "s02": "3.83",
        "s03": "0.00",
    }
    assert not any(row["status"] in ("needs_review", "unreadable") for row in rows.values())


def test_every_setting_is_explained_and_is_the_default(course, tmp_path):
    from grader.course import load_course

    text = (course / "course.toml").read_text("utf-8")
    bare = tmp_path / "course.toml"
    bare.write_text('name = "My course é"\ntimezone = "Asia/Singapore"\nassignments = ["hw1"]\n')
    made, default = load_course(course), load_course(tmp_path)
    assert (made.late, made.limits) == (default.late, default.limits)
    from grader.course.canvas_course import _Canvas
    from grader.course.settings import _Course, _Late, _Limits
    from grader.course.weights import _Component, _Final

    for table in (_Course, _Canvas, _Late, _Limits, _Final, _Component):
        for key in table.__struct_fields__:
            shown = (f"\n{key} = ", f"\n[{key}]", f"\n[final.{key}]")
            left_out = (f"\n# {key} = ", f"\n# [{key}]")
            assert any(line in text for line in (*shown, *left_out)), key


def test_it_has_a_final_mark_at_once_in_which_what_is_not_due_is_left(course):
    done = grader("final", "s01", cwd=course)
    assert done.returncode == 0, done.stderr
    assert "hw1            50 %  not due until 20" in done.stdout
    assert "so far 0.00, and 100 % is left" in " ".join(done.stdout.split())


def test_an_assignment_is_added_and_listed(course):
    done = grader("new", "--assignment", "hw2", cwd=course)
    assert done.returncode == 0, done.stderr
    assert 'assignments = ["hw1", "hw2"]' in (course / "course.toml").read_text("utf-8")
    assert "reference/parabola.py is there already" in done.stderr
    assert "give hw2 a weight in [final.components]" in done.stderr
    checked = grader("check", "assignments/hw2/hw2.ipynb", cwd=course)
    assert checked.returncode == 0, checked.stdout
    released = grader("release", "hw2", cwd=course)
    assert released.returncode == 0, released.stderr
    assert (course / "release/hw2/check.py").is_file()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["new", "."], "the folder is not empty"),
        (["new", "--assignment", "hw1"], "there is an assignment hw1"),
        (["new", "--assignment", "../x"], "can't be the name of an assignment"),
        (["new", "other", "--assignment", "project"], "'project' is taken"),
        (["new"], "Name a folder for the course"),
    ],
)
def test_nothing_is_overwritten(course, arguments, said):
    before = {path: path.read_bytes() for path in course.rglob("*") if path.is_file()}
    done = grader(*arguments, cwd=course)
    assert done.returncode != 0
    assert said in done.stderr
    assert before == {path: path.read_bytes() for path in course.rglob("*") if path.is_file()}


def test_it_works_from_a_wheel(root, tmp_path):
    """What is in the wheel is enough: the package comes from there, its libraries from here."""
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    wheel = [*pip, "wheel", "--no-deps", "--wheel-dir", str(tmp_path), str(root)]
    subprocess.run(wheel, check=True, capture_output=True, timeout=300)
    (file,) = tmp_path.glob("grader-*.whl")
    own = tmp_path / "own"
    with zipfile.ZipFile(file) as archive:
        archive.extractall(own)

    def python(*arguments: str) -> str:
        done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True,
                              cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(own)},
                              check=False, timeout=300)  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert str(own) in python("-c", "import grader; print(grader.__file__)")
    python("-m", "grader", "new", "demo")
    assert "s01        7.00     0   7.00  graded" in python(
        "-m", "grader", "--course", "demo", "grade", "hw1"
    )
