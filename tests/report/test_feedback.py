from dataclasses import replace
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup

from grader.records.submissions import Submission
from grader.report import feedback_page


def a_page(score, **more):
    return BeautifulSoup(feedback_page(score, title="Homework 1", **more), "html.parser")


def text_of(tag):
    return " ".join(tag.get_text(" ").split())


def test_the_score_and_its_explanation_come_first(late_score):
    page = a_page(late_score)
    assert page.html["lang"] == "en"
    assert page.title.text == "A0001: Homework 1"
    assert text_of(page.select_one("section.score")) == (
        "1.40 of 3.50 2.00 of 3.5, 2 days late: x 0.70 = 1.40; Q9 is not marked yet"
    )
    assert "This is not final" in page.text


def test_it_says_which_file_was_graded(late_score):
    submission = Submission(
        "A0001", 2, "submissions/hw1/A0001/2/mine.ipynb", late_score.submitted_at, "ab" * 32
    )
    facts = text_of(a_page(late_score, submission=submission).select_one("dl.facts"))
    assert facts == (
        "File mine.ipynb Attempt 2 Handed in Thu 1 Sep 2022, 16:30:05 (UTC+08:00) "
        f"SHA-256 {'ab' * 32}"
    )


def test_each_question_has_its_row(late_score):
    table = a_page(late_score).select_one("table")
    assert [th["scope"] for th in table.select("thead th")] == ["col"] * 4
    assert [text_of(row) for row in table.select("tbody tr")] == [
        "Q1 The prediction ✓ right 1.00 1.00",
        "Q4 The gradient of J ◐ partly right 1.00 2.00",
        "Q9 In your words … not marked yet 0.00 0.50",
    ]
    assert text_of(table.tfoot) == "Total 2.00 3.50"


def test_each_verdict_gives_reason_mistake_hint_and_remarks(late_score):
    page = a_page(late_score)
    q4 = page.select(".verdict")[1]
    assert text_of(q4) == (
        "◐ compute_gradient : partly right, 50% (the factor 1/m is missing) "
        "dj_dw is m times the expected value in both cases (m = 2, 50). "
        "Hint: Did you take the mean over the examples? Remark: It changes its argument x."
    )


def test_a_mark_is_not_called_missing(late_score):
    marked = replace(late_score.questions[2], earned=Decimal("0.25"))
    score = replace(late_score, flags=(), questions=(*late_score.questions[:2], marked))
    page = a_page(score)
    assert text_of(page.select("tbody tr")[2]) == "Q9 In your words ◐ partly right 0.25 0.50"
    assert text_of(page.select(".verdict")[2]).startswith("· answer : decided by a person")
    assert "not marked yet" not in text_of(page.select_one("main")).replace(score.explanation, "")


def test_what_could_not_be_read_is_not_called_wrong(late_score):
    unread = tuple(replace(each, earned=Decimal(0), verdicts=()) for each in late_score.questions)
    score = replace(late_score, status="unreadable", flags=(), questions=unread)
    page = a_page(score)
    assert [text_of(row.td) for row in page.select("tbody tr")] == ["– not judged"] * 3
    assert "What was found" not in page.text
    assert "Does it open in Jupyter on your machine?" in text_of(page.select_one(".notice"))


def test_a_hint_shows_code_as_code(late_score):
    verdict = replace(late_score.questions[0].verdicts[0], hint="It ends without `return`: <b>?")
    question = replace(late_score.questions[0], verdicts=(verdict,))
    hint = a_page(replace(late_score, questions=(question,))).select(".verdict .says")[0]
    assert hint.select_one("code").text == "return"
    assert "<b>?" in hint.text


def test_points_have_as_many_places_as_the_policy(late_score):
    page = a_page(replace(late_score, score=Decimal(1), earned=Decimal(2)), places=0)
    assert text_of(page.select_one(".points")) == "1 of 3.5"
    assert text_of(page.select("tbody tr")[2]).endswith("0.0 0.5")


def test_links_inside_the_page_lead_somewhere(late_score):
    page = a_page(late_score)
    targets = {tag["id"] for tag in page.select("[id]")}
    assert {a["href"] for a in page.select("a[href^='#']")} <= {f"#{id}" for id in targets}


def test_flags_are_explained(late_score):
    text = text_of(a_page(late_score))
    assert "Cell 4 ran longer than the limit and was left out." in text
    assert "Q9 is marked by a person." in text


def test_what_comes_from_outside_is_escaped(late_score):
    evil = "<script>hit()</script>"
    verdict = replace(late_score.questions[0].verdicts[0], reason=evil, hint=evil, mistake=evil)
    question = replace(late_score.questions[0], title=evil, verdicts=(verdict,))
    score = replace(
        late_score, name=evil, student=evil, flags=(f"renamed:{evil}", evil), explanation=evil,
        questions=(question,),
    )  # fmt: skip
    submission = Submission(evil, 1, f"{evil[:8]}.ipynb", None, "", problem=evil)
    page = feedback_page(score, title=evil, submission=submission, problem=evil)
    assert "<script" not in page
    assert page.count("&lt;script") >= 8


def test_somebody_who_handed_nothing_in_has_a_page(missing_score):
    text = text_of(a_page(missing_score))
    assert "0.00 of 3.50 nothing handed in = 0.00" in text
    assert "No hand-in was found." in text
    assert "Questions" not in text


@pytest.mark.parametrize(
    ("status", "words"), [("excused", "no score"), ("needs_review", "no score yet")]
)
def test_no_score_is_said_in_words(late_score, status, words):
    page = a_page(replace(late_score, score=None, status=status))
    assert text_of(page.select_one(".points")) == words
