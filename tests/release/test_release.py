"""What students get: no line of a solution, the same bytes, and nothing at all where it would leak."""

from __future__ import annotations

import ast
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import pytest

from grader.course import load_assignment, load_course
from grader.errors import GraderError
from grader.questions import load_questions
from grader.release.bundle import release
from grader.release.check_file import check_file, modules
from grader.release.sheet import sheet_of
from grader.release.strip import stripped
from grader.starter import new_course
from tests.cli.tiny import ASSIGNMENT, a_course, add_assignment

HOMEWORK = ["hw1", "hw2", "hw3"]


@pytest.fixture(scope="module")
def bundles(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("bundles")
    for name in HOMEWORK:
        release(load_course(root), name, out, secret="a-secret-of-the-course")
    return out


@pytest.mark.parametrize("name", HOMEWORK)
def test_no_solution_output_or_trace_of_a_machine_is_in_the_notebook(bundles, root, name):
    notebook = nbformat.read(bundles / name / f"{name}.ipynb", as_version=4)
    nbformat.validate(notebook)
    text = (bundles / name / f"{name}.ipynb").read_text("utf-8")
    assert "SOLUTION" not in text
    assert str(root) not in text
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)
    assert sum("raise NotImplementedError()" in cell.source for cell in code) > 3
    for cell in code:
        ast.parse(cell.source)
    assert set(notebook.metadata) == {"kernelspec", "language_info"}


@pytest.mark.parametrize("name", HOMEWORK)
def test_the_text_of_the_notebook_is_as_its_author_wrote_it(bundles, root, name):
    before = nbformat.read(root / "assignments" / name / f"{name}.ipynb", as_version=4)
    after = nbformat.read(bundles / name / f"{name}.ipynb", as_version=4)
    assert [cell.id for cell in before.cells] == [cell.id for cell in after.cells]
    for old, new in zip(before.cells, after.cells, strict=True):
        if "SOLUTION" not in old.source:
            assert old.source == new.source


def test_the_bundle_is_the_same_bytes_every_time_and_the_zip_has_it(bundles, root, tmp_path):
    release(load_course(root), "hw1", tmp_path, secret="a-secret-of-the-course")
    assert (tmp_path / "hw1.zip").read_bytes() == (bundles / "hw1.zip").read_bytes()
    with zipfile.ZipFile(bundles / "hw1.zip") as archive:
        names = ["hw1/check.py", "hw1/hw1.ipynb", "hw1/weight-height.csv"]
        assert archive.namelist() == names
        for name in names:
            assert archive.read(name) == (bundles / name).read_bytes()


@pytest.mark.parametrize("name", HOMEWORK)
def test_the_self_check_has_public_cases_alone(root, name):
    course = load_course(root)
    assignment = load_assignment(course, name)
    sheet = sheet_of(course, assignment, load_questions(assignment.questions_file, course.root))
    keys = [check.key for q in sheet.questions for check in q.checks if check.key is not None]
    cases = [case for key in keys for case in getattr(key, "cases", ())]
    assert cases
    assert all(case.public for case in cases)


def test_the_self_check_needs_numpy_and_the_standard_library_alone():
    import sys

    allowed = {*sys.stdlib_module_names, "grader", "numpy"}
    late = {"pandas"}  # only where an assignment gives a table as an argument
    for name, text in modules().items():
        for node in ast.walk(ast.parse(text)):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            for each in names:
                assert each.partition(".")[0] in allowed | late, (name, each)


def test_the_self_check_is_the_judge_s_own_code(root):
    course = load_course(root)
    assignment = load_assignment(course, "hw1")
    questions = load_questions(assignment.questions_file, course.root)
    namespace: dict[str, object] = {"__name__": "a_check", "__file__": "check.py"}
    exec(
        compile(check_file(sheet_of(course, assignment, questions)), "check.py", "exec"), namespace
    )
    sources = namespace["_SOURCES"]
    for name in ("judge.compare", "judge.diagnose", "judge.returns", "runner.values"):
        own = (root / "grader" / f"{name.replace('.', '/')}.py").read_text("utf-8")
        assert sources[f"hw1_self_check.{name}"].replace("hw1_self_check", "grader") == own


