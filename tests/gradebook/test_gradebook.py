"""History, taking back, re-grades that lower nobody, backups: through the command line."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
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
    scores_json,
    write_notebook,
    write_table,
)
from tests.gradebook.conftest import USES_POSTGRES

pytestmark = pytest.mark.slow

ON_TIME, LATE = "2026-02-03T12:00:00+08:00", "2026-02-05T09:00:00+08:00"
HAND_INS = [
    HandIn("s01", ON_TIME, [DOUBLE, SQUARE]),
    HandIn("s02", LATE, [DOUBLE, SQUARE]),
    HandIn("s03", LATE, [DOUBLE]),
]


@pytest.fixture(scope="module")
def evidence_of_all(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course that was graded."""
    root = a_course(tmp_path_factory.mktemp("book"), students=["s01", "s02", "s03", "s04"])
    add_assignment(root, hand_ins=HAND_INS)
    assert grader("grade", "hw", cwd=root).returncode == 0
    return root


@pytest.fixture
def root(evidence_of_all: Path, copied: Callable[[Path], Path]) -> Path:
    root = copied(evidence_of_all)
    if USES_POSTGRES:  # the file is there, the database is new
        (root / "gradebook.db").unlink()
        assert grader("grade", "hw", cwd=root).returncode == 0
    return root


def history(root: Path, *options: str) -> list[dict]:
    done = grader("gradebook", "history", "hw", *options, "--json", cwd=root)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def scores(root: Path) -> dict[str, str]:
    return {student: row["score"] for student, row in scores_csv(root).items()}


def worth(root: Path, points: str) -> None:
    file = root / "assignments/hw/assignment.toml"
    file.write_text(file.read_text("utf-8").replace("Q1 = 9\nQ2 = 1", points), "utf-8")


def test_who_changed_what_when_and_why_is_told_of_each_student(root):
    assert [
        (each["what"], each["student"]) for each in history(root) if each["what"] == "score"
    ] == [("score", student) for student in ("s01", "s02", "s03", "s04")]
    assert grader("extend", "hw", "s02", "--days", "2", "--reason", "ill", cwd=root).returncode == 0
    decision, score = history(root, "--student", "s02")[-2:]
    assert (decision["after"]["kind"], decision["reason"]) == ("extension", "")
    assert (score["before"]["score"], score["after"]["score"]) == ("7.00", "10.00")
    assert decision["change"] == score["change"]  # one command, one change
    said = grader("gradebook", "history", "hw", "--student", "s02", cwd=root).stdout
    assert "decision: extension +2d (ill)" in said
    assert "score 7.00 -> 10.00" in said
    assert "attempt 1, handed in 2026-02-05T09:00:00+08:00" in said


def test_grading_again_writes_nothing_where_nothing_changed(root):
    before = history(root)
    assert grader("grade", "hw", cwd=root).returncode == 0
    assert grader("rejudge", "hw", cwd=root).returncode == 0
    assert history(root) == before


def test_the_author_is_who_says_so(root):
    done = grader("excuse", "hw", "s04", cwd=root, env={"GRADER_AUTHOR": "ta1"})
    assert done.returncode == 0, done.stderr
    assert {each["author"] for each in history(root, "--student", "s04")[-1:]} == {"ta1"}


def test_a_new_name_on_the_roster_has_a_history(root):
    write_table(root / "roster.csv", [("student", "name"), ("s01", "Zoë O'Brien"), ("s02", "S02"), ("s03", "S03"), ("s04", "S04")])  # fmt: skip
    assert grader("grade", "hw", cwd=root).returncode == 0
    said = grader("gradebook", "history", "hw", "--student", "s01", cwd=root).stdout
    assert "name 'S01' -> \"Zoë O'Brien\"" in said


def test_a_decision_is_taken_back_and_brought_back(root):
    before = scores(root)
    done = grader("extend", "hw", "s02", "s03", "--days", "2", cwd=root)
    assert done.returncode == 0, done.stderr
    extended = scores(root)
    assert extended != before
    change = history(root)[-1]["change"]
    assert f"change {change}" in done.stdout
    taken = grader("gradebook", "undo", str(change), cwd=root)
    assert taken.returncode == 0, taken.stderr
    assert scores(root) == before
    again = history(root)[-1]["change"]
    assert grader("gradebook", "undo", str(again), cwd=root).returncode == 0
    assert scores(root) == extended


