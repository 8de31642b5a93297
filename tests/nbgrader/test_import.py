"""An nbgrader course becomes one of ours: points, people, deadlines, tests; and what is lost is said."""

from __future__ import annotations

import csv
import json
import sqlite3
from pathlib import Path

import pytest

from grader.nbgrader.asserts import read_tests
from grader.nbgrader.source import Cell
from tests.cli.tiny import HandIn, grader, scores_csv, write_table

pytestmark = pytest.mark.slow


def cell(source, kind="code", **about):
    metadata = {"nbgrader": {"schema_version": 3, "grade": False, "solution": False, "locked": False, "task": False, **about}} if about else {}  # fmt: skip
    made = {"cell_type": kind, "metadata": metadata, "source": source}
    return made | ({"outputs": [], "execution_count": None} if kind == "code" else {})


SQUARES = """def squares(n):
    \"\"\"The squares of 1 to n.\"\"\"
    ### BEGIN SOLUTION
    if n < 1:
        raise ValueError("n is below 1")
    return [k**2 for k in range(1, n + 1)]
    ### END SOLUTION"""
SQUARES_TESTS = """# what is asked
assert squares(1) == [1]
assert squares(2) == [1, 4], "two"
print("fine")
### BEGIN HIDDEN TESTS
assert squares(5) == [1, 4, 9, 16, 25]
assert squares(n=2) == [1, 4]
### END HIDDEN TESTS"""
RAISES = """try:
    squares(0)
except ValueError:
    pass
else:
    raise AssertionError("no ValueError")"""
SLOPE = "def slope(x, y):\n    return SCALE * np.sum(x * y) / np.sum(x**2)"
SLOPE_TESTS = """from numpy.testing import assert_allclose
x = np.array([1.0, 2.0])
assert_allclose(slope(x, 2 * x), 2.0)
assert abs(slope(x, x) - 1) < 1e-9
for k in range(3):
    assert slope(x, k * x) == k"""
CELLS = [
    cell("# Problem 1", "markdown", locked=True, grade_id="intro"),
    cell("%matplotlib inline\nimport numpy as np\nSCALE = 1.0"),
    cell(SQUARES, solution=True, grade_id="squares"),
    cell(SQUARES_TESTS, grade=True, locked=True, points=1, grade_id="correct_squares"),
    cell(RAISES, grade=True, locked=True, points=1, grade_id="squares_invalid"),
    cell(SLOPE, solution=True, grade_id="slope"),
    cell(SLOPE_TESTS, grade=True, locked=True, points=2.5, grade_id="correct_slope"),
    cell("### BEGIN SOLUTION\ncount = 5\n### END SOLUTION", solution=True, grade_id="count"),
    cell("assert count == 5", grade=True, locked=True, points=0.5, grade_id="correct_count"),
    cell("Why? Explain.", "markdown", locked=True, grade_id="asked"),
    cell("It is so.", "markdown", grade=True, solution=True, points=3, grade_id="why"),
    cell("Draw it.", "markdown", task=True, locked=True, points=2, grade_id="drawing"),
    cell("assert squares(3)", grade=True, locked=True, points=0, grade_id="worth_nothing"),
]  # fmt: skip


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("nbgrader") / "CS1"
    folder = root / "source" / "ps1"
    (folder / "data").mkdir(parents=True)
    notebook = {"cells": CELLS, "metadata": {}, "nbformat": 4, "nbformat_minor": 2}
    (folder / "problem1.ipynb").write_text(json.dumps(notebook))
    (folder / "data" / "points.csv").write_text("1,2\n")
    with sqlite3.connect(root / "gradebook.db") as base:
        base.execute("CREATE TABLE student (id TEXT, first_name TEXT, last_name TEXT, email TEXT)")
        base.execute(
            "INSERT INTO student VALUES ('s01', 'Stu', 'Dent', 's01@example.org'), ('s02', NULL, NULL, NULL)"
        )
        base.execute("CREATE TABLE assignment (name TEXT, duedate TEXT)")
        base.execute("INSERT INTO assignment VALUES ('ps1', '2026-02-03 09:00:00.000000')")
    base.close()
    return root


@pytest.fixture(scope="module")
def said(source) -> str:
    done = grader("import-nbgrader", "CS1", "--out", "ours", cwd=source.parent)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def course(source, said) -> Path:
    return source.parent / "ours"


def test_every_graded_cell_keeps_its_points_and_what_is_lost_is_said(said):
    lines = [" ".join(line.split()) for line in said.splitlines()]
    for expected in (
        "ps1 correct_squares 1 squares: 4 cases",
        "ps1 squares_invalid 1 by hand: none of its tests could be read",
        "- not carried over: line 1: try: squares(0) except ValueError: pass",
        "ps1 correct_slope 2.5 slope: 2 cases",
        "- not carried over: line 5: for k in range(3): assert slope(x, k * x) ==",
        "ps1 correct_count 0.5 variable count",
        "ps1 why 3 by hand",
        "ps1 drawing 2 by hand",
        "6 questions, 10 points",
    ):
        assert expected in lines
    assert "worth_nothing" not in said


