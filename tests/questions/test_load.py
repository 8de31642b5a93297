"""A questions file that is wrong is refused with its file and line."""

from __future__ import annotations

import shutil
import sys
import textwrap

import pytest

from grader.errors import GraderError
from grader.questions import load_questions

HEAD = """\
from grader.questions import Case, Figure, Mistake, Question, Returns
XY = Case("it", (1.0,))
"""


@pytest.fixture
def course(tmp_path):
    """`course("QUESTIONS = ...", reference="...")`: the questions file of a course."""
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "__init__.py").touch()

    def write(body, reference=""):
        (tmp_path / "reference" / "topic_of_this_test.py").write_text(textwrap.dedent(reference))
        file = tmp_path / "questions.py"
        file.write_text(HEAD + textwrap.dedent(body))
        return file

    return write


def refused(file):
    with pytest.raises(GraderError) as caught:
        load_questions(file, file.parent)
    return caught.value


def test_questions_come_in_their_order(course):
    file = course("""
        QUESTIONS = [Question(name, "It", [Figure()]) for name in ("Q2", "Q1")]
    """)
    assert [question.id for question in load_questions(file, file.parent)] == ["Q2", "Q1"]


def test_a_file_that_is_not_there(tmp_path):
    error = refused(tmp_path / "questions.py")
    assert (error.problem, error.at) == (
        "there is no questions file",
        str(tmp_path / "questions.py"),
    )


# what is written; problem, line (None: the file alone), the beginning of fix
WRONG = {
    "syntax": (
        'QUESTIONS = [Question("Q1", "It", [Figure()]]',
        "the questions file fails: SyntaxError: closing parenthesis ']' does not match",
        3,
        "mend that line",
    ),
    "no list": ("QUESTION = []", "the questions file defines no list QUESTIONS", None, "end it with QUESTIONS = ["),
    "an empty list": ("QUESTIONS = []", "the questions file defines no list QUESTIONS", None, "end it with"),
    "a function": ("def QUESTIONS(): pass", "the questions file defines no list QUESTIONS", None, "end it with"),
    "no questions": ("QUESTIONS = [3]", "QUESTIONS holds 3, which is no Question", None, "write Question("),
    "two of an id": (
        'QUESTIONS = [Question("Q1", "It", [Figure()])] * 2',
        "two questions have the id Q1",
        None,
        "give each an id of its own",
    ),
    "a name that is not there": (
        "\n\nQUESTIONS = [undefined]",
        "the questions file fails: NameError: name 'undefined' is not defined",
        5,
        "mend that line",
    ),
    "a module that is not there": (
        "from reference import nothing_of_this_name",
        "the questions file fails: ImportError: cannot import name 'nothing_of_this_name'",
        3,
        "mend that line",
    ),
    "an exit": ("exit(3)", "the questions file fails: SystemExit: 3", 3, "mend that line"),
    "a wrong keyword": (
        'QUESTIONS = [\n  Question("Q1", "It", checks=[\n    Returns("f", abs, case=[XY])])]',
        "Returns has no 'case'",
        5,
        "did you mean 'cases'? Returns takes weight, mistakes, name, reference, cases, rtol",
    ),
    "an unlike keyword": (
        'Question("Q1", "It", [Figure()], points=3)',
        "Question has no 'points'",
        3,
        "Question takes id, title, checks",
    ),
    "too little": (
        'Returns("f", abs)',
        "Returns needs 'cases'",
        3,
        "Returns takes weight",
    ),
    "a title that was left out": ('Question("Q1", checks=[Figure()])', "Question needs 'title'", 3, "Question takes"),
    "a slip in a declaration": (
        'Returns("f", abs, [XY],\n    shape="exat")',
        "shape is 'exat'",
        3,
        "did you mean 'exact'? it may be 'squeeze' or 'exact'",
    ),
    "a credit above 1": ('Mistake("a", abs, credit=1.5)', "credit is 1.5", 3, "give a number, 0 or more, at most 1"),
    "a weight below 0": ("Figure(weight=-1)", "weight is -1", 3, "give a number, 0 or more"),
    "no checks": ('Question("Q1", "It", [])', "checks is empty", 3, "give a list"),
}  # fmt: skip


@pytest.mark.parametrize("how", WRONG)
def test_a_wrong_file_is_refused_with_its_line(course, how):
    body, problem, line, fix = WRONG[how]
    file = course(body)
    error = refused(file)
    assert error.problem.startswith(problem)
    assert error.at.startswith(f"{file}, line {line}" if line else str(file))
    assert error.fix.startswith(fix)


def test_the_key_of_a_slip_is_said_beside_the_line(course):
    file = course('Returns("cost", abs, [XY], rtol=0)')
    assert refused(file).at == f"{file}, line 3, Returns 'cost', key rtol"


@pytest.mark.parametrize(
    ("reference", "problem", "line"),
    [
        ("x = 1\ny = (", "the questions file fails: SyntaxError: '(' was never closed", 2),
        ("x = 1\n\ny = 1 / 0", "the questions file fails: ZeroDivisionError: division by zero", 3),
    ],
)
def test_a_mistake_in_the_reference_is_placed_there(course, reference, problem, line):
    file = course("from reference import topic_of_this_test", reference=reference)
    error = refused(file)
    assert error.problem.startswith(problem)
    assert error.at == f"{file.parent / 'reference' / 'topic_of_this_test.py'}, line {line}"


def test_two_courses_do_not_share_their_reference(course, tmp_path):
    body = """
        from reference.topic_of_this_test import TITLE
        QUESTIONS = [Question("Q1", TITLE, [Figure()])]
    """
    before = list(sys.path)
    for title in ("one", "another"):
        file = course(body, reference=f"TITLE = {title!r}")
        other = tmp_path / title
        other.mkdir()
        shutil.copytree(tmp_path / "reference", other / "reference")
        (question,) = load_questions(file, other)
        assert question.title == title
    assert "reference.topic_of_this_test" not in sys.modules
    assert sys.path == before


def test_a_reference_that_somebody_else_imported_stays_as_it_was(course):
    from reference import univariate

    file = course(
        "import reference.topic_of_this_test\nQUESTIONS = [Question('Q1', 'It', [Figure()])]"
    )
    load_questions(file, file.parent)
    assert sys.modules["reference.univariate"] is univariate
