"""Scores that are kept as they were, `at-least` and `stands`: by whom they are lowered, and when they
fall. Through the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
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
    write_table,
)
from tests.gradebook.conftest import USES_POSTGRES

pytestmark = [
    pytest.mark.slow,
]

ON_TIME, LATE = "2026-02-03T12:00:00+08:00", "2026-02-05T09:00:00+08:00"
HEADER = ("student", "question", "kind", "value", "reason")


@pytest.fixture(scope="module")
def evidence_of_all(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """s03 has the first question alone, two days late: 9 points, 6.30 of them left."""
    root = a_course(tmp_path_factory.mktemp("kept"), students=["s03", "s04"])
    add_assignment(root, hand_ins=[HandIn("s03", LATE, [DOUBLE])])
    run(root, "grade", "hw")
    return root


@pytest.fixture
def root(evidence_of_all: Path, copied: Callable[[Path], Path]) -> Path:
    root = copied(evidence_of_all)
    if USES_POSTGRES:
        (root / "gradebook.db").unlink()
        run(root, "grade", "hw")
    assert score(root) == "6.30"
    return root


def run(root: Path, *arguments: str) -> str:
    done = grader(*arguments, cwd=root)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def score(root: Path, student: str = "s03") -> str:
    return scores_csv(root)[student]["score"]


def last_change(root: Path) -> str:
    return str(json.loads(run(root, "gradebook", "history", "hw", "--json"))[-1]["change"])


def worth(root: Path, points: str) -> None:
    file = root / "assignments/hw/assignment.toml"
    file.write_text(file.read_text("utf-8").replace("Q1 = 9\nQ2 = 1", points), "utf-8")


def file_says(root: Path, *lines: tuple[str, ...]) -> None:
    write_table(root / "submissions/hw/decisions.csv", [HEADER, *lines])


def test_what_a_grading_kept_up_is_taken_back_and_brought_back(root):
    worth(root, "Q1 = 1\nQ2 = 9")
    run(root, "rejudge", "hw", "--never-lower")
    assert score(root) == "6.30"
    run(root, "gradebook", "undo", last_change(root))
    run(root, "gradebook", "undo", last_change(root))
    assert score(root) == "6.30"
    assert "at-least" in scores_csv(root)["s03"]["flags"]


@pytest.mark.scale
def test_what_a_person_says_of_a_question_lowers_a_score_that_was_kept_up(root):
    worth(root, "Q1 = 1\nQ2 = 9")
    run(root, "rejudge", "hw", "--never-lower")
    run(root, "override", "hw", "s03", "Q2", "--points", "1", "--reason", "half of it")
    assert score(root) == "6.30"  # better than nothing, and 1.40 by the rules of now
    run(root, "override", "hw", "s03", "Q1", "--points", "0", "--reason", "copied")
    assert score(root) == "6.30"  # 0.70 less than that, and 0.70 more than when it was kept
    run(root, "override", "hw", "s03", "Q2", "--points", "0", "--reason", "copied, too")
    assert score(root) == "5.60"
    run(root, "override", "hw", "s03", "--misconduct", "--reason", "all of it")
    assert score(root) == "0.00"


@pytest.mark.scale
def test_more_time_never_lowers_a_score_that_was_kept_up(root):
    worth(root, "Q1 = 1\nQ2 = 9")
    run(root, "rejudge", "hw", "--never-lower")
    run(root, "extend", "hw", "s03", "--days", "2", "--reason", "ill")
    assert score(root) == "6.30"  # 1.00 by the rules of now


@pytest.mark.parametrize(
    ("how", "kept_by"),
    [
        ("file", "never-lower"),
        pytest.param("file", "undo", marks=pytest.mark.scale),
        pytest.param("undo", "never-lower", marks=pytest.mark.scale),
        pytest.param("undo", "undo", marks=pytest.mark.scale),
    ],
)
def test_a_decision_that_is_taken_back_keeps_no_score_up(root, how, kept_by):
    if how == "file":
        file_says(root, ("s03", "", "extension", "+2d", "ill"))
        run(root, "grade", "hw")
    else:
        run(root, "extend", "hw", "s03", "--days", "2", "--reason", "ill")
    extended = last_change(root)
    assert score(root) == "9.00"
    worth(root, "Q1 = 1\nQ2 = 9")
    if kept_by == "undo":
        run(root, "rejudge", "hw")
        run(root, "gradebook", "undo", last_change(root))
    else:
        run(root, "rejudge", "hw", "--never-lower")
    assert score(root) == "9.00"
    if how == "file":
        file_says(root)
        run(root, "grade", "hw")
        assert score(root) == "0.70"
        run(root, "grade", "hw")  # and so it does once the line is gone from the gradebook, too
    else:
        said = run(root, "gradebook", "undo", extended)
        assert "what kept the scores of s03 counts no more" in said
        assert score(root) == "0.70"
        run(root, "gradebook", "undo", last_change(root))
        assert score(root) == "9.00"
        run(root, "gradebook", "undo", last_change(root))
    assert score(root) == "0.70"


@pytest.mark.scale
def test_other_words_for_a_decision_lower_nobody(root):
    file_says(root, ("s03", "", "extension", "+2d", "ill"))
    run(root, "grade", "hw")
    worth(root, "Q1 = 1\nQ2 = 9")
    run(root, "rejudge", "hw", "--never-lower")
    file_says(root, ("s03", "", "extension", "+2d", "ill, certificate seen"))
    run(root, "grade", "hw")
    assert score(root) == "9.00"


@pytest.mark.scale
def test_a_decision_that_is_brought_back_is_one_that_counts_instead_of_a_score_that_stands(root):
    run(root, "override", "hw", "s03", "Q1", "--points", "2", "--reason", "r")
    decided = last_change(root)
    assert score(root) == "1.40"
    run(root, "gradebook", "undo", decided)
    taken_back = last_change(root)
    worth(root, "Q1 = 5\nQ2 = 5")
    run(root, "rejudge", "hw")
    run(root, "gradebook", "undo", last_change(root))
    assert score(root) == "6.30"
    run(root, "gradebook", "undo", taken_back)
    assert score(root) == "1.40"


@pytest.mark.parametrize(
    "line",
    [
        ("s03", "Q1", "comment", "", "See lecture 2."),
        pytest.param(("s03", "", "extension", "+1d", "ill"), marks=pytest.mark.scale),
    ],
)
def test_rules_that_change_together_with_a_decision_lower_nobody(root, line):
    worth(root, "Q1 = 1\nQ2 = 9")
    file_says(root, line)
    run(root, "rejudge", "hw", "--never-lower")
    assert score(root) == ("6.30" if line[2] == "comment" else "7.65")  # by the rules before


@pytest.mark.scale
def test_of_several_attempts_another_becomes_the_best_and_nobody_loses_by_it(tmp_path):
    root = a_course(tmp_path / "c", students=["s03"], settings='[late]\nattempts = "best"\n')
    hand_ins = [HandIn("s03", ON_TIME, [DOUBLE]), HandIn("s03", ON_TIME, [SQUARE], attempt=2)]
    add_assignment(root, hand_ins=hand_ins)
    run(root, "grade", "hw")
    assert score(root) == "9.00"
    worth(root, "Q1 = 1\nQ2 = 2")
    run(root, "rejudge", "hw", "--never-lower")
    assert (score(root), scores_csv(root)["s03"]["attempt"]) == (
        "3.00",
        "1",
    )  # all of what there is
