"""`grader extend`, `override`, `excuse` and `comment`: a decision is kept, counts at once, and runs no
code."""

from __future__ import annotations

import json
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
    scores_json,
    write_table,
)

pytestmark = pytest.mark.slow

ON_TIME, LATE = "2026-02-03T12:00:00+08:00", "2026-02-05T09:00:00+08:00"


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = a_course(tmp_path_factory.mktemp("decisions"), students=["s01", "s02", "s03", "s04"])
    hand_ins = [
        HandIn("s01", ON_TIME, [DOUBLE, SQUARE]),
        HandIn("s02", LATE, [DOUBLE, SQUARE]),
        HandIn("s03", LATE, [DOUBLE]),
    ]
    add_assignment(root, hand_ins=hand_ins)
    assert grader("grade", "hw", cwd=root).returncode == 0
    return root


@pytest.fixture
def root(graded: Path, tmp_path: Path) -> Path:
    import shutil

    return shutil.copytree(graded, tmp_path / "course")


def decided(root: Path) -> list[tuple[str, ...]]:
    """What the gradebook's history says of decisions: who, and about what."""
    done = grader("gradebook", "history", "hw", "--json", cwd=root)
    assert done.returncode == 0, done.stderr
    return [
        (
            each["student"],
            *(each["after"][name] for name in ("question", "kind", "value", "reason")),
        )
        for each in json.loads(done.stdout)
        if each["what"] == "decision"
    ]


def score(root: Path, student: str) -> tuple[str, str, str]:
    row = scores_csv(root)[student]
    return row["score"], row["days_late"], row["status"]


def test_an_extension_counts_at_once_and_the_change_is_shown(root):
    assert score(root, "s02") == ("7.00", "2", "late")
    done = grader("extend", "hw", "s02", "--days", "2", "--reason", "ill, Mon to Wed", cwd=root)
    assert done.returncode == 0, done.stderr
    assert "1 decision added to " in done.stdout
    assert "s02" in done.stdout
    assert score(root, "s02") == ("10.00", "0", "graded")
    assert score(root, "s03")[2] == "late"  # nobody else
    assert decided(root) == [("s02", "", "extension", "+2d", "ill, Mon to Wed")]
    again = grader("extend", "hw", "s02", "--days", "2", "--reason", "ill, Mon to Wed", cwd=root)
    assert "says so already" in again.stdout
    assert len(decided(root)) == 1


def test_everybody_or_a_list_can_be_extended(root, tmp_path):
    done = grader("extend", "hw", "--all", "--until", "2026-02-05T17:00", "--reason", "the LMS was down", cwd=root)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert [score(root, each)[1] for each in ("s01", "s02", "s03")] == ["0", "0", "0"]
    table = write_table(tmp_path / "e.csv", [("student", "days", "until", "reason"), ("s02", "1", "", "one day only")])  # fmt: skip
    assert grader("extend", "hw", "--from", str(table), cwd=root).returncode == 0
    assert score(root, "s02")[1] == "1"  # of two lines the last one counts


def test_an_override_survives_grading_again_and_is_shown(root):
    done = grader("override", "hw", "s03", "Q2", "--points", "0.5", "--reason", "right on paper", cwd=root)  # fmt: skip
    assert done.returncode == 0, done.stderr
    before = scores_csv(root)["s03"]
    assert before["Q2"] == "0.50"
    assert grader("grade", "hw", "--fresh", cwd=root).returncode == 0
    assert scores_csv(root)["s03"] == before
    assert "right on paper" in (root / "reports/hw/feedback/s03.html").read_text("utf-8")
    assert grader("override", "hw", "s01", "--points", "0", "--reason", "copied", cwd=root).returncode == 0  # fmt: skip
    assert score(root, "s01")[0] == "0.00"
    assert "copied" in json.dumps(scores_json(root)["s01"])


def test_marks_from_a_table_are_written_all_or_none(root, tmp_path):
    header = ("student", "question", "points", "reason")
    table = write_table(tmp_path / "m.csv", [header, ("s01", "Q2", "0", "a"), ("s03", "Q7", "1", "b")])  # fmt: skip
    done = grader("override", "hw", "--from", str(table), cwd=root)
    assert done.returncode == 1
    assert "Q7" in done.stderr
    assert "m.csv, line 3" in done.stderr
    assert decided(root) == []
    write_table(table, [header, ("s01", "Q2", "0", "a"), ("s03", "Q2", "1", "b")])
    assert "2 decisions added" in grader("override", "hw", "--from", str(table), cwd=root).stdout
    assert [scores_csv(root)[each]["Q2"] for each in ("s01", "s03")] == ["0.00", "1.00"]


def test_who_is_excused_has_no_score(root):
    assert grader("excuse", "hw", "s04", "--reason", "service", cwd=root).returncode == 0
    assert score(root, "s04")[2] == "excused"