CELLS = [
    "def double(x):\n    ### BEGIN SOLUTION\n    return x + x * 1\n    ### END SOLUTION",
    "def square(x):\n    ### BEGIN SOLUTION\n    return x * x\n    ### END SOLUTION\n"
    "### BEGIN HIDDEN TESTS\nassert square(31) == 961\n### END HIDDEN TESTS",
]


def course_with(folder: Path, *more: str, cells=CELLS) -> Path:
    root = a_course(folder)
    add_assignment(root)
    made = [nbformat.v4.new_code_cell(cell) for cell in (*cells, *more)]
    notebook = nbformat.v4.new_notebook(cells=made)
    nbformat.write(notebook, root / "assignments/hw/hw.ipynb")
    return root


def test_hidden_tests_go_and_solutions_become_a_place_to_write_in(tmp_path):
    root = course_with(tmp_path / "course")
    release(load_course(root), "hw", tmp_path / "out")
    notebook = nbformat.read(tmp_path / "out/hw/hw.ipynb", as_version=4)
    assert [cell.source for cell in notebook.cells] == [
        "def double(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()",
        "def square(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()",
    ]


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("# the answer: return x + x*1", "the solution in cell 1 of hw.ipynb"),
        ("def f(x):\n    return x + x * 1\nprint(f(2))", "the solution in cell 1 of hw.ipynb"),
        ("x = y\nreturn x + x * 1\ny = x", "the solution in cell 1 of hw.ipynb"),
        ("y = 3\nreturn_value = 'return x   + x * 1'", "the solution in cell 1 of hw.ipynb"),
        ("print('s3cret-0f-the-c0urse')", "the secret of the course"),
    ],
)
def test_a_leaky_assignment_is_refused_and_nothing_is_written(tmp_path, how, said):
    root = course_with(tmp_path / "course", how)
    with pytest.raises(GraderError) as caught:
        release(load_course(root), "hw", tmp_path / "out", secret="s3cret-0f-the-c0urse")
    assert said in str(caught.value)
    assert "hw.ipynb" in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_a_solution_in_a_data_file_is_refused(tmp_path):
    root = course_with(tmp_path / "course")
    data = root / "assignments/hw/data"
    data.mkdir()
    (data / "helper.txt").write_text("def double(x):\n\treturn x+x*1\n")
    with pytest.raises(GraderError, match=r"helper\.txt, line 2 has the solution in cell 1"):
        release(load_course(root), "hw", tmp_path / "out")


def test_a_path_of_this_computer_is_refused(tmp_path):
    root = course_with(tmp_path / "course", f"open('{tmp_path / 'course'}/x.csv')")
    with pytest.raises(GraderError, match="a path of this computer"):
        release(load_course(root), "hw", tmp_path / "out")


@pytest.mark.parametrize(
    "source",
    [
        "### BEGIN SOLUTION\nx = 1",
        "x = 1\n### END SOLUTION",
        "### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION",
        "### BEGIN SOLUTION\n### END HIDDEN TESTS",
    ],
)
def test_a_marker_without_a_partner_is_refused_with_its_cell(source):
    notebook = {"cells": [{"cell_type": "code", "source": "pass"},
                          {"cell_type": "code", "source": source}]}  # fmt: skip
    with pytest.raises(GraderError, match=r"hw\.ipynb, cell 2"):
        stripped(notebook, "hw.ipynb")