def test_a_grading_that_was_wrong_is_taken_back(root):
    before = scores(root)
    worth(root, "Q1 = 1\nQ2 = 9")
    assert grader("rejudge", "hw", cwd=root).returncode == 0
    wrong = scores(root)
    assert (before["s03"], wrong["s03"]) == ("6.30", "0.70")
    done = grader("gradebook", "undo", str(history(root)[-1]["change"]), cwd=root)
    assert done.returncode == 0, done.stderr
    assert scores(root) == before
    assert "the score stands at 6.30" in scores_json(root)["s03"]["explanation"]
    assert grader("grade", "hw", cwd=root).returncode == 0
    assert scores(root) == before  # it stands, whatever grading gives
    # until somebody decides otherwise
    assert grader("extend", "hw", "s03", "--days", "2", cwd=root).returncode == 0
    assert scores(root)["s03"] == "1.00"


def test_a_score_that_stands_does_so_for_its_attempt(root):
    worth(root, "Q1 = 1\nQ2 = 9")
    assert grader("rejudge", "hw", cwd=root).returncode == 0
    assert grader("gradebook", "undo", str(history(root)[-1]["change"]), cwd=root).returncode == 0
    assert scores(root)["s03"] == "6.30"
    write_notebook(root / "submissions/hw/s03/2/hw.ipynb", [DOUBLE, SQUARE])
    with (root / "submissions/hw/manifest.csv").open("a", encoding="utf-8") as stream:
        stream.write(f"s03,2,hw.ipynb,{LATE}\n")
    assert grader("grade", "hw", cwd=root).returncode == 0
    assert scores(root)["s03"] == "7.00"


def test_a_grading_may_lower_nobody(root):
    before = scores(root)
    worth(root, "Q1 = 1\nQ2 = 9")
    dry = grader("rejudge", "hw", "--never-lower", "--dry-run", cwd=root)
    assert dry.returncode == 0, dry.stderr
    assert scores(root) == before
    done = grader("rejudge", "hw", "--never-lower", cwd=root)
    assert done.returncode == 0, done.stderr
    assert scores(root) == before
    assert "1 would have less now, and keeps the score before" in done.stderr
    row = scores_json(root)["s03"]
    assert "the score stays 6.30 (graded again, and nobody was to lose by it)" in row["explanation"]
    assert "at-least" in row["flags"]
    assert grader("grade", "hw", cwd=root).returncode == 0
    assert scores(root) == before  # later gradings follow it
    # a decision of a person still lowers
    assert (
        grader("override", "hw", "s03", "--points", "2", "--reason", "oral", cwd=root).returncode
        == 0
    )
    assert scores(root)["s03"] == "2.00"


def test_never_lower_gives_way_to_what_people_decide_and_to_the_next_attempt(root):
    grader("override", "hw", "s03", "Q2", "--points", "1", "--reason", "r", cwd=root)
    assert scores(root)["s03"] == "7.00"
    done = grader("override", "hw", "s03", "Q2", "--points", "0", "--reason", "no", cwd=root)
    assert done.returncode == 0, done.stderr
    assert grader("rejudge", "hw", "--never-lower", cwd=root).returncode == 0
    assert scores(root)["s03"] == "6.30"


def test_taking_back_what_never_was_or_gives_nothing_is_refused(root):
    done = grader("gradebook", "undo", "99", cwd=root)
    assert (done.returncode, "there is no change 99" in done.stderr) == (1, True)
    done = grader("gradebook", "undo", "1", cwd=root)
    assert done.returncode == 1
    assert "4 had no score before" in done.stderr


def test_a_backup_brings_everything_back(root, tmp_path):
    grader("extend", "hw", "s02", "--days", "2", "--reason", "ill; «Zoë»", cwd=root)
    before, extended = history(root), scores(root)
    file = tmp_path / "backup.zip"
    done = grader("gradebook", "backup", str(file), cwd=root)
    assert done.returncode == 0, done.stderr
    assert file.stat().st_mode & 0o077 == 0  # grades, and the secret
    grader("override", "hw", "s02", "--points", "0", "--reason", "oops", cwd=root)
    assert scores(root)["s02"] == "0.00"
    refused = grader("gradebook", "restore", str(file), cwd=root)
    assert (refused.returncode, "--replace" in refused.stderr) == (1, True)
    secret = (root / "course.secret").read_bytes()
    (root / "course.secret").unlink()
    done = grader("gradebook", "restore", str(file), "--replace", cwd=root)
    assert done.returncode == 0, done.stderr
    assert (root / "course.secret").read_bytes() == secret
    assert history(root) == before
    assert grader("grade", "hw", cwd=root).returncode == 0
    assert scores(root) == extended
    # numbers go on: nothing is called what something else was
    grader("excuse", "hw", "s04", cwd=root)
    assert history(root)[-1]["change"] > before[-1]["change"]


