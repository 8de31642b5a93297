"""The samples of hw1: what each should get, worked out by hand.

Points: Q1 to Q3 and Q5 1 each, Q4 and Q6 2, Q7 1, Q8 and Q9 0.5. In Q7 the four variables of the
split weigh 1 each, the trained w and b 4, test_cost 2. Q9 is marked in decisions.csv.
Due on Tuesday 2022-08-30 at 17:00 in Singapore; each started day takes 15 % of what was earned.
"""

from __future__ import annotations

import csv
from collections import Counter
from decimal import Decimal
from statistics import mean, median
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup

from grader.report.csv_text import points_text

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


# ---- the class page says what scores.json says

WORDS = {
    "unknown_student": "not on the roster",
    "missing": "nothing handed in",
    "unreadable": "unreadable",
    "needs_review": "needs a person",
    "zero_late": "too late",
    "late": "late",
    "graded": "on time",
}


@pytest.fixture
def class_page(graded, reports):
    """The scores of hw1, and its class page."""
    scores = list(graded("hw1").values())
    page = (reports / "hw1/summary.html").read_text(encoding="utf-8")
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
        if each["attempt"] is not None and each["score"] is not None
    ]
    handed_in = sum(each["attempt"] is not None for each in scores)
    statuses = Counter(WORDS[each["status"]] for each in scores)
    tiles = {text_of(tile.span): tile.strong.text for tile in page.select(".tiles li")}
    assert tiles == {
        "students": str(len(scores)),
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
        for slug, count in slugs.items():
            assert f"({slug}) × {count}" in shown


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


def test_everybody_has_a_row_a_page_and_the_score_of_scores_csv(class_page, reports):
    scores, page = class_page
    with open(reports / "hw1/scores.csv", encoding="utf-8", newline="") as file:
        table = {row["student"]: row for row in csv.DictReader(file)}
    rows = tables(page)["Everybody"].select("tbody tr")
    assert [row.a.text for row in rows] == [each["student"] for each in scores] == list(table)
    for row in rows:
        cells = [text_of(cell) for cell in row.select("td")]
        mine = table[row.a.text]
        assert cells[0] == WORDS[mine["status"]]
        assert (cells[3], cells[5]) == (mine["earned"], mine["score"])
        assert (reports / "hw1" / unquote(row.a["href"])).is_file()
        if mine["score"]:
            assert Decimal(mine["earned"]) - Decimal(mine["penalty"]) == Decimal(mine["score"])


def test_figures_and_formulas_are_on_the_page(graded, reports):
    graded("hw1")
    page = (reports / "hw1/feedback/s01.html").read_text(encoding="utf-8")
    soup = BeautifulSoup(page, "html.parser")
    assert len(soup.select(".theirs img[src^='data:image/png;base64,']")) >= 2
    assert len(soup.select(".theirs math")) > 20
    assert not [code.text for code in soup.select(".nb-prose code") if code.text.startswith("$")]


def test_each_lost_point_has_its_reason_on_the_page(graded, assert_pages):
    assert_pages("hw1", graded("hw1"))
