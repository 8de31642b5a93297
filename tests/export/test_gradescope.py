"""results.json, held against what Gradescope documents of it: keys, kinds and values."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from grader.export import results_files, results_json
from grader.records.scores import QuestionScore, Score
from grader.records.submissions import InLms
from grader.records.verdicts import Verdict

VISIBILITIES = {"hidden", "after_due_date", "after_published", "visible"}
TOP = {"score", "execution_time", "output", "output_format", "test_output_format", "test_name_format",
       "visibility", "stdout_visibility", "extra_data", "tests", "leaderboard"}  # fmt: skip
OF_A_TEST = {"score", "max_score", "status", "name", "name_format", "number", "output",
             "output_format", "tags", "visibility", "extra_data"}  # fmt: skip
MARKUP = "<script>alert(1)</script> **bold** \x1b[31m"
VERDICTS = (
    Verdict("Q1", "compute_cost", Decimal(1), "right in 3 cases"),
    Verdict("Q1", "compute_gradient", Decimal("0.5"), MARKUP, hint="Did you take the mean?"),
)
SCORE = Score(
    student="s01",
    name=MARKUP,
    assignment="hw1",
    attempt=2,
    submitted_at=None,
    days_late=2,
    earned=Decimal("9"),
    maximum=Decimal("10"),
    penalty=Decimal("2.7"),
    score=Decimal("6.3"),
    status="late",
    flags=(),
    explanation="9.00 of 10, 2 days late: x 0.70 = 6.30",
    questions=(
        QuestionScore("Q1", "The cost", Decimal(8), Decimal("7.995"), VERDICTS),
        QuestionScore("Q2", "Its sign", Decimal("0.125"), Decimal("0.125")),
    ),
)


def as_documented(document):
    """The document, if it has what is documented and nothing else."""
    assert set(document) <= TOP
    assert document["visibility"] in VISIBILITIES
    assert document["stdout_visibility"] in VISIBILITIES
    assert isinstance(document.get("score", 0.0), float)
    for test in document["tests"]:
        assert set(test) <= OF_A_TEST
        assert isinstance(test["score"], float)
        assert isinstance(test["max_score"], float)
        assert test.get("visibility", "visible") in VISIBILITIES
        assert test.get("status", "passed") in {"passed", "failed"}
    return document


def test_the_score_has_the_late_penalty_and_the_tests_are_the_questions():
    document = as_documented(results_json(SCORE))
    assert document["score"] == 6.3
    assert document["output"] == "9.00 of 10, 2 days late: x 0.70 = 6.30"
    first, second = document["tests"]
    assert (first["number"], first["name"], first["score"], first["max_score"]) == ("Q1", "The cost", 8.0, 8.0)  # fmt: skip
    assert (second["score"], second["max_score"]) == (0.125, 0.125)
    assert [test["status"] for test in document["tests"]] == ["failed", "passed"]
    assert first["output"].splitlines()[0] == "compute_cost: right. right in 3 cases"
    assert first["output"].splitlines()[-1] == "Hint: Did you take the mean?"


def test_all_text_is_text_and_no_markup():
    document = results_json(SCORE)
    formats = {value for key, value in document.items() if key.endswith("_format")}
    formats |= {value for test in document["tests"] for key, value in test.items() if key.endswith("_format")}  # fmt: skip
    assert formats == {"text"}
    assert {"output_format", "test_output_format", "test_name_format"} <= set(document)
    for test in document["tests"]:
        assert {"output_format", "name_format"} <= set(test)
    assert MARKUP not in str({**document, "tests": []})


@pytest.mark.parametrize("visibility", sorted(VISIBILITIES))
def test_who_sees_it_when_is_said_for_all_and_for_single_questions(visibility):
    document = as_documented(results_json(SCORE, visibility=visibility, of_questions={"Q2": "hidden"}))  # fmt: skip
    assert document["visibility"] == visibility
    assert [test.get("visibility") for test in document["tests"]] == [None, "hidden"]
    assert document["stdout_visibility"] == "hidden"


def test_without_a_score_there_is_none_and_what_has_no_mark_has_not_failed():
    waiting = replace(SCORE, score=None, status="needs_review", flags=("pending:Q1",))
    document = as_documented(results_json(waiting))
    assert "score" not in document
    assert [test.get("status") for test in document["tests"]] == [None, "passed"]


def test_files_have_the_names_of_gradescope_s_submissions_and_a_group_has_one():
    def in_gradescope(student, number, attempt=2):
        return InLms(student, attempt, "gradescope", f"submission_{number}/hw1.ipynb")

    scores = [replace(SCORE, student=each) for each in ("s01", "s02", "s03", "s04", "s05", "s06/=")]
    scores[4] = replace(scores[4], score=Decimal(1))
    scores.append(replace(SCORE, student="s07", status="missing", attempt=None, score=Decimal(0)))
    scores.append(replace(SCORE, student="s08", status="needs_review", score=None))
    hand_ins = [in_gradescope("s01", 11, attempt=1), in_gradescope("s01", 88), in_gradescope("s02", 89),
                in_gradescope("s03", 89), in_gradescope("s04", 90), in_gradescope("s05", 90),
                InLms("s06/=", 2, "canvas", "submission_7/x.ipynb")]  # fmt: skip
    files, left_out = results_files(scores, hand_ins)
    assert [name for name, _ in files] == [
        "submission_88/results.json",  # of the attempt that counts
        "submission_89/results.json",
        "s06%2F%3D/results.json",
    ]
    assert {each.student: each.reason for each in left_out} == {
        "s04": "submission_90 is a group's, and its members' scores differ",
        "s05": "submission_90 is a group's, and its members' scores differ",
        "s07": "nothing handed in",
        "s08": "no score yet",
    }
