"""What can't be done is said as problem, place and remedy; nothing has run then.

Exit status 1: the command could not do its job; 2: wrong usage.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.tiny import (
    HandIn,
    a_course,
    add_assignment,
    write_notebook,
    write_table,
)

ON_TIME = "2026-02-03T12:00:00+08:00"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A course in which all is well."""
    root = a_course(tmp_path / "course", students=["s01", "s02"])
    add_assignment(root, hand_ins=[HandIn("s01", ON_TIME)])
    return root


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def rate_of_one_and_a_half(root: Path) -> None:
    replace(root / "assignments/hw/assignment.toml", "[late]", "[late]\nrate = 1.5")


def unknown_key(root: Path) -> None:
    replace(root / "assignments/hw/assignment.toml", "[late]", "[late]\nrates = 0.1")


def broken_toml(root: Path) -> None:
    (root / "course.toml").write_text("name = ", "utf-8")


def question_without_points(root: Path) -> None:
    replace(root / "assignments/hw/assignment.toml", "Q2 = 1", "")


def points_without_question(root: Path) -> None:
    replace(root / "assignments/hw/assignment.toml", "Q2 = 1", "Q2 = 1\nQ3 = 1")


def no_questions(root: Path) -> None:
    (root / "assignments/hw/questions.py").unlink()


def questions_that_fail(root: Path) -> None:
    (root / "assignments/hw/questions.py").write_text("import numpy\n\nQUESTIONS = missing\n")


def questions_that_do_not_parse(root: Path) -> None:
    (root / "assignments/hw/questions.py").write_text("QUESTIONS = [\n")


def reference_that_raises(root: Path) -> None:
    replace(root / "assignments/hw/questions.py", "return x * x", "return 1 / 0")


def manifest_without_its_columns(root: Path) -> None:
    write_table(root / "submissions/hw/manifest.csv", [("who", "when"), ("s01", ON_TIME)])


def decision_about_nobody(root: Path) -> None:
    header = ("student", "question", "kind", "value", "reason")
    write_table(
        root / "submissions/hw/decisions.csv", [header, ("s09", "", "extension", "+1d", "")]
    )


def extension_in_words(root: Path) -> None:
    header = ("student", "question", "kind", "value", "reason")
    write_table(
        root / "submissions/hw/decisions.csv", [header, ("s01", "", "extension", "a bit", "")]
    )


def student_twice(root: Path) -> None:
    write_table(root / "roster.csv", [("student", "name"), ("s01", "A"), ("s01", "B")])


def no_roster(root: Path) -> None:
    (root / "roster.csv").unlink()


def no_hand_ins_of_it(root: Path) -> None:
    (root / "submissions/hw").rename(root / "submissions/hw9")


def no_submissions(root: Path) -> None:
    (root / "submissions").rename(root / "handed-in")


def another_secret(root: Path) -> None:
    (root / "course.secret").write_text("one\n")
    (root / "secret.fingerprint").write_text("0123456789ab\n")


def results_in_the_way(root: Path) -> None:
    (root / "reports").write_text("a file, not a folder")


