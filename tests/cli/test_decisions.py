"""`grader extend`, `override` and `excuse`: a decision is written, counts at once, and runs no code."""

from __future__ import annotations

import csv
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


def lines(root: Path) -> list[list[str]]:
    with (root / "submissions/hw/decisions.csv").open(newline="", encoding="utf-8") as stream:
        return list(csv.reader(stream))


def score(root: Path, student: str) -> tuple[str, str, str]:
    row = scores_csv(root)[student]
    return row["score"], row["days_late"], row["status"]


def test_an_extension_counts_at_once_and_the_change_is_shown(root):
    assert score(root, "s02") == ("7.00", "2", "late")
    done = grader("extend", "hw", "s02", "--days", "2", "--reason", "ill, Mon to Wed", cwd=root)
    assert done.returncode == 0, done.stderr
    assert "1 line added to " in done.stdout
    assert "s02" in done.stdout
    assert score(root, "s02") == ("10.00", "0", "graded")
    assert score(root, "s03")[2] == "late"  # nobody else
    assert lines(root) == [
        ["student", "question", "kind", "value", "reason"],
        ["s02", "", "extension", "+2d", "ill, Mon to Wed"],
    ]
    again = grader("extend", "hw", "s02", "--days", "2", "--reason", "ill, Mon to Wed", cwd=root)
    assert "says so already" in again.stdout
    assert len(lines(root)) == 2


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
    assert "submissions/hw/decisions.csv, line 3" in done.stderr
    assert not (root / "submissions/hw/decisions.csv").exists()
    write_table(table, [header, ("s01", "Q2", "0", "a"), ("s03", "Q2", "1", "b")])
    assert "2 lines added" in grader("override", "hw", "--from", str(table), cwd=root).stdout
    assert [scores_csv(root)[each]["Q2"] for each in ("s01", "s03")] == ["0.00", "1.00"]


def test_who_is_excused_has_no_score(root):
    assert grader("excuse", "hw", "s04", "--reason", "service", cwd=root).returncode == 0
    assert score(root, "s04")[2] == "excused"


def test_a_file_of_a_spreadsheet_stays_as_it_is(root):
    file = root / "submissions/hw/decisions.csv"
    file.write_bytes("\ufeffstudent;question;kind;value;reason;by\ns01;Q2;override;0.5;old;ta1".encode())  # fmt: skip
    done = grader("extend", "hw", "s02", "--days", "1", "--reason", "a; b", cwd=root)
    assert done.returncode == 0, done.stderr
    assert file.read_text("utf-8-sig").splitlines() == [
        "student;question;kind;value;reason;by",
        "s01;Q2;override;0.5;old;ta1",
        's02;;extension;+1d;"a; b";',
    ]


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
        (["excuse", "hw"], 2, "Missing argument"),
    ],
)  # fmt: skip
def test_what_cannot_be_followed_is_refused_and_nothing_is_written(root, arguments, status, said):
    done = grader(*arguments, cwd=root)
    assert done.returncode == status
    assert said in done.stderr
    assert not (root / "submissions/hw/decisions.csv").exists()


def test_before_the_first_grading_it_is_only_written(tmp_path):
    root = a_course(tmp_path / "c", students=["s01"])
    add_assignment(root)
    done = grader("extend", "hw", "s01", "--days", "1", cwd=root)
    assert done.returncode == 0, done.stderr
    assert not (root / "reports").exists()
