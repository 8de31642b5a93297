"""Evidence through the command line: nothing runs twice, and every score can be made again."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import pytest

from tests.cli.tiny import (
    ASSIGNMENT,
    DOUBLE,
    SQUARE,
    HandIn,
    a_course,
    add_assignment,
    grader,
    notebook_text,
    scores_csv,
    scores_json,
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.scale,
]

ON_TIME, LATE = "2026-02-03T12:00:00+08:00", "2026-02-05T09:00:00+08:00"
CUBE = "def square(x):\n    return x * x * x"
NEARLY = "def square(x):\n    return x * x * (1 + 1e-5)"
HAND_INS = [
    HandIn("s01", ON_TIME, [DOUBLE, SQUARE]),
    HandIn("s02", LATE, [DOUBLE, SQUARE]),  # the same notebook
    HandIn("s03", ON_TIME, [DOUBLE, NEARLY]),
    HandIn("s04", LATE, [DOUBLE, CUBE, "print('x' * 10)\nraise ValueError('oh')"]),
    HandIn("s05", ON_TIME, content=b"no notebook"),
]


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A course that was graded once."""
    root = a_course(tmp_path_factory.mktemp("evidence"), students=[f"s0{n}" for n in range(1, 7)])
    add_assignment(root, hand_ins=HAND_INS, decisions=[("s04", "Q2", "mark", "0.25", "an idea")])
    done = grader("grade", "hw", cwd=root)
    assert done.returncode == 0, done.stderr
    return root


@pytest.fixture
def root(graded, tmp_path):
    """A copy of it, to be changed."""
    return shutil.copytree(graded, tmp_path / "course")


def without(columns, root):
    return {who: {k: v for k, v in row.items() if k not in columns} for who, row in scores_csv(root).items()}  # fmt: skip


def executed(done):
    assert done.returncode == 0, done.stderr
    (said,) = re.findall(r"(\d+) of \d+ notebooks were executed", done.stdout)
    return int(said)


def executed_one(done):
    assert done.returncode == 0, done.stderr
    (said,) = re.findall(r"(\d+) of 1 notebook was executed", done.stdout)
    return int(said)


def records(root, *folders):
    return sorted(file for folder in folders for file in (root / "evidence/hw" / folder).glob("**/*") if file.is_file())  # fmt: skip


def test_equal_notebooks_are_one_run(graded):
    assert len(records(graded, "runs")) == 3
    assert len(records(graded, "receipts")) == 6
    assert len(records(graded, "plans")) == 1


def test_a_file_that_many_hand_in_is_executed_once(tmp_path):
    root = a_course(tmp_path, students=["s01", "s02", "s03", "s04"])
    content = notebook_text(DOUBLE, SQUARE).encode()
    same = [HandIn(f"s0{n}", LATE if n == 3 else ON_TIME, content=content) for n in (1, 2, 3)]
    add_assignment(root, hand_ins=[*same, HandIn("s04", ON_TIME, content=b"no notebook")])
    done = grader("grade", "hw", cwd=root)
    assert executed(done) == 1
    rows = scores_csv(root)
    assert [rows[f"s0{n}"]["status"] for n in (1, 2, 3, 4)] == ["graded", "graded", "late", "unreadable"]  # fmt: skip
    assert rows["s01"]["earned"] == rows["s02"]["earned"] == rows["s03"]["earned"] != "0"
    assert executed(grader("grade", "hw", "--fresh", cwd=root)) == 1


def test_a_second_run_executes_nothing_and_leaves_pages_and_receipts_alone(root):
    watched = [*records(root, "runs", "receipts"), *(root / "reports/hw/feedback").iterdir()]
    before = {file: (file.read_bytes(), file.stat().st_mtime_ns) for file in watched}
    table = scores_csv(root)
    assert executed(grader("rejudge", "hw", cwd=root)) == 0
    assert grader("grade", "hw", cwd=root).returncode == 0
    assert {file: (file.read_bytes(), file.stat().st_mtime_ns) for file in watched} == before
    assert scores_csv(root) == table