# what is wrong: what the message says, where, and what its remedy says
WRONG = {
    rate_of_one_and_a_half: (
        "the rate is 1.5",
        "assignments/hw/assignment.toml, key late.rate",
        "a number from 0 to 1",
    ),
    unknown_key: (
        "there is no key 'rates'; did you mean 'rate'?",
        "assignments/hw/assignment.toml, key late.rates",
        "one of rate, mode",
    ),
    broken_toml: ("the file can't be read", "course.toml", "TOML, in UTF-8"),
    question_without_points: (
        "the question Q2 has no points",
        "assignments/hw/assignment.toml, table [points]",
        "add Q2 = 1",
    ),
    points_without_question: (
        "there are points for Q3, which is no question",
        "assignments/hw/assignment.toml, table [points]",
        "the questions are Q1, Q2",
    ),
    no_questions: ("there is no questions file", "assignments/hw/questions.py", "write one"),
    questions_that_fail: (
        "the questions file fails: NameError: name 'missing' is not defined",
        "assignments/hw/questions.py, line 3",
        "mend that line",
    ),
    questions_that_do_not_parse: (
        "the questions file fails: SyntaxError",
        "assignments/hw/questions.py, line 1",
        "mend that line",
    ),
    reference_that_raises: (
        "square raises ZeroDivisionError: division by zero",
        "hw/Q2/1 square, case 'x = 3'",
        "assignments/hw/questions.py, line 12, or give this case other inputs",
    ),
    manifest_without_its_columns: (
        "there is no column student and no column file and no column submitted_at",
        "submissions/hw/manifest.csv, line 1",
        "student,file,submitted_at",
    ),
    decision_about_nobody: (
        "there is no student 's09'",
        "submissions/hw/decisions.csv, line 2, column student",
        "did you mean s0",
    ),
    extension_in_words: (
        "an extension that can't be followed: 'a bit' is no date with a time of day",
        "submissions/hw/decisions.csv, line 2, column value",
        "such as 2026-02-05T17:00, or +2d",
    ),
    student_twice: ("the student s01 is there twice", "roster.csv, line 3", "remove one"),
    no_roster: ("there is no roster", "roster.csv", "write one"),
    no_hand_ins_of_it: ("there are no hand-ins for hw", "submissions/hw", "STUDENT/hw.ipynb"),
    no_submissions: ("there is no folder of hand-ins", "submissions", "--submissions DIR"),
    another_secret: ("the course's secret is another one", "course.secret", "from the backup"),
    results_in_the_way: ("the results can't be written", "reports/hw", "--out DIR"),
}


def assert_refused(said, problem: str, at: str, fix: str) -> None:
    """Exit status 1, nothing on standard output, and a message of three parts."""
    assert (said.status, said.out) == (1, "")
    assert "Traceback" not in said.err
    message = re.search(
        r"^error: (?P<problem>.+)\n  at:  (?P<at>.+)\n  fix: (?P<fix>.+)\n$", said.err, re.M
    )
    assert message, said.err
    assert problem in message["problem"]
    assert at in message["at"]
    assert fix in message["fix"]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.__name__)
def test_what_is_wrong_is_said_before_anything_runs(root, say, wrong):
    wrong(root)
    assert_refused(say("grade", "hw", cwd=root), *WRONG[wrong])
    assert not (root / "reports").is_dir()


def test_an_assignment_that_there_is_not(root, say):
    at, fix = "course.toml, key assignments", "one of hw"
    for options in ((), ("--json",)):
        said = say("grade", "hw1", *options, cwd=root)
        assert_refused(said, "there is no assignment 'hw1'; did you mean hw?", at, fix)


def test_a_student_that_there_is_not(root, say):
    said = say("grade", "hw", "--student", "s03", cwd=root)
    problem = "there is no student s03; did you mean s0"
    assert_refused(said, problem, "--student", "an id of roster.csv")


def test_no_course_here(tmp_path, say):
    said = say("grade", "hw", cwd=tmp_path)
    assert_refused(said, "there is no course.toml here or in a folder above", str(tmp_path), "--course DIR")  # fmt: skip


def test_no_course_where_it_is_said_to_be(tmp_path, say):
    said = say("--course", str(tmp_path / "not-there"), "grade", "hw", cwd=tmp_path)
    assert_refused(said, "there is no course.toml", "not-there/course.toml", "--course DIR")


def test_no_submissions_where_they_are_said_to_be(root, say):
    said = say("grade", "hw", "--submissions", "not-there", cwd=root)
    assert_refused(said, "there is no folder of hand-ins", "not-there", "HW/STUDENT/*.ipynb")


def test_results_that_can_not_be_written_are_known_before_a_notebook_runs(root, say, tmp_path):
    (tmp_path / "a-file").write_text("")
    said = say("grade", "hw", "--out", str(tmp_path / "a-file" / "out"), cwd=root)
    assert_refused(said, "the results can't be written", "a-file/out/hw", "--out DIR")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Usage: grader"),
        (["grade"], "Missing argument 'ASSIGNMENT'"),
        (["grade", "hw", "--jobs", "0"], "0 is not in the range"),
        (["grade", "hw", "--jobs", "two"], "'two' is not a valid integer"),
        (["grade", "hw", "--engine", "warp"], "'warp' is not one of 'local', 'dask'"),
        (["grade", "hw", "--scheduler", "tcp://127.0.0.1:1"], "goes with --engine dask"),
        (
            [
                "rejudge",
                "hw",
                "--engine",
                "dask",
                "--scheduler",
                "tcp://127.0.0.1:1",
                "--jobs",
                "2",
            ],
            "--jobs goes without --scheduler",
        ),
        (["grade", "hw", "--engine", "dask", "--sandbox", "off"], "goes without --sandbox off"),
        (["grade", "hw", "--colour"], "No such option '--colour'"),
        (["grad", "hw"], "No such command 'grad'. Did you mean 'grade'?"),
        (["grade", "hw", "hw"], "unexpected extra argument (hw)"),
        (["export", "hw"], "Missing option '--to'"),
        (["export", "hw", "--to", "fax"], "'fax' is not one of 'csv', 'excel'"),
        (["check"], "Missing argument 'NOTEBOOK'"),
    ],
)
def test_wrong_usage_is_status_2_and_says_what_is_wrong(root, say, arguments, words):
    said = say(*arguments, cwd=root)
    assert (said.status, said.out) == (2, "")
    assert words in said.err
    assert not (root / "reports").exists()