def test_a_file_of_a_spreadsheet_is_imported_and_stays_as_it_is(root):
    file = root / "submissions/hw/decisions.csv"
    content = "\ufeffstudent;question;kind;value;reason;by\ns01;Q2;override;0.5;old;ta1".encode()
    file.write_bytes(content)
    done = grader("extend", "hw", "s02", "--days", "1", "--reason", "a; b", cwd=root)
    assert done.returncode == 0, done.stderr
    assert file.read_bytes() == content
    assert decided(root) == [
        ("s01", "Q2", "override", "0.5", "old"),
        ("s02", "", "extension", "+1d", "a; b"),
    ]


def test_a_line_that_is_taken_out_of_the_file_counts_no_more(root):
    file = root / "submissions/hw/decisions.csv"
    header = ("student", "question", "kind", "value", "reason")
    write_table(file, [header, ("s03", "Q2", "override", "1", "on paper"), ("s04", "", "excuse", "", "")])  # fmt: skip
    assert grader("grade", "hw", cwd=root).returncode == 0
    assert scores_csv(root)["s03"]["Q2"] == "1.00"
    assert score(root, "s04")[2] == "excused"
    write_table(file, [header, ("s03", "Q2", "override", "0.5", "half of it")])
    assert grader("grade", "hw", cwd=root).returncode == 0
    assert scores_csv(root)["s03"]["Q2"] == "0.50"
    assert score(root, "s04")[2] == "missing"
    said = grader("gradebook", "history", "hw", cwd=root).stdout
    assert "s04  no more: excuse" in said
    # a command decides after the file; then the file does after the command
    assert grader("override", "hw", "s03", "Q2", "--points", "0", "--reason", "no", cwd=root).returncode == 0  # fmt: skip
    assert scores_csv(root)["s03"]["Q2"] == "0.00"
    write_table(file, [header, ("s03", "Q2", "override", "0.75", "three quarters")])
    assert grader("grade", "hw", cwd=root).returncode == 0
    assert scores_csv(root)["s03"]["Q2"] == "0.75"


def test_misconduct_is_zero_whatever_was_earned_and_says_so(root):
    done = grader("override", "hw", "s01", "--misconduct", "--reason", "copied from s02", cwd=root)
    assert done.returncode == 0, done.stderr
    row = scores_csv(root)["s01"]
    assert (row["earned"], row["score"], row["status"]) == ("10.00", "0.00", "graded")
    assert "misconduct" in row["flags"].split(";")
    assert "0 for misconduct (copied from s02)" in scores_json(root)["s01"]["explanation"]


def test_comments_are_on_the_page_and_change_no_points(root):
    before = scores_csv(root)["s03"]
    assert (
        grader("comment", "hw", "s03", "Come to my <b>office</b> hours.", cwd=root).returncode == 0
    )
    done = grader("comment", "hw", "s03", "Q2", "See lecture 2.", cwd=root)
    assert done.returncode == 0, done.stderr
    assert scores_csv(root)["s03"] == before
    page = (root / "reports/hw/feedback/s03.html").read_text("utf-8")
    assert "Come to my &lt;b&gt;office&lt;/b&gt; hours." in page
    assert "See lecture 2." in page
    entry = scores_json(root)["s03"]
    assert entry["comments"] == ["Come to my <b>office</b> hours."]
    assert [each["comments"] for each in entry["questions"]] == [[], ["See lecture 2."]]


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["extend", "hw", "s09", "--days", "1"], 1, "there is no student 's09'"),
        (["extend", "hw", "s02", "--until", "tomorrow"], 1, "an extension that can't be followed"),
        (["extend", "hw", "s02", "--until", "2026-01-01T17:00"], 1, "is before the deadline"),
        (["extend", "hw", "s02"], 2, "say --until TIME or --days N"),
        (["extend", "hw", "--days", "1"], 2, "say which students, or --all"),
        (["override", "hw", "s02", "--points", "3"], 1, "an override without a reason"),
        (["override", "hw", "s02", "Q2", "--points", "x", "--reason", "r"], 1, "'x' is not a number"),
        (["override", "hw", "s02"], 2, "say which student, and --points"),
        (["override", "hw", "s02", "--misconduct"], 1, "misconduct without a word"),
        (["override", "hw", "s02", "Q1", "--misconduct", "--reason", "r"], 1, "is for the whole"),
        (["comment", "hw", "s02", "See", "lecture", "2."], 2, "give the text in quotes"),
        (["comment", "hw", "s02", " "], 1, "a comment without words"),
        (["comment", "hw", "s02", "x", "--question", "Q9"], 1, "there is no question 'Q9'"),
        (["excuse", "hw"], 2, "Missing argument"),
    ],
)  # fmt: skip
def test_what_cannot_be_followed_is_refused_and_nothing_is_written(root, arguments, status, said):
    done = grader(*arguments, cwd=root)
    assert done.returncode == status
    assert said in done.stderr
    assert decided(root) == []


def test_before_the_first_grading_it_is_only_written(tmp_path):
    root = a_course(tmp_path / "c", students=["s01"])
    add_assignment(root)
    done = grader("extend", "hw", "s01", "--days", "1", cwd=root)
    assert done.returncode == 0, done.stderr
    assert not (root / "reports").exists()