def test_an_executed_notebook_that_is_gone_is_made_again(root):
    folder = root / "reports/hw/executed"
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    shutil.rmtree(folder)
    assert executed(grader("rejudge", "hw", cwd=root)) == 0
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


def test_a_page_that_is_gone_is_made_again_and_an_unchanged_one_is_not(root):
    gone = root / "reports/hw/feedback/s01.html"
    kept = root / "reports/hw/feedback/s02.html"
    text, time = gone.read_text("utf-8"), kept.stat().st_mtime_ns
    gone.unlink()
    (root / "reports/hw/summary.html").unlink()
    assert grader("grade", "hw", cwd=root).returncode == 0
    assert gone.read_text("utf-8") == text
    assert kept.stat().st_mtime_ns == time
    assert (root / "reports/hw/summary.html").is_file()


def test_a_changed_notebook_alone_is_executed(root):
    file = root / "submissions/hw/s04/1/hw.ipynb"
    file.write_text(notebook_text(DOUBLE, SQUARE, "'new'"), "utf-8")
    done = grader("rejudge", "hw", cwd=root)
    assert executed(done) == 1
    assert re.search(r"^ s04 +\S+ +\S+ +\+\S+ +.*Q2", done.stdout, re.M) is None  # decided by hand
    assert "ValueError" not in (root / "reports/hw/feedback/s04.html").read_text("utf-8")


def test_markdown_changes_no_run(root):
    import nbformat

    file = root / "submissions/hw/s04/1/hw.ipynb"
    notebook = nbformat.read(file, as_version=4)
    notebook.cells.insert(0, nbformat.v4.new_markdown_cell("A title"))
    file.write_text(nbformat.writes(notebook), "utf-8")
    done = grader("grade", "hw", cwd=root)
    assert len(records(root, "runs")) == 3
    assert executed(done) == 0
    assert "A title" in (root / "reports/hw/feedback/s04.html").read_text("utf-8")


def test_a_changed_tolerance_is_judged_from_what_is_stored_as_a_fresh_course_would(root, tmp_path):
    questions = root / "assignments/hw/questions.py"
    wide = questions.read_text().replace('"square", square, CASES', '"square", square, CASES, rtol=1e-3')  # fmt: skip
    questions.write_text(wide)
    before = scores_csv(root)
    dry = grader("rejudge", "hw", "--dry-run", cwd=root)
    assert executed(dry) == 0
    assert "changed: what is asked or expected" in dry.stdout
    assert re.search(r"^ s03 +9.00 +10.00 +\+1.00 +Q2 0 -> 1", dry.stdout, re.M)
    assert "1 gain, 0 lose, 0 change otherwise" in dry.stdout
    assert scores_csv(root) == before
    assert executed(grader("rejudge", "hw", cwd=root)) == 0
    fresh = shutil.copytree(root, tmp_path / "fresh", ignore=shutil.ignore_patterns("evidence"))
    assert grader("grade", "hw", "--fresh", cwd=fresh).returncode == 0
    assert scores_csv(fresh) == scores_csv(root)
    assert scores_csv(root)["s03"]["score"] == "10.00"


def test_a_new_case_is_asked_and_nothing_else_is(root):
    questions = root / "assignments/hw/questions.py"
    text = questions.read_text()
    questions.write_text(text.replace("CASES = [", 'CASES = [Case("x = 0", (0.0,)), '))
    # two at a time: s01 and s02 have the same cells, and one after the other s02 may find what s01
    # has left
    done = grader("rejudge", "hw", "--jobs", "2", cwd=root)
    assert executed(done) == 4  # s05 is no notebook
    assert executed(grader("rejudge", "hw", cwd=root)) == 0
    answers = grader("evidence", "hw", "s01", cwd=root).stdout
    assert answers.count("double(0) -> 0") == 1
    assert "double(3) -> 6" in answers