@pytest.mark.parametrize(
    "arguments", [["--help"], ["grade", "-h"], ["check", "--help"], ["--version"]]
)
def test_what_is_asked_for_is_on_standard_output(root, say, arguments):
    said = say(*arguments, cwd=root)
    assert (said.status, said.err) == (0, "")
    assert "grader" in said.out


def test_export_before_grade(root, say):
    said = say("export", "hw", "--to", "csv", cwd=root)
    assert_refused(said, "hw has no scores yet", "reports/hw/scores.json", "run `grader grade hw`")


def test_check_of_a_file_that_is_not_there(root, say):
    said = say("check", "hw.ipynb", cwd=root)
    assert_refused(said, "there is no such file", "hw.ipynb", "give your notebook's name")


def test_check_of_a_name_that_is_no_assignments(root, say):
    write_notebook(root / "final.ipynb", ["x = 1"])
    said = say("check", "final.ipynb", cwd=root)
    assert_refused(said, "final.ipynb is not the name of an assignment's notebook", "final.ipynb", "(hw.ipynb), or say which it is: --assignment HW")  # fmt: skip


def test_check_of_what_is_no_notebook(root, say):
    (root / "hw.ipynb").write_text("def double(x): return 2 * x")
    said = say("check", "hw.ipynb", cwd=root)
    assert_refused(said, "the file is not JSON: it starts with 'def double(x)", "hw.ipynb", "as Jupyter saves it")  # fmt: skip


def test_a_folder_in_the_place_of_a_result_is_told_in_words(root, say):
    (root / "reports/hw/scores.csv").mkdir(parents=True)
    said = say("grade", "hw", cwd=root)
    assert said.status == 1
    assert "Traceback" not in said.err
    assert "Is a directory" in said.err


def test_a_prelude_that_is_no_python_is_refused_with_its_line(root, say):
    settings = root / "assignments/hw/assignment.toml"
    text = settings.read_text().replace("[points]", 'prelude = "import numpy\\nx = = 1"\n[points]')
    settings.write_text(text)
    said = say("grade", "hw", cwd=root)
    assert_refused(said, "the prelude is no Python", "assignment.toml, key prelude", "mend it")
    assert "in its line 2" in said.err


def test_a_key_below_the_points_is_told_where_it_belongs(root, say):
    settings = root / "assignments/hw/assignment.toml"
    settings.write_text(settings.read_text().replace("Q2 = 1", 'Q2 = 1\ncanvas = "HW 1 (5)"'))
    said = say("grade", "hw", cwd=root)
    problem = "'canvas' stands in the table [points], and is no question"
    assert_refused(said, problem, "key points.canvas", "above the line [points]")


def test_a_mark_against_what_was_found_needs_a_reason(root, say):
    header = "student,question,kind,value,reason\n"
    (root / "submissions/hw/decisions.csv").write_text(f"{header}s01,Q2,mark,1,\n")
    said = say("grade", "hw", cwd=root)
    assert_refused(said, "a mark without a reason for Q2", "decisions.csv, line 2", "say in a few")


def test_what_is_wrong_in_the_questions_names_the_file(root, say):
    questions = root / "assignments/hw/questions.py"
    questions.write_text(questions.read_text().replace("return x * x", "return float('nan')"))
    said = say("grade", "hw", cwd=root)
    assert_refused(said, "gives NaN or infinity", "questions.py, hw/Q2", "choose inputs")
