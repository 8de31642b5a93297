"""Decisions when something is in the way: a line that is wrong, a command at work, people who left, texts
that no database keeps. Through the command line."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from tests.cli.tiny import (
    DOUBLE,
    SQUARE,
    HandIn,
    a_course,
    add_assignment,
    command,
    grader,
    notebook_text,
    scores_csv,
    write_table,
)
from tests.gradebook.conftest import USES_POSTGRES

pytestmark = [
    pytest.mark.slow,
]

LATE = "2026-02-05T09:00:00+08:00"
HEADER = ("student", "question", "kind", "value", "reason")
EXTEND = ("extend", "hw", "s02", "--days", "2")


@pytest.fixture(scope="module")
def evidence_of_all(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = a_course(tmp_path_factory.mktemp("deciding"), students=["s02", "s03"])
    add_assignment(root, hand_ins=[HandIn("s02", LATE), HandIn("s03", LATE, [DOUBLE])])
    run(root, "grade", "hw")
    (root / "gradebook.db").unlink()
    return root


@pytest.fixture
def root(evidence_of_all: Path, copied: Callable[[Path], Path]) -> Path:
    return copied(evidence_of_all)


def run(root: Path, *arguments: str) -> str:
    done = grader(*arguments, cwd=root)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def refused(root: Path, *arguments: str, status: int = 1) -> str:
    done = grader(*arguments, cwd=root)
    assert done.returncode == status, done.stdout
    assert "Traceback" not in done.stderr
    return done.stderr


def score(root: Path, student: str = "s02") -> str:
    return scores_csv(root)[student]["score"]


def history(root: Path) -> list[dict]:
    return json.loads(run(root, "gradebook", "history", "hw", "--json"))


def leaves(root: Path, student: str) -> None:
    shutil.rmtree(root / "submissions/hw" / student)
    for file in ("roster.csv", "submissions/hw/manifest.csv"):
        lines = (root / file).read_text("utf-8").splitlines()
        kept = [line for line in lines if not line.startswith(student)]
        (root / file).write_text("\n".join(kept) + "\n", "utf-8")


def test_beside_a_line_that_cannot_be_followed_nothing_is_decided(root):
    file = root / "submissions/hw/decisions.csv"
    write_table(file, [HEADER, ("s03", "", "frobnicate", "1", "")])
    assert "no kind of decision 'frobnicate'" in refused(root, *EXTEND)
    assert history(root) == []
    file.unlink()
    assert "1 decision added" in run(root, *EXTEND)
    assert score(root) == "10.00"


def test_what_was_decided_while_another_command_was_at_work_counts_when_it_is_said_again(root):
    with FileLock(root / "evidence/hw/lock"):
        said = refused(root, *EXTEND)
    assert "the scores of hw do not follow it yet" in " ".join(said.split())
    assert score(root) == "7.00"
    assert "Nothing to add" in run(root, *EXTEND)
    assert score(root) == "10.00"


@pytest.mark.scale
def test_what_is_decided_while_a_grading_runs_is_not_in_its_scores_and_it_says_so(tmp_path):
    root = a_course(tmp_path / "c", students=["s02"])
    add_assignment(root, hand_ins=[HandIn("s02", LATE, ["import time; time.sleep(2)", DOUBLE])])
    with subprocess.Popen(
        command("grade", "hw", "--jobs", "1"), cwd=root, stderr=subprocess.PIPE, text=True
    ) as running:
        while not (root / "gradebook.db").exists():  # decisions are read by then
            time.sleep(0.02)
        write_table(
            root / "submissions/hw/decisions.csv", [HEADER, ("s02", "", "extension", "+2d", "ill")]
        )
        said = running.communicate()[1]
    assert "since this began, something was decided about s02" in " ".join(said.split())
    assert score(root) == "6.30"
    assert "since this began" not in run(root, "grade", "hw")
    assert score(root) == "9.00"


def test_a_grading_is_taken_back_for_those_who_are_still_there(root):
    run(root, "grade", "hw")
    file = root / "assignments/hw/assignment.toml"
    file.write_text(file.read_text("utf-8").replace("Q1 = 9\nQ2 = 1", "Q1 = 5\nQ2 = 3"), "utf-8")
    run(root, "rejudge", "hw", "--never-lower")
    assert (score(root), score(root, "s03")) == ("7.00", "6.30")
    leaves(root, "s03")  # whose score is kept up
    run(root, "grade", "hw")
    run(root, "gradebook", "undo", "2")
    assert score(root) == "7.00"


@pytest.mark.skipif(USES_POSTGRES, reason="there is no file")
@pytest.mark.parametrize("how", [pytest.param("gone", marks=pytest.mark.scale), "empty"])
def test_decisions_that_were_lost_with_the_gradebook_are_missed_in_words(root, how):
    run(root, *EXTEND)
    file = root / "gradebook.db"
    file.unlink()
    if how == "empty":
        file.touch()
    said = " ".join(run(root, "grade", "hw").split())
    assert "the gradebook is new, and scores before followed decisions" in said
    assert "of s02. If it was lost" in said


@pytest.mark.skipif(USES_POSTGRES, reason="there is no file")
def test_a_gradebook_that_can_only_be_read_is_refused_before_anything_is_written(root):
    run(root, "grade", "hw")
    before = scores_csv(root)
    file = root / "assignments/hw/assignment.toml"
    file.write_text(file.read_text("utf-8").replace("Q1 = 9\nQ2 = 1", "Q1 = 5\nQ2 = 3"), "utf-8")
    book = str(root / "gradebook.db")
    walls = ["bwrap", "--dev-bind", "/", "/", "--ro-bind", book, book]
    done = subprocess.run(
        [*walls, *command("rejudge", "hw")], cwd=root, capture_output=True, text=True
    )
    assert (done.returncode, "it can't be written to" in done.stderr) == (1, True)
    assert scores_csv(root) == before


@pytest.mark.scale
def test_a_change_of_an_assignment_that_is_gone_is_not_taken_back_by_half(root):
    run(root, *EXTEND)
    add_assignment(root, "new")
    settings = root / "course.toml"
    text = settings.read_text("utf-8")
    settings.write_text(text.replace('["hw"]', '["new"]'), "utf-8")
    number = str(json.loads(run(root, "gradebook", "history", "--json"))[-1]["change"])
    assert "which the course does not have now" in refused(root, "gradebook", "undo", number)
    settings.write_text(text, "utf-8")
    run(root, "gradebook", "undo", number)
    assert score(root) == "7.00"


@pytest.mark.scale
def test_who_is_a_stranger_to_another_assignment_with_the_same_slip_days_is_graded_here(tmp_path):
    root = a_course(
        tmp_path / "c", assignments=["a", "b"], students=["s01"], settings="[late]\nslip_days = 2\n"
    )
    add_assignment(root, "a", hand_ins=[HandIn("s09", "2026-02-06T09:00:00+08:00")])
    add_assignment(root, "b")
    for name in ("b", "a"):
        run(root, "grade", name)
    assert scores_csv(root, "a")["s09"]["score"] == "8.50"
    run(root, "extend", "a", "s09", "--days", "1")
    assert scores_csv(root, "a")["s09"]["score"] == "10.00"


def test_what_no_database_keeps_is_refused_in_words(root):
    run(root, "grade", "hw")
    before = history(root)
    write_table(
        root / "submissions/hw/decisions.csv", [HEADER, ("s03", "Q1", "comment", "", "a\0b")]
    )
    assert "line 2, column reason" in refused(root, "grade", "hw")
    (root / "submissions/hw/decisions.csv").unlink()
    assert "is not in the range" in refused(root, "gradebook", "undo", "9" * 20, status=2)
    for arguments in ([*EXTEND, "--reason"], ["gradebook", "history", "--student"]):
        done = subprocess.run(
            [*map(os.fsencode, command(*arguments)), b"\xff"], cwd=root, capture_output=True
        )
        assert done.returncode == 1
        assert b"a character that no gradebook keeps" in done.stderr
    assert history(root) == before


def test_a_file_name_that_is_no_text_stops_nobodys_grading(root):
    """As an archive made elsewhere leaves it; in a plain folder, it is in no manifest."""
    (root / "submissions/hw/manifest.csv").unlink()
    folder = os.fsencode(root / "submissions/hw/s03")
    shutil.rmtree(folder)
    os.makedirs(folder)
    with open(folder + b"/L\xf6sung.ipynb", "w", encoding="utf-8") as file:
        file.write(notebook_text(DOUBLE, SQUARE))
    run(root, "grade", "hw")
    row = scores_csv(root)["s03"]
    assert (row["earned"], row["flags"]) == ("10.00", "renamed:L?sung.ipynb;no-time")
    run(root, "explain", "hw", "s03")
    assert any(each["what"] == "attempt" and each["after"]["file"] == "L?sung.ipynb" for each in history(root))  # fmt: skip