def test_a_changed_deadline_changes_penalties_only_and_lists_who_is_affected(root):
    settings = root / "assignments/hw/assignment.toml"
    settings.write_text(settings.read_text().replace("2026-02-03", "2026-02-04"))
    earned = without(("days_late", "penalty", "score", "status"), root)
    done = grader("rejudge", "hw", cwd=root)
    assert executed(done) == 0
    assert "changed: due: 2026-02-03 17:00 -> 2026-02-04 17:00" in done.stdout
    assert re.findall(r"^ (s\d\d) .*days late 2 -> 1", done.stdout, re.M) == ["s04", "s02"]
    assert re.findall(r"^ (s\d\d) ", done.stdout, re.M) == ["s04", "s02"]
    assert without(("days_late", "penalty", "score", "status"), root) == earned


def test_changed_points_are_told_by_question(root):
    settings = root / "assignments/hw/assignment.toml"
    settings.write_text(settings.read_text().replace("Q1 = 9", "Q1 = 8"))
    done = grader("rejudge", "hw", "--dry-run", cwd=root)
    assert "changed: points of Q1: 9 -> 8" in done.stdout
    assert "0 gain, 4 lose, 0 change otherwise" in done.stdout


def test_a_question_that_is_gone_is_told(root):
    settings, questions = (root / "assignments/hw" / n for n in ("assignment.toml", "questions.py"))
    settings.write_text(settings.read_text().replace("Q1 = 9", "Q8 = 9"))
    questions.write_text(questions.read_text().replace('"Q1"', '"Q8"'))
    done = grader("rejudge", "hw", "--dry-run", cwd=root)
    assert "changed: points of Q8: none -> 9" in done.stdout
    assert "changed: points of Q1: 9 -> none" in done.stdout