def test_a_written_solution_goes_too(tmp_path):
    root = course_with(tmp_path / "course")
    file = root / "assignments/hw/hw.ipynb"
    notebook = nbformat.read(file, as_version=4)
    secret = "### BEGIN SOLUTION\nBecause the parabola has one bottom only.\n### END SOLUTION"
    notebook.cells.append(nbformat.v4.new_markdown_cell(f"Why?\n\n{secret}"))
    nbformat.write(notebook, file)
    release(load_course(root), "hw", tmp_path / "out")
    text = json.loads((tmp_path / "out/hw/hw.ipynb").read_text("utf-8"))
    assert "".join(text["cells"][-1]["source"]) == "Why?\n\nYOUR ANSWER HERE"


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        ("assignment.toml", "Q2 = 3\n", "", "the question Q2 has no points"),
        ("questions.py", "2*x*e^x + x^2*e^x", "2*x*e^lam", "lam"),
        ("questions.py", "ref.best", "lambda x, y: float('nan')", "NaN or infinity"),
    ],
)
def test_what_cannot_be_graded_is_not_released(tmp_path, file, old, new, problem):
    """In the words of `validate` and `grade`."""
    root = tmp_path / "course"
    new_course(root, today=datetime(2026, 1, 1, tzinfo=UTC))
    path = root / "assignments/hw1" / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(GraderError, match=problem):
        release(load_course(root), "hw1", tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        ("# BEGIN SOLUTION", "# END SOLUTION"),
        ("###  begin solution", "###  end solution"),
        ("##### BEGIN SOLUTION of Q1", "##### END SOLUTION of Q1"),
    ],
)
def test_a_marker_is_a_marker_however_it_is_written(begin, end):
    source = f"def f(x):\n    {begin}\n    return 2 * x\n    {end}"
    cells = [{"cell_type": "code", "source": source, "metadata": {}}]
    (cell,) = stripped({"cells": cells}, "hw1.ipynb")["cells"]
    assert "2 * x" not in cell["source"]
    assert "# YOUR CODE HERE" in cell["source"]


def test_a_picture_of_a_solution_goes_with_its_text():
    text = "![](attachment:question.png)\n### BEGIN SOLUTION\n![](attachment:answer.png)\n### END SOLUTION"
    pictures = {name: {"image/png": "AAAA"} for name in ("question.png", "answer.png")}
    cells = [{"cell_type": "markdown", "source": text, "metadata": {}, "attachments": pictures}]
    (cell,) = stripped({"cells": cells}, "hw1.ipynb")["cells"]
    assert list(cell["attachments"]) == ["question.png"]


@pytest.mark.parametrize(
    "marker",
    [
        "<!-- {} SOLUTION -->",
        "> ### {} SOLUTION",
        "* ### {} SOLUTION",
        "### {}_SOLUTION",
        "### {} SOLUTIONS",
        "#-- {} solution --",
        "{} SOLUTION",
        "x = 1  ### {} HIDDEN TESTS",
    ],
)
@pytest.mark.parametrize("kind", ["code", "markdown"])
def test_what_is_almost_a_marker_is_refused_and_not_released_with_its_solution(marker, kind):
    source = f"{marker.format('BEGIN')}\nthe answer\n{marker.format('END')}"
    cells = [{"cell_type": kind, "source": source, "metadata": {}}]
    with pytest.raises(GraderError, match="is no marker") as caught:
        stripped({"cells": cells}, "hw1.ipynb")
    assert "### BEGIN SOLUTION" in str(caught.value)


def test_words_of_a_text_are_no_markers():
    source = "Begin solutions on a new page. At the end, solution and test have to agree."
    cells = [{"cell_type": "markdown", "source": source, "metadata": {}}]
    assert stripped({"cells": cells}, "hw1.ipynb")["cells"][0]["source"] == source


def test_a_picture_is_told_from_another_whose_name_begins_alike_and_found_with_a_space_in_its_name():
    text = "![](attachment:my%20question.png) ![](attachment:a.png2)"
    pictures = {name: {"image/png": "AAAA"} for name in ("my question.png", "a.png", "a.png2")}
    cells = [{"cell_type": "markdown", "source": text, "metadata": {}, "attachments": pictures}]
    (cell,) = stripped({"cells": cells}, "hw1.ipynb")["cells"]
    assert list(cell["attachments"]) == ["my question.png", "a.png2"]


def test_a_line_is_found_in_the_text_of_a_string(tmp_path):
    root = course_with(tmp_path / "course")
    (root / "assignments/hw/data").mkdir()
    (root / "assignments/hw/data/a.json").write_text(json.dumps("y = 3\nreturn x + x * 1\nz = 2"))
    with pytest.raises(GraderError, match=r"a\.json, line 1 has the solution in cell 1"):
        release(load_course(root), "hw", tmp_path / "out")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("old.ipynb", b'{"cells": [{"source": [], "outputs": [{"text": ["return x + x * 1"]}]}]}'),
        ("old.ipynb", b'{"worksheets": [{"cells": [{"input": "return x + x * 1"}]}]}'),
        ("old.ipynb", b"{ this is cut off: return x + x * 1"),
        ("windows.txt", "return x + x * 1".encode("utf-16")),
    ],
)
def test_a_data_file_is_read_to_its_end_whatever_it_is(tmp_path, name, data):
    root = course_with(tmp_path / "course")
    (root / "assignments/hw/data").mkdir()
    (root / "assignments/hw/data" / name).write_bytes(data)
    with pytest.raises(GraderError, match=rf"{name}(, line \d+)? has the solution in cell 1"):
        release(load_course(root), "hw", tmp_path / "out")