def test_a_backup_goes_into_a_gradebook_elsewhere(root, tmp_path):
    grader("extend", "hw", "s02", "--days", "2", cwd=root)
    file = tmp_path / "backup.zip"
    assert grader("gradebook", "backup", str(file), cwd=root).returncode == 0
    other = shutil.copytree(root, tmp_path / "other")
    settings = (other / "course.toml").read_text("utf-8").splitlines()
    plain = [line for line in settings if not line.startswith("gradebook")]
    (other / "course.toml").write_text("\n".join(plain) + "\n", "utf-8")
    (other / "gradebook.db").unlink(missing_ok=True)
    done = grader("gradebook", "restore", str(file), cwd=other)
    assert done.returncode == 0, done.stderr
    assert history(other) == history(root)


@pytest.mark.parametrize("damage", ["cut", "row", "other"])
def test_what_is_no_backup_changes_nothing(root, tmp_path, damage):
    file, before = tmp_path / "backup.zip", history(root)
    assert grader("gradebook", "backup", str(file), cwd=root).returncode == 0
    if damage == "cut":
        file.write_bytes(file.read_bytes()[:-200])
    else:
        with zipfile.ZipFile(file) as archive:
            content = {name: archive.read(name) for name in archive.namelist()}
        if damage == "row":
            content["event.jsonl"] = b"\n".join(content["event.jsonl"].splitlines()[:-1])
        else:
            content["course/course.secret"] = b"f" * 64
        with zipfile.ZipFile(file, "w") as archive:
            for name, body in content.items():
                archive.writestr(name, body)
    done = grader("gradebook", "restore", str(file), "--replace", cwd=root)
    assert done.returncode == 1
    assert ("another secret" if damage == "other" else "damaged") in done.stderr
    assert history(root) == before


def test_a_database_that_is_none_is_said_with_what_to_do(evidence_of_all, tmp_path):
    root = shutil.copytree(evidence_of_all, tmp_path / "course")
    (root / "gradebook.db").write_bytes(b"no database" * 100)
    done = grader("grade", "hw", cwd=root)
    assert done.returncode == 1
    assert "gradebook can't be used: file is not a database" in done.stderr
    assert "grader gradebook restore" in done.stderr


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://db/cs", "names no database of PostgreSQL"),
        ("postgresql://ta:pw@db/cs", "there is a password in the URL"),
        ("postgresql://ta@db", "names no database"),
        ("postgresql://ta@127.0.0.1:1/cs", "the gradebook can't be used"),
    ],
)
def test_a_database_that_cannot_be_had_is_refused_before_anything_runs(
    evidence_of_all, tmp_path, url, said
):
    root = shutil.copytree(evidence_of_all, tmp_path / "course")
    file = root / "course.toml"
    file.write_text(file.read_text("utf-8") + f'gradebook = "{url}"\n', "utf-8")
    done = grader("grade", "hw", cwd=root)
    assert done.returncode == 1
    assert said in done.stderr
    assert "ta:pw" not in done.stderr


def test_several_tas_at_once_lose_nothing(root):
    """Each decides about somebody else, over and over; every decision is there in the end."""
    code = (
        "import sys; from pathlib import Path; from grader.course import DecisionLine\n"
        "from grader.deciding import decide; from grader.opened import open_course\n"
        "who, rounds = sys.argv[1], int(sys.argv[2])\n"
        "for n in range(rounds):\n"
        "    line = DecisionLine(who, 'Q2', 'comment', '', f'{who} {n}')\n"
        "    decide(open_course(Path('.')), 'new', [line], sandbox='full', command='t')\n"
    )
    add_assignment(root, "new")
    settings = (root / "course.toml").read_text("utf-8")
    (root / "course.toml").write_text(settings.replace('["hw"]', '["hw", "new"]'), "utf-8")
    rounds = 500 if os.environ.get("GRADER_TEST_SCALE") else 15  # a minute, or a moment
    running = [
        subprocess.Popen([sys.executable, "-c", code, who, str(rounds)], cwd=root)
        for who in ("s01", "s02", "s03")
    ]
    assert [each.wait(600) for each in running] == [0, 0, 0]
    done = grader("gradebook", "history", "new", "--json", cwd=root)
    reasons = [
        each["after"]["reason"] for each in json.loads(done.stdout) if each["what"] == "decision"
    ]
    assert sorted(reasons) == sorted(
        f"{who} {n}" for who in ("s01", "s02", "s03") for n in range(rounds)
    )
