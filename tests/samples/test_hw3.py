"""The samples of hw3: what each should get, worked out by hand.

Points: Q1 1, Q2 to Q7 1.5 each. In Q5 and Q6 the values weigh 2 and being vectorised 1, so right
values from a loop earn 1 of 1.5; wrong values earn nothing.
Due on Tuesday 2022-09-27 at 17:00 in Singapore; each started day takes 15 % of what was earned.
"""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.slow

# student: status, days late, earned, score, flags that must be there,
# questions that lose points: (earned, the mistake of one verdict, None if it has no name), and why
TABLE = {
    "s01": ("graded", 0, "10.00", "10.00", set(), {}, "all right"),
    "s02": (
        *("graded", 0, "0.00", "0.00", set()),
        {f"Q{number}": ("0", "raised") for number in range(1, 8)},
        "the starter, not filled in",
    ),
    "s03": (
        *("graded", 0, "8.50", "8.50", set()),
        {"Q4": ("0", "missing-1-over-m")},
        "the 1/m is missing in gradient_loop, which nothing else uses",
    ),
    "s04": (
        *("graded", 0, "10.00", "10.00", set(), {}),
        "costs of shape (1, 1) and gradients of shape (n,) have the right numbers in them",
    ),
    "s05": (
        *("graded", 0, "8.50", "8.50", set()),
        {"Q4": ("0", "raised")},
        "sys.exit() for m = 1 is no gradient; exit() is not obeyed by a kernel at once, so "
        "cost_loop goes on and is right",
    ),
    "s06": (
        *("late", 1, "9.00", "7.65", set()),
        {"Q5": ("1.0", "looped"), "Q6": ("1.0", "looped")},
        "a list comprehension and a loop where matrices are asked for, values right: 2/3 of 1.5 "
        "each; 17:00:59 a day after: 9 x 0.85",
    ),
    "s07": (
        *("graded", 0, "10.00", "10.00", set(), {}),
        "single_instance_gradient overwrites x, which is remarked on and costs nothing",
    ),
    "s08": (
        *("late", 6, "9.00", "0.90", set()),
        {"Q1": ("0", "wrong-order")},
        "the ones at the end; 17:01:00 five days after starts day 6: 9 x 0.10",
    ),
    "s09": (
        *("late", 2, "8.50", "5.95", set()),
        {"Q7": ("0", "wrong-iteration-count")},
        "the history is taken after each update; 17:00:59 two days after: 8.5 x 0.70",
    ),
    "s10": (
        *("late", 5, "8.50", "2.13", set()),
        {"Q7": ("0", "wrong-order")},
        "history, w; 17:00:59 five days after: 8.5 x 0.25 = 2.125, half-up",
    ),
    "s11": (
        *("graded", 0, "3.00", "3.00", set()),
        {
            "Q3": ("0", "raised"),
            "Q4": ("0", "raised"),
            "Q5": ("0", None),
            "Q6": ("0.5", "wrong-loss"),
            "Q7": ("0", "carried-forward"),
        },
        "m is a variable of the notebook, 200 at its end: loops run out of the data, means are over "
        "200; gradient_matrix is the derivative of that cost_matrix: half of 2/3 of 1.5",
    ),
    "s12": (
        *("zero_late", 8, "5.50", "0.00", {"memory:cell 17"}),
        {"Q5": ("0", None), "Q6": ("0", None), "Q7": ("0", "raised")},
        "(m,) minus (m, 1) is (m, m), and for 20,000 examples too large for the process, which "
        "costs only its cell; 17:01:00 seven days after the deadline: cut off",
    ),
}


@pytest.mark.parametrize("student", TABLE)
def test_a_sample_of_hw3_gets_what_the_table_says(graded, assert_score, student):
    assert_score(graded("hw3")[student], *TABLE[student])


def test_everybody_else_on_the_roster_has_a_row_of_hw3(graded):
    others = {who: score for who, score in graded("hw3").items() if who not in TABLE}
    assert {score["status"] for score in others.values()} <= {"missing"}


def test_swapped_outputs_are_explained_in_words(graded):
    (fit,) = (q for q in graded("hw3")["s10"]["questions"] if q["id"] == "Q7")
    (verdict,) = fit["verdicts"]
    assert "it returns its values in the wrong order" in verdict["reason"]


def test_each_lost_point_has_its_reason_on_the_page(graded, assert_pages):
    assert_pages("hw3", graded("hw3"))
