from dataclasses import replace
from decimal import Decimal

from bs4 import BeautifulSoup

from grader.report import summary_page
from grader.report.histogram import bins
from grader.report.summary import question_summaries


def a_page(scores):
    return BeautifulSoup(summary_page("Homework 1", scores), "html.parser")


def text_of(tag):
    return " ".join(tag.get_text(" ").split())


def test_it_counts_and_averages_those_who_handed_in(late_score, missing_score):
    good = replace(late_score, student="A3", status="graded", score=Decimal("3.00"))
    page = a_page([late_score, missing_score, good])
    tiles = [text_of(tile) for tile in page.select(".tiles li")]
    assert tiles == [
        "3 on the roster", "2 handed in", "2.20 mean score", "2.20 median score", "1 nothing handed in",
        "1 late", "1 on time",
    ]  # fmt: skip


def test_strangers_and_what_could_not_be_read_are_in_no_average(late_score):
    good = replace(late_score, student="A3", score=Decimal("3.00"))
    stranger = replace(good, student="A4", status="unknown_student", score=Decimal(0))
    broken = replace(good, student="A5", status="unreadable", score=Decimal(0))
    page = a_page([good, stranger, broken])
    tiles = [text_of(tile) for tile in page.select(".tiles li")]
    assert tiles[:4] == ["2 on the roster", "3 handed in", "3.00 mean score", "3.00 median score"]


def test_each_student_has_a_link(late_score, missing_score):
    page = a_page([late_score, replace(missing_score, student="../x y")])
    assert [a["href"] for a in page.select("table a")] == [
        "feedback/A0001.html",
        "feedback/%252E.%252Fx%20y.html",
    ]


def test_who_needs_a_person_comes_first_with_the_doubt(late_score):
    said = "2.00 of 3.5; a person should look at it: the typed answer is ambiguous"
    unsure = replace(late_score, student="A9", status="needs_review", explanation=said)
    page = a_page([late_score, unsure])
    assert page.select("h2")[0].text == "Needs a person first"
    rows = page.select("table")[0].select("tbody tr")
    assert [[text_of(cell) for cell in row.select("td")] for row in rows] == [
        ["needs a person", said]
    ]
    assert "Q9 waits for a mark in 2 hand-ins." in text_of(page)


def test_questions_count_full_part_none_and_the_common_mistakes(late_score, missing_score):
    wrong = replace(late_score.questions[1], earned=Decimal(0))
    worse = replace(late_score, questions=(late_score.questions[0], wrong))
    q1, q4, q9 = question_summaries([late_score, worse, missing_score])
    assert (q1.full, q1.part, q1.none, q1.unmarked) == (2, 0, 0, 0)
    assert (q4.full, q4.part, q4.none, q4.unmarked) == (0, 1, 1, 0)
    assert q4.mistakes == (("missing-1-over-m", 2),)
    assert (q9.full, q9.unmarked) == (0, 1)


def test_what_could_not_be_read_counts_for_no_question(late_score):
    unread = tuple(replace(each, earned=Decimal(0), verdicts=()) for each in late_score.questions)
    q1, *_ = question_summaries([late_score, replace(late_score, questions=unread)])
    assert (q1.full, q1.part, q1.none, q1.unmarked) == (1, 0, 0, 0)


def test_where_an_odd_hand_in_can_be_put_right_is_said_once(late_score):
    unsure = replace(late_score, status="needs_review", explanation="no hand-in time is known")
    where = "manifest.csv, line 12, column submitted_at: ''"
    page = summary_page("Homework 1", [unsure], problems={"A0001": where})
    assert text_of(BeautifulSoup(page, "html.parser")).count(where) == 1


def test_missing_modules_are_counted_by_student(late_score):
    twice = replace(late_score, flags=("import:utils", "import:utils", "import:helpers"))
    once = replace(late_score, flags=("import:utils",))
    page = a_page([twice, once])
    assert "utils in 2 hand-ins helpers in 1 hand-in" in text_of(page)


def test_the_histogram_has_a_text_alternative_and_the_pages_colours(late_score):
    page = a_page([late_score])
    picture = page.select_one("svg")
    assert picture["role"] == "img"
    assert "1.05 to 1.4: 0, 0; 1.4 to 1.75: 0, 1; 1.75 to 2.1: 1, 0" in picture["aria-label"]
    assert "var(--after)" in str(picture)
    assert "http" not in "".join(str(tag.get("href", "")) for tag in picture.select("*"))


def test_bins_hold_the_maximum_and_what_is_beyond():
    points = [Decimal(p) for p in ("0", "0.99", "1", "10", "12", "-1")]
    counted = [part.before for part in bins(points, [], Decimal(10))]
    assert counted == [3, 1, 0, 0, 0, 0, 0, 0, 0, 2]


def test_a_class_without_scores_has_a_page(missing_score):
    assert "nothing handed in" in text_of(a_page([missing_score]))
    assert "0 on the roster" in text_of(a_page([]))


def test_names_are_escaped(late_score):
    assert "<script" not in summary_page(
        "<script>", [replace(late_score, name="<script>", flags=("<script>", "import:<script>"))]
    )
