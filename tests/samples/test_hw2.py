"""The samples of hw2: what each should get, worked out by hand.

Points: Q1 3.5 for seven answers, 0.5 each; Q2 1.5; Q3 2 and Q4 3 for functions worth 1 each.
Due on Tuesday 2022-09-13 at 17:00 in Singapore; each started day takes 15 % of what was earned.
"""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.slow

# student: status, days late, earned, score, flags that must be there,
# questions that lose points: (earned, the mistake of one verdict), and why
TABLE = {
    "s01": ("graded", 0, "10.00", "10.00", set(), {}, "all right, in the notation that is shown"),
    "s02": (
        *("graded", 0, "0.00", "0.00", set()),
        {
            "Q1": ("0", "missing"),
            "Q2": ("0", "raised"),
            "Q3": ("0", "raised"),
            "Q4": ("0", "raised"),
        },
        "the starter, not filled in: d1 to d7 are not there, the functions raise",
    ),
    "s03": (
        *("late", 2, "9.00", "6.30", set()),
        {"Q4": ("2", "transposed")},
        "A for A^T is 1 of Q4's 3; handed in on the second day: 9 x 0.70",
    ),
    "s04": (
        *("graded", 0, "10.00", "10.00", set(), {}),
        "LaTeX, superscripts and a raised dot are read; a forward difference is as good as a "
        "central one; 0.5 is a subgradient of both functions at 0",
    ),
    "s05": (
        *("graded", 0, "10.00", "10.00", set(), {}),
        "what stands left of a `=` is not read, 0 and 3 need no quotes (the notebook's own check "
        "of them fails, and costs nothing); 17:00:59 is on time",
    ),
    "s06": (
        *("late", 1, "8.50", "7.23", set()),
        {"Q1": ("2.0", "forgot-quotient-rule")},
        "d5, d6, d7 without product, quotient and chain rule: 4 of 7; 17:00:59 a day after: "
        "8.5 x 0.85 = 7.225, half-up",
    ),
    "s07": (
        *("late", 4, "8.50", "3.40", set()),
        {"Q2": ("0", "factor-2")},
        "the central difference over h is twice the derivative; 17:01:00 three days after starts "
        "day 4: 8.5 x 0.40",
    ),
    "s08": (
        *("graded", 0, "9.00", "9.00", set()),
        {"Q3": ("1", "raised")},
        "x / abs(x) divides by zero at 0; True for 1 is fine; 08:59:12 in UTC is 16:59:12",
    ),
    "s09": (
        *("graded", 0, "7.00", "7.00", set()),
        {"Q4": ("0", "transposed")},
        "numerator layout in all three",
    ),
    "s10": (
        *("graded", 0, "9.00", "9.00", set()),
        {"Q4": ("2", "symmetric-only")},
        "2 A x holds for a symmetric A only; functions made by lambda are functions",
    ),
    "s11": (
        *("graded", 0, "7.50", "7.50", set()),
        {"Q1": ("1.0", "unreadable-expression")},
        "d3 and d5 are right; the rest is code, a tower of powers, empty, far too long, and "
        "parentheses that do not match: nothing of it runs, nothing of it hangs",
    ),
    "s12": (
        *("late", 5, "7.50", "1.88", {"import:my_plots"}),
        {"Q2": ("0", "none-returned"), "Q3": ("1", "raised")},
        "prints for return, and ReLU calls itself without end; a module that stayed at home costs "
        "nothing; 17:01:00 four days after starts day 5: 7.5 x 0.25 = 1.875, half-up",
    ),
}


@pytest.mark.parametrize("student", TABLE)
def test_a_sample_of_hw2_gets_what_the_table_says(graded, assert_score, student):
    assert_score(graded("hw2")[student], *TABLE[student])


def test_everybody_else_on_the_roster_has_a_row_of_hw2(graded):
    others = {who: score for who, score in graded("hw2").items() if who not in TABLE}
    assert {score["status"] for score in others.values()} <= {"missing"}


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [
        ("d5", "product-of-derivatives"),
        ("d6", "forgot-quotient-rule"),
        ("d7", "forgot-chain-rule"),
    ],
)
def test_each_rule_of_differentiation_that_was_forgotten_is_named(graded, answer, mistake):
    (verdicts,) = (q["verdicts"] for q in graded("hw2")["s06"]["questions"] if q["id"] == "Q1")
    (verdict,) = (verdict for verdict in verdicts if verdict["check"] == answer)
    assert verdict["mistake"] == mistake
    assert verdict["hint"]


def test_text_that_is_code_is_not_run(graded, root):
    graded("hw2")
    assert not (root / "hacked").exists()


def test_each_lost_point_has_its_reason_on_the_page(graded, assert_pages):
    assert_pages("hw2", graded("hw2"))
