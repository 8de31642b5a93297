"""One tiny course, graded once through the command line: times, decisions, odd hand-ins, files.

Due on Tuesday 2026-02-03 at 17:00 in Singapore; 9 points for `double`, which everybody gets right,
and 1 for `square`, which nobody does, unless a person says otherwise.
"""

from __future__ import annotations

import html
import json
import re
from decimal import Decimal
from pathlib import Path

import pytest

from tests.cli.tiny import (
    DOUBLE,
    HandIn,
    a_course,
    add_assignment,
    grader,
    notebook_text,
    scores_csv,
    scores_json,
)

pytestmark = pytest.mark.slow

# handed in at, and what follows: days late, score, status, how the explanation ends
LATE_TABLE = {
    "2026-02-03T17:00:00+08:00": (0, "9.00", "graded", "on time (due Tue 17:00, handed in Tue 17:00) = 9.00"),
    "2026-02-03T17:00:59+08:00": (0, "9.00", "graded", "on time (due Tue 17:00, handed in Tue 17:00:59) = 9.00"),
    "2026-02-03T17:01:00+08:00": (1, "7.65", "late", "1 day late (due Tue 17:00, handed in Tue 17:01): x 0.85 = 7.65"),
    "2026-02-04T17:00:59+08:00": (1, "7.65", "late", "1 day late (due Tue 17:00, handed in Wed 17:00): x 0.85 = 7.65"),
    "2026-02-04T17:01:00+08:00": (2, "6.30", "late", "2 days late (due Tue 17:00, handed in Wed 17:01): x 0.70 = 6.30"),
    "2026-02-05T17:00:59+08:00": (2, "6.30", "late", ": x 0.70 = 6.30"),
    "2026-02-05T17:01:00+08:00": (3, "4.95", "late", ": x 0.55 = 4.95"),
    "2026-02-06T17:00:59+08:00": (3, "4.95", "late", ": x 0.55 = 4.95"),
    "2026-02-06T17:01:00+08:00": (4, "3.60", "late", ": x 0.40 = 3.60"),
    "2026-02-07T17:00:59+08:00": (4, "3.60", "late", ": x 0.40 = 3.60"),
    "2026-02-07T17:01:00+08:00": (5, "2.25", "late", ": x 0.25 = 2.25"),
    "2026-02-08T17:00:59+08:00": (5, "2.25", "late", ": x 0.25 = 2.25"),
    "2026-02-08T17:01:00+08:00": (6, "0.90", "late", ": x 0.10 = 0.90"),
    "2026-02-09T17:00:59+08:00": (6, "0.90", "late", ": x 0.10 = 0.90"),
    "2026-02-09T17:01:00+08:00": (7, "0.00", "zero_late", ": x 0.00 = 0.00"),
    "2026-02-10T17:00:59+08:00": (7, "0.00", "zero_late", "handed in Tue 10 Feb 2026 17:00): x 0.00 = 0.00"),
    "2026-02-10T17:01:00+08:00": (8, "0.00", "zero_late", "handed in Tue 10 Feb 2026 17:01), after the cut-off: x 0.00 = 0.00"),
    "2026-03-03T09:00:00Z": (28, "0.00", "zero_late", "after the cut-off: x 0.00 = 0.00"),
}  # fmt: skip
LATE = {f"late{number:02}": at for number, at in enumerate(LATE_TABLE)}

SECOND_DAY = "2026-02-05T09:00:00+08:00"