@pytest.mark.parametrize("first", range(4 if "GRADER_TEST_SCALE" in os.environ else 1))
def test_a_damaged_record_is_noticed_and_made_again(root, first):
    was = {file: file.read_bytes() for file in records(root, "runs", "receipts")}
    for number, (file, content) in enumerate(was.items(), start=first):
        damage = ("flip", "cut", "nothing", "another")[number % 4]
        changed = bytearray(content)
        changed[len(changed) // 2] ^= 4
        other = next(c for f, c in was.items() if (f != file and f.parent.name == file.parent.name) or f != file)  # fmt: skip
        file.write_bytes({"flip": bytes(changed), "cut": content[:-9], "nothing": b"", "another": other}[damage])  # fmt: skip
    table = scores_csv(root)
    done = grader("grade", "hw", cwd=root)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert "the evidence of s01 is damaged on disk: it is made again" in done.stderr
    assert scores_csv(root) == table
    assert executed(grader("rejudge", "hw", cwd=root)) == 0
    assert grader("replay", "hw", "s03", cwd=root).returncode == 0


def test_evidence_stays_where_a_receipt_is_gone(root):
    before = records(root, "runs")
    (gone,) = (root / "evidence/hw/receipts").glob(b"s03".hex())
    gone.unlink()
    said = grader("evidence", "hw", "--prune", cwd=root)
    assert said.returncode == 1
    assert "there is no receipt of s03, so what it refers to is not known" in said.stderr
    shutil.rmtree(root / "evidence/hw/receipts")
    (root / "evidence/hw/standings").unlink()
    assert "there is no receipt of anybody" in grader("evidence", "hw", "--prune", cwd=root).stderr  # fmt: skip
    assert records(root, "runs") == before
    assert executed(grader("grade", "hw", cwd=root)) == 0
    assert grader("evidence", "hw", "--prune", cwd=root).stdout.startswith("0 records")


def test_a_receipt_or_a_plan_that_is_damaged_is_made_again_without_executing(root):
    for folder in ("receipts", "plans"):
        for file in records(root, folder):
            file.write_bytes(b"?")
        said = grader("explain", "hw", "s01", cwd=root).stderr
        assert said.endswith("make it again: grader grade hw --student s01\n")
        assert executed_one(grader("grade", "hw", "--student", "s01", cwd=root)) == 0
        assert grader("explain", "hw", "s01", cwd=root).returncode == 0


def test_scores_before_that_cannot_be_read_are_told(root):
    assert grader("export", "hw", "--to", "csv", "--provisional", cwd=root).returncode == 0
    for name in ("standings", "exported"):
        (root / "evidence/hw" / name).write_bytes(b"?")
    done = grader("rejudge", "hw", cwd=root)
    assert "what the scores were before is not known, so no change is shown" in done.stderr
    assert "what the scores were when they were exported last is not known" in done.stderr
    assert "the first" not in done.stdout


def test_what_was_exported_and_changes_is_said_by_grade(root):
    assert grader("export", "hw", "--to", "csv", "--provisional", cwd=root).returncode == 0
    assert "exported" not in grader("grade", "hw", cwd=root).stderr
    settings = root / "assignments/hw/assignment.toml"
    settings.write_text(settings.read_text().replace("2026-02-03", "2026-02-04"))
    for _ in range(2):  # as long as it is so
        said = grader("grade", "hw", cwd=root).stderr
        assert "Scores that were exported change:" in said
        assert re.findall(r"^ (s\d\d) ", said, re.M) == ["s04", "s02"]
    assert grader("export", "hw", "--to", "csv", "--provisional", cwd=root).returncode == 0
    assert "exported" not in grader("grade", "hw", cwd=root).stderr


def test_explain_shows_cases_arithmetic_decisions_and_records(graded):
    said = grader("explain", "hw", "s04", cwd=graded).stdout
    explanation = scores_json(graded)["s04"]["explanation"]
    flat = " ".join(said.split())
    assert explanation in flat
    assert "decision: mark Q2 0.25: an idea" in flat
    assert "Q2 Squared: 0.25 of 1" in said
    assert "A person gave it 0.25 of 1 (an idea)." in flat
    assert "no mark yet" not in flat
    assert re.search(r"case 'x = 3'  error/tolerance \S+  WRONG\n +asked:    square\(3\)\n +expected: 9\n +got:      27\n", said)  # fmt: skip
    for name in ("file", "evidence", "questions", "judge", "secret", "policy"):
        assert re.search(rf"^  {name}: ", said, re.M)


def test_explain_takes_one_question_and_refuses_what_is_not_there(graded):
    said = grader("explain", "hw", "s03", "Q2", cwd=graded).stdout
    assert "Q2 Squared" in said
    assert "Q1 Twice" not in said
    wrong = grader("explain", "hw", "s03", "Q7", cwd=graded)
    assert (wrong.returncode, "one of Q1, Q2" in wrong.stderr) == (1, True)
    nobody = grader("explain", "hw", "s99", cwd=graded)
    assert (nobody.returncode, "there is no student 's99'" in nobody.stderr) == (1, True)


@pytest.mark.parametrize("student", ["s05", "s06"])
def test_who_has_no_evidence_is_explained_too(graded, student):
    for command in ("explain", "evidence", "replay"):
        done = grader(command, "hw", student, cwd=graded)
        assert done.returncode == 0, done.stderr
        assert scores_json(graded)[student]["explanation"] in " ".join(done.stdout.split())


def test_a_score_is_made_again_without_questions_and_secret(root):
    (root / "course.secret").unlink()
    (root / "assignments/hw/questions.py").write_text("raise RuntimeError\n")
    done = grader("replay", "hw", "s04", cwd=root)
    assert done.returncode == 0, done.stderr
    assert "Made again from the records: the same." in done.stdout
    assert scores_json(root)["s04"]["explanation"] in done.stdout


def test_executed_again_it_gives_the_same_bytes_or_says_what_differs(root):
    done = grader("replay", "hw", "s04", "--execute", cwd=root)
    assert (done.returncode, "Executed again: the same, byte for byte." in done.stdout) == (0, True)
    settings = root / "assignments/hw/assignment.toml"
    settings.write_text(settings.read_text() + "cell_seconds = 9\n")  # its last table is [limits]
    done = grader("replay", "hw", "s04", "--execute", cwd=root)
    assert (done.returncode, "are others than then" in done.stdout) == (1, True)
    (root / "submissions/hw/s04/1/hw.ipynb").write_text(notebook_text(DOUBLE), "utf-8")
    done = grader("replay", "hw", "s04", "--execute", cwd=root)
    assert (done.returncode, "is not there any more" in done.stderr) == (1, True)


def test_a_notebook_that_does_something_else_each_time_is_found_out(tmp_path):
    root = a_course(tmp_path / "course")
    cell = "import time\ndef square(x):\n    return time.time_ns()"
    add_assignment(root, hand_ins=[HandIn("s01", ON_TIME, [DOUBLE, cell, "print(time.time_ns())"])])
    assert grader("grade", "hw", cwd=root).returncode == 0
    done = grader("replay", "hw", "s01", "--execute", cwd=root)
    assert done.returncode == 1
    assert "cell 3: other outputs" in done.stdout
    assert "square: another answer" in done.stdout
    assert "double" not in done.stdout


def test_evidence_says_what_a_notebook_did(graded):
    said = grader("evidence", "hw", "s04", cwd=graded).stdout
    assert re.search(r"^ +3  error: ValueError: oh\n +stdout: xxxxxxxxxx$", said, re.M)
    assert "square(3) -> 27" in said
    assert re.search(r"measured: \S+ s, \S+ s of CPU, 1 process, sandbox full", said)


def test_what_nothing_refers_to_is_dropped(root):
    (root / "submissions/hw/s04/1/hw.ipynb").write_text(notebook_text(DOUBLE), "utf-8")
    assert grader("grade", "hw", cwd=root).returncode == 0
    assert len(records(root, "runs")) == 4
    said = grader("evidence", "hw", "--prune", cwd=root)
    assert said.stdout.startswith("1 records dropped")
    assert len(records(root, "runs")) == 3
    assert executed(grader("rejudge", "hw", cwd=root)) == 0
    both = grader("evidence", "hw", "s01", "--prune", cwd=root)
    assert both.returncode == 2


def test_fresh_executes_everything_and_gives_the_same_bytes(root):
    was = {file: file.read_bytes() for file in records(root, "receipts")}
    table = scores_csv(root)
    done = grader("grade", "hw", "--fresh", "--jobs", "1", cwd=root)
    assert done.returncode == 0
    assert scores_csv(root) == table
    assert {file: file.read_bytes() for file in records(root, "receipts")} == was


def test_json_is_the_same_document_the_second_time(graded):
    first = json.loads(grader("grade", "hw", "--json", cwd=graded).stdout)
    second = json.loads(grader("grade", "hw", "--json", cwd=graded).stdout)
    assert first["scores"] == second["scores"]


def test_the_records_hold_no_pickle(graded):
    for file in records(graded, "runs", "receipts", "plans"):
        assert file.read_bytes().startswith(b"grader record 1\n")


def test_an_assignment_with_one_more_question_asks_for_it_alone(root):
    questions = root / "assignments/hw/questions.py"
    text = questions.read_text().replace(
        "]\n]", ']),\n    Question("Q3", "Thrice", checks=[Returns("triple", lambda x: 3 * x, CASES)]),\n]'
    )  # fmt: skip
    more = text.rstrip().removesuffix("]") + (
        '    Question("Q3", "Thrice", checks=[Returns("triple", lambda x: 3 * x, CASES)]),\n]\n'
    )
    questions.write_text(more)
    settings = root / "assignments/hw/assignment.toml"
    settings.write_text(settings.read_text().replace("Q2 = 1", "Q2 = 1\nQ3 = 2"))
    assert executed(grader("rejudge", "hw", "--jobs", "2", cwd=root)) == 4  # as above
    assert scores_csv(root)["s01"]["Q3"] == "0.00"
    assert ASSIGNMENT.strip().splitlines()[0] in settings.read_text()


def test_all_results_lie_where_out_says(root, tmp_path):
    done = grader("grade", "hw", "--out", str(tmp_path / "out"), cwd=root)
    assert done.returncode == 0
    assert (tmp_path / "out/evidence/hw/runs").is_dir()
    assert Path(tmp_path / "out/hw/scores.csv").is_file()