def test_people_deadlines_and_data_come_along(course):
    with (course / "roster.csv").open(newline="") as file:
        assert list(csv.reader(file))[1:] == [["s01", "Stu Dent", "s01@example.org"], ["s02", "s02", ""]]  # fmt: skip
    settings = (course / "assignments/ps1/assignment.toml").read_text()
    assert "due = 2026-02-03T09:00:00" in settings
    assert '"correct_slope" = 2.5' in settings
    assert (course / "assignments/ps1/data/data/points.csv").read_text() == "1,2\n"


def test_hidden_tests_are_hidden_cases_and_others_public(course):
    questions = (course / "assignments/ps1/questions.py").read_text()
    assert 'Case("squares(2)", (2,), public=True)' in questions
    assert 'Case("squares(5)", (5,)),' in questions
    assert 'Case("squares(n=2)", (), kwargs={"n": 2})' in questions
    assert "np.array([1.0, 2.0]), 2 * np.array([1.0, 2.0])" in questions


def test_it_validates_but_for_what_nbgrader_does_not_ask(course):
    """All of slope's tests are public: that is so in nbgrader too, and worth a look."""
    done = grader("validate", "ps1", "--json", cwd=course)
    found = {each["what"]: each for each in json.loads(done.stdout)["findings"]}
    assert found["the instructor's notebook"]["found"].startswith("4 of 10 points")
    problems = [problem for each in found.values() for problem in each["problems"]]
    assert problems == ["slope (correct_slope): all cases are public, with what is expected: add one that is hidden"]  # fmt: skip


def test_it_is_released_without_solutions_and_grades(course):
    done = grader("release", "ps1", "--anyway", cwd=course)
    assert done.returncode == 0, done.stderr
    released = json.loads((course / "release/ps1/problem1.ipynb").read_text())
    text = "\n".join("".join(each["source"]) for each in released["cells"])
    assert "HIDDEN" not in text
    assert "squares(5)" not in text
    assert "np.sum" not in text
    assert all(each["metadata"] == {} for each in released["cells"])
    right = [SQUARES, "import numpy as np\ncount = 5", SLOPE.replace("SCALE * ", "")]
    wrong = [
        SQUARES.replace("**2", "**3"),
        "import numpy as np\ncount = 4",
        SLOPE.replace("SCALE", "2"),
    ]
    hand_ins = [
        HandIn("s01", "2026-02-03T08:00:00+00:00", right),
        HandIn("s02", "2026-02-03T08:00:00+00:00", wrong),
    ]
    from tests.cli.tiny import write_notebook

    for each in hand_ins:
        write_notebook(course / f"submissions/ps1/{each.student}/problem1.ipynb", each.cells)
    rows = [(each.student, f"{each.student}/problem1.ipynb", each.at) for each in hand_ins]
    write_table(
        course / "submissions/ps1/manifest.csv", [("student", "file", "submitted_at"), *rows]
    )
    done = grader("grade", "ps1", cwd=course)
    assert done.returncode == 0, done.stderr
    assert {who: row["earned"] for who, row in scores_csv(course, "ps1").items()} == {
        "s01": "4.00",
        "s02": "0.00",
    }


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda folder: None, "there is no assignment here"),
        (lambda folder: (folder / "a.ipynb").write_text("{"), "this is no notebook in nbformat 4"),
        (lambda folder: (folder / "a.ipynb").write_text('{"cells": []}'), "no cell of this notebook gives points"),
        (lambda folder: (folder / "gradebook.db").write_bytes(b"x" * 200) and (folder / "a.ipynb").write_text('{"cells": []}'), "the gradebook can't be read"),
    ],
)  # fmt: skip
def test_what_cannot_be_imported_is_told(tmp_path, make, message):
    folder = tmp_path / "CS1"
    folder.mkdir()
    make(folder)
    done = grader("import-nbgrader", "CS1", cwd=tmp_path)
    assert done.returncode == 1
    assert message in done.stderr
    assert not (tmp_path / "CS1-grader").exists()


F = cell("def f(x):\n    return 2 * x", solution=True, grade_id="f")
TESTS_OF_F = cell("assert f(3) == 6", grade=True, locked=True, points=1, grade_id="f_tests")