# student, question, kind, value, reason; all handed in on the second late day
DECISIONS = [
    ("longer", "", "extension", "+2d", "ill"),
    ("moved", "", "extension", "2026-02-04T17:00", "a trip"),
    ("corrected", "Q2", "override", "1", "right on paper"),
    ("set", "", "override", "4.5", "an agreement"),
    ("excused", "", "excuse", "", "in hospital"),
    ("essay", "Q2", "mark", "0.5", "half of it"),
]
DECIDED = {
    "longer": ("graded", 0, "9.00", "9.00", "on time (due Thu 17:00 after an extension (ill)"),
    "moved": ("late", 1, "9.00", "7.65", "1 day late (due Wed 17:00 after an extension (a trip)"),
    "corrected": ("late", 2, "10.00", "7.00", "Q2 set to 1 by hand (right on paper)"),
    "set": ("late", 2, "9.00", "4.50", "the score is set to 4.50 by hand (an agreement)"),
    "excused": ("excused", 2, "9.00", "", "excused (in hospital)"),
    "essay": ("late", 2, "9.50", "6.65", "9.50 of 10, 2 days late"),
}

ON_TIME = "2026-02-03T12:00:00+08:00"
ODD = [
    HandIn("garbage", ON_TIME, content=b"my homework"),
    HandIn("timeless", "", [DOUBLE]),
    HandIn("stranger", ON_TIME, [DOUBLE]),
    HandIn("crashed", ON_TIME, ["import os\nos._exit(3)", DOUBLE]),
    # JSON can hold half a surrogate pair, the pages and keys (UTF-8) can not
    HandIn(
        "half", ON_TIME, content=notebook_text("x = '@'", DOUBLE).replace("@", r"\ud800").encode()
    ),
]
ABSENT = "absent"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The course, graded."""
    students = [*LATE, *DECIDED, "garbage", "timeless", "crashed", "half", ABSENT]
    root = a_course(tmp_path_factory.mktemp("tiny"), students=students)
    hand_ins = [HandIn(who, at, [DOUBLE]) for who, at in LATE.items()]
    hand_ins += [HandIn(who, SECOND_DAY, [DOUBLE]) for who in DECIDED]
    add_assignment(root, hand_ins=hand_ins + ODD, decisions=DECISIONS)
    done = grader("grade", "hw", "--jobs", "2", cwd=root)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return root


@pytest.mark.parametrize("student", LATE)
def test_the_late_table_holds_to_the_second(root, student):
    row = scores_csv(root)[student]
    days, final, status, ending = LATE_TABLE[LATE[student]]
    assert (row["days_late"], row["score"], row["status"]) == (str(days), final, status)
    assert row["earned"] == "9.00"
    assert Decimal(row["penalty"]) == Decimal("9.00") - Decimal(final)
    explanation = scores_json(root)[student]["explanation"]
    assert explanation.startswith("9.00 of 10, ")
    assert explanation.endswith(ending)


@pytest.mark.parametrize("student", DECIDED)
def test_a_decision_does_what_it_says_and_is_explained(root, student):
    row = scores_csv(root)[student]
    status, days, earned, final, said = DECIDED[student]
    assert (row["status"], row["days_late"]) == (status, str(days))
    assert (row["earned"], row["score"]) == (earned, final)
    assert said in scores_json(root)[student]["explanation"]


def test_what_a_person_decided_stands_on_the_page_before_what_was_found(root):
    question = scores_json(root)["corrected"]["questions"][1]
    by_hand, found = question["verdicts"]
    assert (question["earned"], by_hand["check"], by_hand["credit"]) == ("1", "by hand", 1)
    assert (found["check"], found["credit"]) == ("square", 0)
    page = (root / "reports/hw/feedback/corrected.html").read_text("utf-8")
    said = "A person gave it 1 of 1 (right on paper). That counts, whatever was found below."
    assert said in page
    assert '<h3 id="2">' in page[: page.index(said)]
    assert scores_csv(root)["corrected"]["flags"] == "override:Q2"


def test_a_score_set_by_hand_is_flagged(root):
    assert scores_csv(root)["set"]["flags"] == "override"
    assert "A person set the score." in (root / "reports/hw/feedback/set.html").read_text("utf-8")


def test_a_file_that_is_no_notebook_is_a_row_and_says_what_it_is(root):
    assert scores_csv(root)["garbage"]["status"] == "unreadable"
    explanation = scores_json(root)["garbage"]["explanation"]
    assert "can't be read: the file is not JSON: it starts with 'my homework'" in explanation


def test_without_a_time_there_is_no_score_but_what_was_earned(root):
    row = scores_csv(root)["timeless"]
    assert (row["status"], row["flags"]) == ("needs_review", "no-time")
    assert (row["submitted_at"], row["days_late"], row["score"]) == ("", "", "")
    assert row["earned"] == "9.00"


def test_a_stranger_is_graded_and_told_from_the_roster(root):
    row = scores_csv(root)["stranger"]
    assert (row["status"], row["name"], row["score"]) == ("unknown_student", "", "9.00")


def test_a_cell_that_ends_its_process_is_a_flag_and_the_rest_counts(root):
    row = scores_csv(root)["crashed"]
    assert (row["status"], row["score"], row["flags"]) == ("graded", "9.00", "exited:cell 1")


def test_half_a_surrogate_pair_in_a_file_costs_nothing_and_is_shown(root):
    row = scores_csv(root)["half"]
    assert (row["status"], row["score"], row["flags"]) == ("graded", "9.00", "")
    assert "x = '\ufffd'" in html.unescape(
        re.sub("<[^>]+>", "", (root / "reports/hw/feedback/half.html").read_text("utf-8"))
    )


def test_who_handed_nothing_in_has_a_row_and_no_points_for_questions(root):
    row = scores_csv(root)[ABSENT]
    assert (row["status"], row["score"], row["attempt"]) == ("missing", "0.00", "")
    assert (row["Q1"], row["Q2"]) == ("", "")


def test_scores_csv_has_the_columns_of_the_contract_and_one_row_for_everyone(root):
    lines = (root / "reports/hw/scores.csv").read_text("utf-8").splitlines()
    assert lines[0] == (
        "student,name,assignment,attempt,submitted_at,days_late,earned,maximum,penalty,score,"
        "status,flags,Q1,Q2"
    )
    students = [line.partition(",")[0] for line in lines[1:]]
    assert sorted(students) == sorted({*LATE, *DECIDED, *(each.student for each in ODD), ABSENT})
    assert len(students) == len(set(students))


def test_scores_json_is_the_document_of_the_contract(root):
    document = json.loads((root / "reports/hw/scores.json").read_text("utf-8"))
    assert set(document) == {"schema", "assignment", "generated_at", "policy", "scores"}
    assert (document["schema"], document["assignment"]) == (1, "hw")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00", document["generated_at"])
    columns = {
        *("student", "name", "assignment", "attempt", "submitted_at", "days_late", "earned"),
        *("maximum", "penalty", "score", "status", "flags", "explanation", "questions", "comments"),
    }
    table = scores_csv(root)
    assert [score["student"] for score in document["scores"]] == list(table)
    for score in document["scores"]:
        assert set(score) == columns
        row = table[score["student"]]
        assert row["flags"] == ";".join(score["flags"])
        for name in ("earned", "maximum", "penalty", "score"):  # decimals as text
            assert isinstance(score[name], str) or (name == "score" and score[name] is None)
            assert Decimal(score[name] or 0) == Decimal(row[name] or 0)
        for question in score["questions"]:
            assert set(question) == {"id", "title", "points", "earned", "verdicts", "comments"}
            for verdict in question["verdicts"]:
                assert set(verdict) == {
                    *("check", "credit", "reason", "mistake", "hint", "error_over_tolerance"),
                }


def test_everybody_has_a_page(root):
    pages = {page.stem for page in (root / "reports/hw/feedback").iterdir()}
    assert pages == set(scores_csv(root))
    assert (root / "reports/hw/summary.html").is_file()


def test_the_page_of_a_file_that_is_no_notebook_says_so(root):
    page = (root / "reports/hw/feedback/garbage.html").read_text("utf-8")
    assert "the file is not JSON" in page
