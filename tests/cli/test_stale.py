"""What was made earlier is never shown for what is true now."""

from __future__ import annotations

import re
import shutil

import pytest

from tests.cli.tiny import (
    ASSIGNMENT,
    DOUBLE,
    QUESTIONS,
    SQUARE,
    HandIn,
    a_course,
    add_assignment,
    grader,
    scores_csv,
    write_notebook,
    write_table,
)

pytestmark = pytest.mark.slow

ON_TIME = "2026-02-03T12:00:00+08:00"
BY_LOT = (
    "import os\nLOT = int.from_bytes(os.urandom(8), 'big')\nprint(LOT)\n"
    "def double(x):\n    return LOT"
)


def course(root, *hand_ins, **settings):
    a_course(root, students=sorted({each.student for each in hand_ins}))
    add_assignment(root, hand_ins=hand_ins, **settings)
    return root


def graded(root, *options):
    done = grader("grade", "hw", *options, cwd=root)
    assert done.returncode == 0, done.stderr
    return done


def replace_in(file, old, new):
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def lot_of(root, student):
    (lot,) = re.findall(r"\b\d{15,20}\b", grader("evidence", "hw", student, cwd=root).stdout)[:1]
    return lot


def test_what_ran_without_a_sandbox_later_is_flagged_like_what_did_from_the_start(tmp_path):
    root = course(tmp_path / "course", HandIn("s01", ON_TIME))
    graded(root)
    assert "sandbox" not in scores_csv(root)["s01"]["flags"]
    more = 'CASES = [Case("x = 5", (5.0,)), '
    replace_in(root / "assignments/hw/questions.py", "CASES = [", more)
    graded(root, "--sandbox", "off")
    assert "sandbox:off" in scores_csv(root)["s01"]["flags"]
    graded(root)
    assert "sandbox:off" in scores_csv(root)["s01"]["flags"]


def test_a_page_of_a_run_that_was_broken_off_does_not_outlive_it(tmp_path):
    root = course(tmp_path / "course", HandIn("s01", ON_TIME))
    graded(root)
    page, table = root / "reports/hw/feedback/s01.html", root / "reports/hw/scores.csv"
    before = page.read_text("utf-8")
    settings = root / "assignments/hw/assignment.toml"
    replace_in(settings, "Doubles and squares", "Another title")
    table.unlink()
    table.mkdir()  # after the pages, nothing more can be written
    assert grader("grade", "hw", cwd=root).returncode == 1
    assert "Another title" in page.read_text("utf-8")
    table.rmdir()
    replace_in(settings, "Another title", "Doubles and squares")
    graded(root)
    assert page.read_text("utf-8") == before


def test_the_deadline_on_the_page_of_the_class_is_todays(tmp_path):
    root = a_course(tmp_path / "course")
    add_assignment(root)  # and nobody has handed in
    graded(root)
    replace_in(root / "assignments/hw/assignment.toml", "due = 2026-02-03", "due = 2026-02-09")
    graded(root)
    assert re.search(r"due \w*,? ?0?9 Feb", (root / "reports/hw/summary.html").read_text("utf-8"))


def test_executed_notebooks_are_those_that_count(tmp_path):
    root = course(tmp_path / "course", HandIn("s01", ON_TIME), HandIn("s02", ON_TIME))
    graded(root)
    home = root / "submissions/hw"
    shutil.rmtree(home / "s02")
    write_notebook(home / "s01/2/hw.ipynb", [DOUBLE])
    head = ("student", "attempt", "file", "submitted_at")
    rows = [("s01", 1, "hw.ipynb", ON_TIME), ("s01", 2, "hw.ipynb", ON_TIME)]
    write_table(home / "manifest.csv", [head, *rows])
    graded(root)
    assert [file.name for file in (root / "reports/hw/executed").iterdir()] == ["s01-2.ipynb"]


def test_equal_notebooks_get_equal_scores_that_can_be_made_again(tmp_path):
    """Even where the notebook does something else each time."""
    questions = QUESTIONS.replace("return 2 * x", "return 0.0").replace(
        '"double", double, CASES', '"double", double, CASES, atol=1e19'
    )
    hand_ins = [HandIn("s01", ON_TIME, [BY_LOT, SQUARE]), HandIn("s02", ON_TIME, [BY_LOT, SQUARE])]
    root = course(tmp_path / "course", *hand_ins, questions=questions, settings=ASSIGNMENT)

    def is_settled():
        pages = [root / f"reports/hw/feedback/s0{n}.html" for n in (1, 2)]
        shown = {re.search(r"\b\d{15,20}\b", page.read_text("utf-8"))[0] for page in pages}
        again = [grader("replay", "hw", f"s0{n}", cwd=root) for n in (1, 2)]
        assert ["the same" in done.stdout for done in again] == [True, True], again
        assert shown == {lot_of(root, "s01")}

    graded(root)
    is_settled()
    graded(root, "--fresh", "--student", "s02")
    graded(root)
    is_settled()


def test_files_of_others_among_the_records_are_let_be(tmp_path):
    root = course(tmp_path / "course", HandIn("s01", ON_TIME))
    graded(root)
    for folder in ("runs", "plans", "receipts"):
        (root / "evidence/hw" / folder / "a copy").mkdir()
        (root / "evidence/hw" / folder / "backup of it").write_text("not ours")
    done = grader("evidence", "hw", "--prune", cwd=root)
    assert (done.returncode, done.stderr) == (0, "")
    assert (root / "evidence/hw/plans/backup of it").is_file()
    assert grader("replay", "hw", "s01", cwd=root).returncode == 0


def test_a_damaged_run_of_an_attempt_that_does_not_count_is_said_in_words(tmp_path):
    worse = HandIn("s01", ON_TIME, [DOUBLE], attempt=2)
    root = course(tmp_path / "course", HandIn("s01", ON_TIME), worse, late='attempts = "best"')
    graded(root)
    for file in (root / "evidence/hw/runs").glob("*/*"):
        whole = file.read_bytes()
        file.write_bytes(b"nothing")
        done = grader("replay", "hw", "s01", cwd=root)
        assert done.returncode == 1
        assert "a record is damaged" in done.stderr, done.stderr
        file.write_bytes(whole)


def test_receipts_of_another_assignment_defend_no_score_of_this_one(tmp_path):
    root = a_course(tmp_path / "course", assignments=("hw", "other"))
    for name in ("hw", "other"):
        add_assignment(root, name, hand_ins=[HandIn("s01", ON_TIME)])
    graded(root)
    shutil.copytree(root / "evidence/hw", root / "evidence/other")
    done = grader("replay", "other", "s01", cwd=root)
    assert done.returncode == 1
    assert "another assignment's" in done.stderr
