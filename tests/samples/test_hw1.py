"""The samples of hw1: what each should get, worked out by hand.

Points: Q1 to Q3 and Q5 1 each, Q4 and Q6 2, Q7 1, Q8 and Q9 0.5. In Q7 the four variables of the
split weigh 1 each, the trained w and b 4, test_cost 2. Q9 is marked in decisions.csv.
Due on Tuesday 2022-08-30 at 17:00 in Singapore; each started day takes 15 % of what was earned.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

pytestmark = pytest.mark.slow

UNMARKED = {"Q9": ("0", None)}
NOTHING = {f"Q{number}": ("0", None) for number in range(1, 10)}

# student: status, days late, earned, score, flags that must be there,
# questions that lose points: (earned, the mistake of one verdict, None if it has no name), and why
TABLE = {
    "s01": ("graded", 0, "10.00", "10.00", set(), {}, "all right; 17:00:59 is on time"),
    "s02": ("late", 1, "10.00", "8.50", set(), {}, "a loop; 17:01:00 starts day 1: 10 x 0.85"),
    "s03": (
        *("late", 2, "9.75", "6.83", {"import:utils"}),
        {"Q9": ("0.25", None)},
        "Colab, pip and a module that is not there cost nothing; Q9 was marked 0.25; "
        "9.75 x 0.70 = 6.825, half-up",
    ),
    "s04": (
        *("late", 3, "10.00", "5.50", {"timeout:cell 22"}, {}),
        "its last cell never ends, and is all that is left out; day 3: 10 x 0.55",
    ),
    "s05": (
        *("graded", 0, "0.00", "0.00", set()),
        NOTHING | {"Q1": ("0", "raised"), "Q4": ("0", "raised"), "Q7": ("0", "missing")},
        "the starter, not filled in",
    ),
    "s06": ("unreadable", 0, "0.00", "0.00", set(), NOTHING, "the file is cut off in the middle"),
    "s07": (
        *("zero_late", 7, "10.00", "0.00", {"renamed:homework one final.ipynb"}, {}),
        "another file name and input() cost nothing; 17:01:00 on day 6 starts day 7: 105 %",
    ),
    "s08": (
        *("graded", 0, "5.40", "5.40", set()),
        {"Q4": ("0", "missing-1-over-m"), "Q6": ("0", None), "Q7": ("0.4", "not-finite")},
        "without 1/m in compute_gradient: Q4; descent computes with it: Q6; training diverges, "
        "so of Q7 the split is left, 4 of 10 in weight",
    ),
    "s09": (
        *("graded", 0, "9.50", "9.50", {"pending:Q9"}, UNMARKED),
        "the second of two attempts counts; Q9 waits for its mark",
    ),
    "s10": (
        *("needs_review", None, "9.50", None, {"no-time", "pending:Q9"}, UNMARKED),
        "all right, but nobody knows when",
    ),
    "s99": (
        *("unknown_student", 0, "9.50", "9.50", {"pending:Q9"}, UNMARKED),
        "not on the roster: graded, and said so",
    ),
}


@pytest.mark.parametrize("student", TABLE)
def test_a_sample_of_hw1_gets_what_the_table_says(graded, assert_score, student):
    assert_score(graded("hw1")[student], *TABLE[student])


def test_everybody_on_the_roster_has_a_row_of_hw1(graded):
    scores = graded("hw1")
    assert {f"s{number:02}" for number in range(1, 13)} | {"s99"} == set(scores)
    assert {scores[student]["status"] for student in ("s11", "s12")} == {"missing"}


def test_an_error_of_one_question_costs_those_that_compute_with_it_and_no_other(graded):
    """Without 1/m in compute_gradient: Q4, Q6 and Q7, each of which the page can name."""
    questions = graded("hw1")["s08"]["questions"]
    lost = {q["id"] for q in questions if Decimal(q["earned"]) < Decimal(q["points"])}
    assert lost == {"Q4", "Q6", "Q7"}
