"""The samples of hw1: what each should get, worked out by hand.

Points: Q1 to Q3 and Q5 1 each, Q4 and Q6 2, Q7 1, Q8 and Q9 0.5. In Q2 and Q5 the two functions
weigh the same, 0.5 each. In Q7 the four variables of the split weigh 1 each, the trained w and b 4,
test_cost 2: of its one point 0.1 for each part of the split, 0.4 and 0.2. Q9 is marked in
decisions.csv, 0.5 where nothing is said of it below.
Due on Tuesday 2022-08-30 at 17:00 in Singapore; each started day takes 15 % of what was earned:
1, .85, .70, .55, .40, .25, .10, 0. Halves of a cent are rounded up.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal
from statistics import mean, median
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup

from grader.report.csv_text import points_text

pytestmark = pytest.mark.slow

UNMARKED = {"Q9": ("0", None)}
HALF_MARKED = {"Q9": ("0.25", None)}
MARKED_ZERO = {"Q9": ("0", None)}
NOTHING = {f"Q{number}": ("0", None) for number in range(1, 10)}

# student: status, days late, earned, score, flags that must be there,
# questions that lose points: (earned, the mistake of one verdict, None if it has no name), and why
TABLE = {
    "s01": ("graded", 0, "10.00", "10.00", set(), {}, "all right, vectorised; 17:00:59 is on time"),
    "s02": (
        *("graded", 0, "0.00", "0.00", set()),
        NOTHING | {"Q1": ("0", "raised"), "Q4": ("0", "raised"), "Q7": ("0", "missing")},
        "the starter, not filled in",
    ),
    "s03": (
        *("graded", 0, "6.15", "6.15", set()),
        {
            "Q4": ("0", "missing-1-over-m"),
            "Q6": ("1", "carried-forward"),
            "Q7": ("0.4", "not-finite"),
            **HALF_MARKED,
        },
        "without 1/m in compute_gradient: Q4; descent is right along it: half of Q6; training at "
        "the usual rate diverges, so of Q7 the split is left: 10 - 2 - 1 - 0.6 - 0.25",
    ),
    "s04": (
        *("late", 3, "10.00", "5.50", set(), {}),
        "columns (m, 1) and numbers of shape (1, 1) are remarked on only; 17:00:59 on day 3: x 0.55",
    ),
    "s05": (
        *("late", 1, "8.90", "7.57", {"timeout:cell 17"}),
        {"Q7": ("0.4", "missing"), **MARKED_ZERO},
        "trains until J < 0.01, which no line reaches; the cell is left out, and with it w, b and "
        "test_cost: 0.6; the picture breaks off, but is there; 17:00:59 on day 1: "
        "8.9 x 0.85 = 7.565",
    ),
    "s06": (
        *("late", 2, "9.75", "6.83", set(), HALF_MARKED),
        "loops over indices and lists, all right; 17:01:00 on day 1 starts day 2: "
        "9.75 x 0.70 = 6.825",
    ),
    "s07": (
        *("late", 2, "10.00", "7.00", set(), {}),
        "both losses overwrite y_hat, which is remarked on only; 17:00:59 on day 2: x 0.70",
    ),
    "s08": (
        *("late", 3, "10.00", "5.50"),
        {"import:tqdm", "path:/content/drive/MyDrive/CS5242/hw1/weight-height.csv"},
        {},
        "Colab: a mounted drive, !pip, %cd, /content, files.download, a module that is not there "
        "and a picture saved where it can't be cost nothing; 17:01:00 on day 2 starts day 3: x 0.55",
    ),
    "s09": (
        *("late", 1, "9.75", "8.29", set(), HALF_MARKED),
        "the first attempt, on time, has no Q6 to Q9; the second is complete, all right, and "
        "counts: 17:01:00 starts day 1: 9.75 x 0.85 = 8.2875",
    ),
    "s10": (
        *("late", 4, "8.00", "3.20", set()),
        {"Q4": ("0", "wrong-order")},
        "the gradient is (db, dw), and descent takes it so: Q4 alone; a notebook of format 3 with "
        "%pylab and lambdas is read; 17:01:00 on day 3 starts day 4: 8 x 0.40",
    ),
    "s11": (
        *("late", 4, "8.90", "3.56", set()),
        {"Q7": ("0.4", "missing"), "Q8": ("0", "missing")},
        "input() for the learning rate ends the cell that trains: 0.6 of Q7, and the picture needs "
        "w: 0.5; the input() above costs nothing; 17:00:59 on day 4: 8.9 x 0.40",
    ),
    "s12": (
        *("late", 5, "6.55", "1.64", set()),
        {"Q3": ("0", "none-returned"), "Q6": ("0", None), "Q7": ("0.8", None), **HALF_MARKED},
        "compute_cost prints J: Q3, the history of Q6, and test_cost are None: "
        "10 - 1 - 2 - 0.2 - 0.25; 17:01:00 on day 4 starts day 5: 6.55 x 0.25 = 1.6375",
    ),
    "s13": (
        *("late", 5, "8.00", "2.00", set()),
        {"Q4": ("0", "sign-flipped")},
        "the gradient is the negative one, and descent adds it: Q4 alone; 17:00:59 on day 5: "
        "8 x 0.25",
    ),
    "s14": (
        *("late", 6, "7.75", "0.78", set()),
        {"Q6": ("0", "sequential-update"), **HALF_MARKED},
        "b moves after w has: Q6; it converges all the same; 17:01:00 on day 5 starts day 6: "
        "7.75 x 0.10 = 0.775",
    ),
    "s15": (
        *("late", 6, "8.90", "0.89", set()),
        {"Q7": ("0.4", "not-finite"), **MARKED_ZERO},
        "every function is right, and the rate of 3 diverges: the split is left of Q7; 17:00:59 on "
        "day 6: 8.9 x 0.10",
    ),
    "s16": (
        *("zero_late", 7, "10.00", "0.00", {"salvaged:cell 8"}, {}),
        "a test above a function raises, and the function counts all the same; cells below it run; "
        "17:01:00 on day 6 starts day 7: 105 % are taken",
    ),
    "s17": (
        *("zero_late", 7, "10.00", "0.00", set(), {}),
        "float32 throughout, with the tolerance of float32; 17:00:59 on day 7",
    ),
    "s18": (
        *("zero_late", 8, "10.00", "0.00", set(), {}),
        "Series and DataFrames for numbers, vectors and histories; 17:01:00 on day 7: cut off",
    ),
    "s19": (
        *("graded", 0, "9.00", "9.00", {"import:utils"}),
        {"Q5": ("0.5", "cut-to-integers"), "Q8": ("0", "missing")},
        "utils.py stayed at home, and with it the plot: 0.5; the path is an array of w0's kind, "
        "so an integer start cuts every value: half of Q5; 08:12 in UTC is 16:12",
    ),
    "s20": (
        *("graded", 0, "9.80", "9.80", {r"path:C:\Users\me\Downloads\weight-height.csv"}),
        {"Q7": ("0.8", "training-data")},
        "a path of their own to the data costs nothing; test_cost on the training data: 0.2; an "
        "extension of 2 days, and 17:00:59 at the end of it",
    ),
    "s21": (
        *("graded", 0, "8.25", "8.25", set()),
        {"Q7": ("0", "missing"), "Q8": ("0", "missing"), **HALF_MARKED},
        "reads a file that nobody has: nothing is split, trained or drawn, the functions are right",
    ),
    "s22": ("unreadable", 0, "0.00", "0.00", set(), NOTHING, "the file is cut off in the middle"),
    "s23": (
        *("graded", 0, "9.70", "9.70", {"renamed:HW1 final v2 (1).ipynb"}),
        {"Q7": ("0.7", "standardised-apart")},
        "another file name, and cells in the order of writing, cost nothing; the evaluation heights "
        "have their own mean and deviation: x_test, 0.1, and test_cost (1.5 % off), 0.2",
    ),
    "s24": (
        *("needs_review", None, "9.50", None, {"no-time", "pending:Q9"}, UNMARKED),
        "all right, but nobody knows when",
    ),
    "s25": (
        *("graded", 0, "9.00", "9.00", set()),
        {"Q1": ("0", "forgot-bias")},
        "predict without b, which nothing else computes with",
    ),
    "s26": (
        *("graded", 0, "5.05", "5.05", set()),
        {
            "Q2": ("0.5", "factor-2"),
            "Q3": ("0", "factor-2"),
            "Q4": ("1", "wrong-loss"),
            "Q6": ("0", "carried-forward"),
            "Q7": ("0.8", "factor-2"),
            **HALF_MARKED,
        },
        "the squared loss without its half, and J, its gradient, the descent and test_cost after "
        "it; half of Q4 is carried forward, and once: 10 - 0.5 - 1 - 1 - 2 - 0.2 - 0.25; trained it "
        "is all the same",
    ),
    "s27": (
        *("graded", 0, "6.75", "6.75", set()),
        {"Q4": ("0", "missing-1-over-m"), "Q6": ("1", "carried-forward"), **HALF_MARKED},
        "without 1/m as s03, but with a rate that makes up for it in training: Q7 is right",
    ),
    "s28": ("excused", None, "0.00", None, set(), NOTHING, "on leave"),
    "s29": ("missing", None, "0.00", "0.00", set(), NOTHING, "handed in nothing"),
    "s99": (
        *("unknown_student", 0, "9.50", "9.50", {"pending:Q9"}, UNMARKED),
        "not on the roster: graded, and said so; Q9 waits for its mark",
    ),
}


@pytest.mark.parametrize("student", TABLE)
def test_a_sample_of_hw1_gets_what_the_table_says(graded, assert_score, student):
    assert_score(graded("hw1")[student], *TABLE[student])


def test_everybody_on_the_roster_has_a_row_of_hw1(graded):
    assert {f"s{number:02}" for number in range(1, 30)} | {"s99"} == set(graded("hw1"))


# the late policy: a hand-in at each of its boundaries, and in the second before

DUE = datetime.fromisoformat("2022-08-30T17:00:00+08:00")
FACTORS = {0: "1", 1: "0.85", 2: "0.70", 3: "0.55", 4: "0.40", 5: "0.25", 6: "0.10"}


@pytest.fixture(scope="module")
def hand_in_times(root):
    """The time of the last hand-in of everybody who has one and the common deadline."""
    with (root / "submissions/samples/hw1/manifest.csv").open(encoding="utf-8") as lines:
        times = {row["student"]: row["submitted_at"] for row in csv.DictReader(lines)}
    return {who: datetime.fromisoformat(t) for who, t in times.items() if t and who != "s20"}


@pytest.mark.parametrize("day", range(8))
def test_a_sample_lies_at_each_boundary_of_the_policy_and_in_the_second_before(
    graded, hand_in_times, day
):
    """By 17:00:59 on day k after the deadline it is k days late, at 17:01:00 k + 1."""
    starts = DUE + timedelta(days=day, minutes=1)
    scores = graded("hw1")
    for time, late in ((starts - timedelta(seconds=1), day), (starts, day + 1)):
        (who,) = (who for who, handed_in in hand_in_times.items() if handed_in == time)
        assert scores[who]["days_late"] == late
        left = Decimal(scores[who]["earned"]) * Decimal(FACTORS.get(late, "0"))
        assert abs(Decimal(scores[who]["score"]) - left) <= Decimal("0.005")


def test_the_samples_show_each_factor_of_the_policy(graded):
    shown = {score["days_late"] for score in graded("hw1").values() if score["attempt"]}
    assert shown >= {*FACTORS, 7, 8}


# what the pages can say


@pytest.mark.parametrize(
    ("student", "lost"),
    [
        ("s03", {"Q4", "Q6", "Q7"}),  # 1/m is missing, at the usual rate
        ("s27", {"Q4", "Q6"}),  # 1/m is missing, with a rate that makes up for it
        ("s10", {"Q4"}),  # the other order, as descent expects it
        ("s13", {"Q4"}),  # the other sign, as descent expects it
        ("s14", {"Q6"}),  # one after the other
        ("s25", {"Q1"}),  # no bias, in one function
    ],
)
def test_an_error_of_one_question_costs_those_that_compute_with_it_and_no_other(
    graded, student, lost
):
    questions = [q for q in graded("hw1")[student]["questions"] if q["id"] != "Q9"]
    assert {q["id"] for q in questions if Decimal(q["earned"]) < Decimal(q["points"])} == lost


@pytest.mark.parametrize(
    ("student", "sentence"),
    [
        (
            "s20",
            "9.80 of 10, on time (due Thu 17:00 after an extension (in hospital until the day of "
            "the deadline), handed in Thu 17:00:59) = 9.80",
        ),
        (
            "s09",
            "9.75 of 10, 1 day late (due Tue 17:00, handed in Tue 17:01): x 0.85 = 8.29; "
            "attempt 2 counts",
        ),
        ("s28", "nothing was handed in: 0.00 of 10; excused (on leave until 5 September)"),
    ],
)
def test_what_people_decided_and_which_attempt_counts_is_explained(graded, student, sentence):
    assert graded("hw1")[student]["explanation"] == sentence


def test_a_file_that_is_cut_off_is_explained(graded):
    assert graded("hw1")["s22"]["explanation"].endswith("; was it cut off?")


def verdict_on(graded, student, check):
    (found,) = (
        verdict
        for question in graded("hw1")[student]["questions"]
        for verdict in question["verdicts"]
        if verdict["check"] == check
    )
    return found


def test_a_marked_answer_shows_the_reason_of_its_mark(graded):
    verdict = verdict_on(graded, "s03", "written answer")
    assert Decimal(verdict["credit"]) == Decimal("0.5")
    assert verdict["reason"] == "A person gave it 0.25 of 0.5 (what happens but not why)."


def test_what_is_not_written_yet_is_not_called_an_error(graded):
    verdict = verdict_on(graded, "s02", "compute_cost")
    assert verdict["reason"] == "compute_cost is not written yet."
    assert verdict["hint"] == "Replace the line `raise NotImplementedError()` by your own."


@pytest.mark.parametrize(
    ("student", "remark"),
    [
        ("s04", "shape (1, 1), asked for is a number"),
        ("s07", "it changes its argument 1 in place"),
        ("s17", "is in single precision"),
    ],
)
def test_what_costs_nothing_is_remarked_on(report, student, remark):
    page = report("hw1") / "feedback" / f"{student}.html"
    assert remark in page.read_text(encoding="utf-8")


def test_one_of_the_samples_is_of_notebook_format_3(root):
    text = (root / "submissions/samples/hw1/s10/hw1.ipynb").read_text(encoding="utf-8")
    assert json.loads(text)["nbformat"] == 3


# the class page says what scores.json says


WORDS = {
    "excused": "excused",
    "unknown_student": "not on the roster",
    "missing": "nothing handed in",
    "unreadable": "unreadable",
    "needs_review": "needs a person",
    "zero_late": "too late",
    "late": "late",
    "graded": "on time",
}


@pytest.fixture
def class_page(graded, report):
    """The scores of hw1, and its class page."""
    scores = list(graded("hw1").values())
    page = (report("hw1") / "summary.html").read_text(encoding="utf-8")
    return scores, BeautifulSoup(page, "html.parser")


def text_of(tag):
    return " ".join(tag.get_text(" ").split())


def tables(page):
    """The tables of the class page, by the heading above."""
    return {
        heading.text: heading.find_next("table")
        for heading in page.select("h2")
        if heading.text != "Missing modules"
    }


def test_its_tiles_count_what_scores_json_has(class_page):
    scores, page = class_page
    final = [
        Decimal(each["score"])
        for each in scores
        if each["attempt"] is not None
        and each["score"] is not None
        and each["status"] not in ("unknown_student", "unreadable")
    ]
    handed_in = sum(each["attempt"] is not None for each in scores)
    statuses = Counter(WORDS[each["status"]] for each in scores)
    tiles = {text_of(tile.span): tile.strong.text for tile in page.select(".tiles li")}
    assert tiles == {
        "on the roster": str(len(scores) - 1),
        "handed in": str(handed_in),
        "mean score": points_text(mean(final)),
        "median score": points_text(median(final)),
        **{words: str(count) for words, count in statuses.items()},
    }


def test_who_needs_a_person_stands_first(class_page):
    scores, page = class_page
    wanted = [
        each
        for each in scores
        if each["status"] in ("unreadable", "needs_review", "unknown_student")
    ]
    assert page.h2.text == "Needs a person first"
    rows = tables(page)["Needs a person first"].select("tbody tr")
    assert [row.a.text for row in rows] == [each["student"] for each in wanted]
    for row, each in zip(rows, wanted, strict=True):
        assert each["explanation"] in text_of(row)
    waiting = sum("pending:Q9" in each["flags"] for each in scores)
    assert f"Q9 waits for a mark in {waiting} hand-ins." in text_of(page)


def test_its_questions_count_what_scores_json_has(class_page):
    scores, page = class_page
    judged = [each for each in scores if any(q["verdicts"] for q in each["questions"])]
    for row in tables(page)["Questions"].select("tbody tr"):
        name = row.th.text.split()[0]
        mine = [(each, q) for each in judged for q in each["questions"] if q["id"] == name]
        unmarked = sum(f"pending:{name}" in each["flags"] for each, _ in mine)
        marked = [q for each, q in mine if f"pending:{name}" not in each["flags"]]
        full = sum(Decimal(q["earned"]) == Decimal(q["points"]) for q in marked)
        none = sum(Decimal(q["earned"]) == 0 for q in marked)
        counts = [int(cell.text) for cell in row.select("td.number")]
        assert counts == [full, len(marked) - full - none, none, unmarked]
        slugs = Counter(
            slug
            for _, q in mine
            for slug in {verdict["mistake"] for verdict in q["verdicts"]} - {None}
        )
        shown = text_of(row.select("td")[-1])
        common = sorted(slugs.items(), key=lambda item: (-item[1], item[0]))[:5]
        assert re.findall(r"\(([\w-]+)\) × (\d+)", shown) == [(s, str(n)) for s, n in common]


def test_missing_modules_are_counted(class_page):
    scores, page = class_page
    modules = Counter(
        flag.removeprefix("import:")
        for each in scores
        for flag in set(each["flags"])
        if flag.startswith("import:")
    )
    assert modules
    for module, count in modules.items():
        assert f"{module} in {count} hand-in" in text_of(page)


def test_everybody_has_a_row_a_page_and_the_score_of_scores_csv(class_page, report):
    scores, page = class_page
    with open(report("hw1") / "scores.csv", encoding="utf-8", newline="") as file:
        table = {row["student"]: row for row in csv.DictReader(file)}
    rows = tables(page)["Everybody"].select("tbody tr")
    assert [row.a.text for row in rows] == [each["student"] for each in scores] == list(table)
    for row in rows:
        cells = [text_of(cell) for cell in row.select("td")]
        mine = table[row.a.text]
        assert cells[0] == WORDS[mine["status"]]
        assert (cells[3], cells[5]) == (mine["earned"], mine["score"])
        assert (report("hw1") / unquote(row.a["href"])).is_file()
        if mine["score"]:
            assert Decimal(mine["earned"]) - Decimal(mine["penalty"]) == Decimal(mine["score"])


def test_figures_and_formulas_are_on_the_page(report):
    page = (report("hw1") / "feedback/s01.html").read_text(encoding="utf-8")
    soup = BeautifulSoup(page, "html.parser")
    assert len(soup.select(".theirs img[src^='data:image/png;base64,']")) >= 2
    assert len(soup.select(".theirs math")) > 20
    assert not [code.text for code in soup.select(".nb-prose code") if code.text.startswith("$")]


def test_each_lost_point_has_its_reason_on_the_page(graded, assert_pages):
    assert_pages("hw1", graded("hw1"))
