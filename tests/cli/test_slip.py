"""`grader slip`: the plan is shown, students say otherwise, and published marks do not move."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.tiny import (
    DOUBLE,
    SQUARE,
    HandIn,
    a_course,
    add_assignment,
    grader,
    scores_csv,
    write_notebook,
)

pytestmark = pytest.mark.slow

ASSIGNMENT = 'title = "T"\ndue = 2026-0{}-03T17:00:00\nnotebook = "hw.ipynb"\n'


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two slip days; s01 is two days late with each of three assignments, s02 never."""
    names = ["a", "b", "c"]
    root = a_course(tmp_path_factory.mktemp("slip") / "c", assignments=names, students=["s01", "s02"], settings="[late]\nslip_days = 2\n")  # fmt: skip
    for month, name in enumerate(names, 1):
        late = f"2026-0{month}-05T16:00:00+08:00"
        hand_ins = [HandIn("s01", late), HandIn("s02", f"2026-0{month}-03T12:00:00+08:00")]
        add_assignment(root, name, settings=ASSIGNMENT.format(month), hand_ins=hand_ins)
    for name in names:
        assert grader("grade", name, cwd=root).returncode == 0
    return root


@pytest.fixture
def root(graded: Path, tmp_path: Path) -> Path:
    return shutil.copytree(graded, tmp_path / "c")


def scores(root: Path) -> list[str]:
    return [scores_csv(root, name)["s01"]["score"] for name in ("a", "b", "c")]


def plan(root: Path) -> list[int]:
    done = grader("slip", "--json", cwd=root)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["bank"] == 2
    assert list(document["students"]) == ["s01"]
    return [document["students"]["s01"][name]["spent"] for name in ("a", "b", "c")]


def test_the_plan_follows_the_deadlines_what_is_said_and_what_was_published(root):
    assert (plan(root), scores(root)) == ([2, 0, 0], ["10.00", "7.00", "7.00"])
    shown = grader("slip", cwd=root)
    assert "2 slip days a term" in shown.stdout
    assert [line.split() for line in shown.stdout.splitlines() if "s01" in line] == [
        ["s01", "2", "of", "2", "0", "of", "2", "0", "of", "2", "0"]
    ]
    said = grader("slip", "b", "s01", "--days", "2", "--reason", "asked for it", cwd=root)
    assert said.returncode == 0, said.stderr
    assert "Slip days are spent otherwise in a: T" in said.stdout  # at once, in each
    assert (plan(root), scores(root)) == ([0, 2, 0], ["7.00", "10.00", "7.00"])
    # b is published; then the student says c, which was not
    assert grader("export", "b", "--to", "csv", cwd=root).returncode == 0
    assert "2 of 2 p" in grader("slip", cwd=root).stdout
    assert grader("slip", "c", "s01", "--days", "2", cwd=root).returncode == 0
    assert (plan(root), scores(root)) == ([0, 2, 0], ["7.00", "10.00", "7.00"])
    # an extension frees the days of b: they are for the others then
    assert grader("extend", "b", "s01", "--days", "2", cwd=root).returncode == 0
    assert (plan(root), scores(root)) == ([0, 0, 2], ["7.00", "10.00", "10.00"])


def test_published_marks_do_not_move_by_what_happens_to_an_earlier_assignment(root):
    assert grader("export", "b", "--to", "csv", cwd=root).returncode == 0
    before = scores(root)
    assert grader("extend", "a", "s01", "--days", "2", cwd=root).returncode == 0
    assert (plan(root), scores(root)) == ([0, 0, 2], [before[0], before[1], "10.00"])


def test_what_is_published_is_what_the_exported_scores_have_spent(root):
    """And not what the plan has become since they were graded: here by a hand-in that came later."""
    shutil.rmtree(root / "submissions/a/s01")
    manifest = root / "submissions/a/manifest.csv"
    rows = manifest.read_text("utf-8")
    manifest.write_text("".join(row for row in rows.splitlines(True) if "s01" not in row), "utf-8")
    for name in ("a", "b"):
        assert grader("grade", name, cwd=root).returncode == 0
    assert scores(root)[:2] == ["0.00", "10.00"]
    write_notebook(root / "submissions/a/s01/1/hw.ipynb", [DOUBLE, SQUARE])
    manifest.write_text(rows, "utf-8")
    assert grader("export", "b", "--to", "csv", cwd=root).returncode == 0
    for name in ("a", "b"):
        assert grader("grade", name, cwd=root).returncode == 0
    assert (plan(root), scores(root)[:2]) == ([0, 2, 0], ["7.00", "10.00"])


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["slip", "a"], 2, "say an assignment, students and --days"),
        (["slip", "a", "s01"], 2, "say an assignment"),
        (["slip", "a", "s09", "--days", "1"], 1, "there is no student 's09'"),
    ],
)
def test_what_cannot_be_followed_is_refused(tmp_path, arguments, status, said):
    root = a_course(tmp_path / "c", assignments=["a"], settings="[late]\nslip_days = 2\n")
    add_assignment(root, "a")
    done = grader(*arguments, cwd=root)
    assert (done.returncode, said in done.stderr) == (status, True)


def test_a_course_without_slip_days_says_so(tmp_path):
    root = a_course(tmp_path / "c")
    add_assignment(root)
    done = grader("slip", cwd=root)
    assert (done.returncode, "gives no slip days" in done.stdout) == (0, True)


def test_a_course_that_gives_none_lets_none_be_spent_and_says_where_to_set_them(tmp_path):
    root = a_course(tmp_path / "c", students=["s01"])
    add_assignment(root, hand_ins=[])
    done = grader("slip", "hw", "s01", "--days", "1", cwd=root)
    assert done.returncode == 1
    assert "this course gives no slip days" in done.stderr
    assert "key late.slip_days" in done.stderr
    assert not (root / "gradebook.db").exists()