def imported(folder: Path, notebooks: dict[str, list[dict]]) -> tuple[Path, str]:
    """A course of ours, from notebooks by their places in `source/`; and what was said."""
    for name, cells in notebooks.items():
        file = folder / "CS1/source" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({"cells": cells, "nbformat": 4, "nbformat_minor": 2}))
    done = grader("import-nbgrader", "CS1", "--out", "ours", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder / "ours", done.stdout


def released(course: Path, name: str, notebook: str) -> str:
    done = grader("release", name, "--anyway", cwd=course)
    assert done.returncode == 0, done.stderr
    return (course / "release" / name / notebook).read_text("utf-8")


def test_an_answer_in_words_goes_as_it_does_in_nbgrader(tmp_path):
    why = cell("Because it is even.", "markdown", grade=True, solution=True, points=3, grade_id="w")
    task = cell("Draw it well.", "markdown", task=True, points=2, grade_id="drawing")
    course, _ = imported(tmp_path, {"ps1/p.ipynb": [F, TESTS_OF_F, why, task]})
    text = released(course, "ps1", "p.ipynb")
    assert "Because it is even" not in text
    assert "YOUR ANSWER HERE" in text
    assert "Draw it well." in text


def test_assignments_whose_names_come_out_alike_keep_their_own_files(tmp_path):
    names = ("ps 1", "ps-1", "ps_1")
    cells = {
        f"{name}/p.ipynb": [
            cell(f"def f(x):\n    return {number} * x", solution=True, grade_id="f"),
            cell(f"assert f(1) == {number}", grade=True, points=1, grade_id="t"),
        ]
        for number, name in enumerate(names, start=2)
    }
    course, _ = imported(tmp_path, cells)
    made = sorted(path.name for path in (course / "assignments").iterdir())
    assert made == ["ps-1", "ps-1-2", "ps_1-3"]
    for name in made:
        file = f"assignments/{name}/p.ipynb"
        said = grader("check", file, "--assignment", name, "--json", cwd=course).stdout
        found = json.loads(said)
        assert (found["failed"], found["at_most"]) == (False, "1")


def test_a_notebook_that_gives_no_points_is_left_out_and_named(tmp_path):
    intro = [cell("# Welcome", "markdown")]
    course, said = imported(tmp_path, {"ps1/p.ipynb": [F, TESTS_OF_F], "ps1/intro.ipynb": intro})
    assert "source/ps1/intro.ipynb: no cell of it gives points, so it was left out" in said
    assert [path.name for path in (course / "assignments").iterdir()] == ["ps1-p"]


def test_cells_without_metadata_and_with_odd_names_come_along(tmp_path):
    plain = {"cell_type": "markdown", "source": "hello"}
    nothing = {"cell_type": "markdown", "source": "hello", "metadata": None}
    names = ("score", 'a "b", ü', "1st", "", "_")
    tests = [
        cell(f"assert f({k}) == 0", grade=True, points=1, grade_id=id) for k, id in enumerate(names)
    ]
    course, _ = imported(tmp_path, {"ps1/p.ipynb": [plain, nothing, F, *tests]})
    released(course, "ps1", "p.ipynb")
    questions = (course / "assignments/ps1/questions.py").read_text("utf-8")
    for id in ("score-2", "a-b", "Q1st", "Q4", "Q_"):
        assert f'"{id}"' in questions


@pytest.mark.parametrize(
    ("test", "calls", "readings", "lost"),
    [
        ("assert f(1) == 2", [("1",)], [], 0),
        ("assert 2 == f(1)", [("1",)], [], 0),
        ("assert not f(-1)", [("-1",)], [], 0),
        ("assert f([1, 2])[0] == f([2, 1])[1]", [("[1, 2]",), ("[2, 1]",)], [], 0),
        ("assert_almost_equal(f(0.5), 1, decimal=3)", [("0.5",)], [], 0),
        ("np.testing.assert_allclose(f(np.ones(3)), 3)", [("np.ones(3)",)], [], 0),
        ("assert np.all(f(2) == 1)", [("2",)], [], 0),
        ("assert (w == np.zeros(2)).all()", [], ["w"], 0),
        ("assert np.isclose(w, 1.5)", [], ["w"], 0),
        ("v = 3\nu = [v, 4]\nassert f(u) == 1", [("[3, 4]",)], [], 0),
        ("v = f(3)\nassert v == 1", [("3",)], [], 0),
        ("a, b = f(3)\nassert a == 1 and b == 2", [("3",), ("3",)], [], 0),
        ("a, *b = f(3)\nassert a == 1", [], ["a"], 1),
        ("a = b = 3\nassert f(a) == 1", [], [], 2),
        ("assert f(g(3)) == 1", [], [], 1),
        ("assert f(lambda x: x) == 1", [], [], 1),
        ("assert f(*[1]) == f(**{'x': 1})", [], [], 1),
        ("assert isinstance(w, int)", [], [], 1),
        ("assert len(w) == 3", [], [], 1),
        ("with raises(ValueError):\n    f(0)", [], [], 1),
        ("%timeit f(1)\nassert f(1)", [], [], 1),
        ("import numpy\n'text'\nprint(f(1))\npass", [], [], 0),
    ],
)  # fmt: skip
def test_what_a_test_looks_at(test, calls, readings, lost):
    found = read_tests(Cell(1, "code", test), ["f"])
    assert [call.arguments for call in found.calls] == calls
    assert [reading.name for reading in found.readings] == readings
    assert len(found.lost) == lost
