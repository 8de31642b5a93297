"""The samples' expected scores, worked out by hand, through the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

# student: status, earned, score, flags that must be there, questions that lose points
HW1 = {
    "s01": ("graded", "10.00", "10.00", set(), {}),  # 17:00:59 is on time
    "s02": ("late", "10.00", "8.50", set(), {}),  # loops; 17:01:00 is day 1: x 0.85
    # Colab and a missing module cost nothing; Q9 got 0.25; two days: 9.75 x 0.70 = 6.825, half-up
    "s03": ("late", "9.75", "6.83", {"import:utils"}, {"Q9": "0.25"}),
    "s04": ("late", "10.00", "5.50", {"timeout:cell 22"}, {}),  # a last cell that hangs; day 3
    "s05": ("graded", "0.00", "0.00", set(), dict.fromkeys(("Q1", "Q4", "Q7", "Q8"), "0")),
    "s06": ("unreadable", "0.00", "0.00", set(), {}),  # cut off in the middle
    "s07": ("zero_late", "10.00", "0.00", {"renamed:homework one final.ipynb"}, {}),  # day 7: 105 %
    # missing 1/m: Q4 loses its 2 points. Descent computes with it: Q6 loses 2; the trained w and b
    # diverge, so Q7 keeps its four variables of the split, 4 of 10 in weight
    "s08": ("graded", "5.40", "5.40", set(), {"Q4": "0", "Q6": "0", "Q7": "0.4"}),
    "s09": ("graded", "9.50", "9.50", {"pending:Q9"}, {"Q9": "0"}),  # the second attempt counts
    "s10": ("needs_review", "9.50", None, {"no-time", "pending:Q9"}, {"Q9": "0"}),
    "s11": ("missing", "0.00", "0.00", set(), {}),
    "s99": ("unknown_student", "9.50", "9.50", {"pending:Q9"}, {"Q9": "0"}),
}
HW2 = {
    "s01": ("graded", "10.00", "10.00", set(), {}),
    "s02": ("graded", "0.00", "0.00", set(), {"Q1": "0", "Q2": "0", "Q3": "0", "Q4": "0"}),
    "s03": ("late", "9.00", "6.30", set(), {"Q4": "2"}),  # A for A^T; two days late: x 0.70
}
HW3 = {
    "s01": ("graded", "10.0", "10.00", set(), {}),
    "s02": ("graded", "0.00", "0.00", set(), {"Q1": "0", "Q7": "0"}),
    "s03": ("graded", "8.50", "8.50", set(), {"Q4": "0"}),  # 1/m is missing in gradient_loop alone
}


@pytest.fixture(scope="module")
def graded(root: Path, tmp_path_factory: pytest.TempPathFactory):
    out = tmp_path_factory.mktemp("reports")

    def scores(assignment: str) -> dict[str, dict]:
        command = [sys.executable, "-m", "grader", "grade", assignment, "--json"]
        command += ["--submissions", "submissions/samples", "--out", str(out)]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return {score["student"]: score for score in json.loads(done.stdout)["scores"]}

    return scores


@pytest.mark.parametrize(("assignment", "table"), [("hw1", HW1), ("hw2", HW2), ("hw3", HW3)])
def test_every_sample_has_the_score_of_the_table(graded, assignment, table):
    scores = graded(assignment)
    assert set(scores) >= {f"s{i:02}" for i in range(1, 13)}
    for student, (status, earned, final, flags, lost) in table.items():
        score = scores[student]
        assert score["status"] == status, (student, score)
        assert float(score["earned"]) == float(earned), (student, score)
        assert (score["score"] and float(score["score"])) == (final and float(final)), score
        assert flags <= set(score["flags"] if isinstance(score["flags"], list) else
                            score["flags"].split(";")), score  # fmt: skip
        if status in ("graded", "late"):
            found = {q["id"]: q for q in score["questions"]}
            for question, points in lost.items():
                assert float(found[question]["earned"]) == float(points), (student, found[question])


def test_missing_means_are_named(graded):
    found = {q["id"]: q for q in graded("hw3")["s03"]["questions"]}
    (verdict,) = found["Q4"]["verdicts"]
    assert verdict["mistake"] == "missing-1-over-m"
    assert verdict["hint"]