def test_a_data_file_may_be_a_notebook_of_any_kind(tmp_path):
    root = course_with(tmp_path / "course")
    (root / "assignments/hw/data").mkdir()
    (root / "assignments/hw/data/broken.ipynb").write_text("not even JSON")
    release(load_course(root), "hw", tmp_path / "out")
    assert (tmp_path / "out/hw/broken.ipynb").read_text() == "not even JSON"


def test_what_an_editor_keeps_beside_the_data_is_no_data(tmp_path):
    """A checkpoint of the instructor's notebook has its solutions."""
    root = course_with(tmp_path / "course")
    kept = root / "assignments/hw/data/.ipynb_checkpoints/hw-checkpoint.ipynb"
    kept.parent.mkdir(parents=True)
    kept.write_text("{}")
    release(load_course(root), "hw", tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out/hw").rglob("*")) == [
        "check.py",
        "hw.ipynb",
    ]


@pytest.mark.parametrize("line", ["m = len(x)", "m, n = X.shape", "n = X.shape[1]", "k = x.size"])
def test_how_long_something_is_may_stand_in_a_solution_and_beside_it(tmp_path, line):
    solution = f"def f(x):\n    ### BEGIN SOLUTION\n    {line}\n    ### END SOLUTION"
    root = course_with(tmp_path / "course", solution, line)
    release(load_course(root), "hw", tmp_path / "out")
    assert (tmp_path / "out/hw/hw.ipynb").exists()


def test_a_title_in_latex_or_with_quotes_leaves_the_self_check_python(tmp_path):
    title = r'The """gradient""" $\xi$ and $\nabla f$'
    root = a_course(tmp_path / "course")
    add_assignment(root, settings=ASSIGNMENT.replace('"Doubles and squares"', f"'{title}'"))
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELLS[0])])
    nbformat.write(notebook, root / "assignments/hw/hw.ipynb")
    release(load_course(root), "hw", tmp_path / "out")
    tree = ast.parse((tmp_path / "out/hw/check.py").read_text("utf-8"))
    assert title in (ast.get_docstring(tree) or "")


def test_a_function_of_the_reference_can_be_given_to_students(tmp_path):
    root = tmp_path / "course"
    new_course(root, today=datetime(2026, 1, 1, tzinfo=UTC))
    path = root / "assignments/hw1/hw1.ipynb"
    notebook = nbformat.read(path, as_version=4)
    given = "def objective(x, y, w):\n    return np.mean((w * x - y) ** 2) / 2\n\n\nJ = objective(x, y, w)"
    notebook.cells = [
        nbformat.v4.new_code_cell(given) if "def objective" in cell.source else cell
        for cell in notebook.cells
    ]
    nbformat.write(notebook, path)
    reference = (root / "reference/parabola.py").read_text("utf-8")
    assert "return np.mean((w * x - y) ** 2) / 2" in reference
    with pytest.raises(GraderError, match=r'given = \["sigmoid"\]'):
        release(load_course(root), "hw1", tmp_path / "out")
    settings = root / "assignments/hw1/assignment.toml"
    text = settings.read_text("utf-8")
    settings.write_text(text.replace("# given = [", "given = [").replace('"sigmoid"', '"objective"'), "utf-8")  # fmt: skip
    release(load_course(root), "hw1", tmp_path / "out")
    assert "def objective" in (tmp_path / "out/hw1/hw1.ipynb").read_text("utf-8")
    settings.write_text(settings.read_text("utf-8").replace('"objective"', '"1x"'), "utf-8")
    with pytest.raises(GraderError, match="is no function's name"):
        release(load_course(root), "hw1", tmp_path / "out")
