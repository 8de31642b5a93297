from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grader.records.findings import Case, Curve, Difference, Finding, Tangent
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
    assert [th["scope"] for th in table.select("thead th")] == ["col"] * 5
    assert text_of(table.thead) == "Question Points Verdict Diagnosis Hint"
    assert [text_of(row) for row in table.select("tbody tr")] == [
        "Q1 The prediction 1.00 of 1.00 ✓ right",
        "Q4 The gradient of J 1.00 of 2.00 ◐ partly right compute_gradient : the factor 1/m is "
        "missing Did you take the mean over the examples?",
        "Q9 In your words 0.00 of 0.50 … not marked yet answer : not marked yet",
    ]
    assert text_of(table.tfoot) == "Total 2.00 of 3.50"


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
    assert text_of(page.select("tbody tr")[2]) == (
        "Q9 In your words 0.25 of 0.50 ◐ partly right answer : decided by a person"
    )
    assert text_of(page.select(".verdict")[2]).startswith("· answer : decided by a person")
    assert "not marked yet" not in text_of(page.select_one("main")).replace(score.explanation, "")


def test_what_could_not_be_read_is_not_called_wrong(late_score):
    unread = tuple(replace(each, earned=Decimal(0), verdicts=()) for each in late_score.questions)
    score = replace(late_score, status="unreadable", flags=(), questions=unread)
    page = a_page(score)
    assert [text_of(cell) for cell in page.select("tbody .verdict-cell")] == ["– not judged"] * 3
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
    assert "0.0 of 0.5" in text_of(page.select("tbody tr")[2])


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


WRONG = np.array([[0.0, 1.0, 0.0]])
DIFFERENCE = Difference("the 2nd value", (3,), WRONG, 1, (1,), "4", "7")
CASES = (
    Case("three points", "x = [1, 2, 3]", "[1, 4, 9]", "[1, 7, 9]", 3.0, 4.2e8, (DIFFERENCE,)),
    Case("as it is", "", None, "the text 'x^2'"),
)
Q4 = ("Q4", 0)


def test_a_wrong_number_is_shown_with_inputs_expected_got_and_error(late_score):
    page = a_page(late_score, findings={Q4: Finding(CASES, hidden=2)})
    verdict = page.select(".verdict")[1]
    assert [th["scope"] for th in verdict.select("thead th")] == ["col"] * 5
    assert [text_of(row) for row in verdict.select("tbody tr")] == [
        "three points x = [1, 2, 3] [1, 4, 9] [1, 7, 9] 3; 4.2e+08 times what is tolerated",
        "as it is not shown the text 'x^2'",
    ]
    assert "2 hidden cases went wrong too; their numbers are not shown." in text_of(verdict)


def test_pictures_say_in_words_what_they_show(late_score):
    curve = Curve("the case c", np.array([3.0, np.nan]), np.array([3.0, 2.0, 1.0]))
    line = Tangent("p", "J", np.array([-1.0, 1.0]), np.array([1.0, 2.0]), 1e-3, 2.5, 5.0, False)
    finding = Finding(CASES, 0, (curve,), (line,))
    pictures = a_page(late_score, findings={Q4: finding}).select("figure svg[role=img]")
    assert [picture["aria-label"] for picture in pictures] == [
        "The 2nd value: 1 of 3 elements is off (filled). Most of all [1]: expected 4, got 7.",
        "The training run of the case c: the objective before each step. Your run: 2 steps, from 3 "
        "to not finite, not finite from step 1 on. The reference: 3 steps, from 3 to 1.",
        "Case p: along a line through its point your own J has the slope 2.5; your gradient says 5. "
        "They differ.",
    ]
    drawn = "".join(map(str, pictures))
    assert "nan" not in drawn
    assert "inf" not in drawn


@pytest.mark.parametrize(
    "own",
    [[1.0, 1.0], [0.0, 0.0], [1e308, -1e308], [np.inf, 1.0], [5e-324, 1e300], [-1.0, 3.0]],
)
def test_odd_curves_are_drawn_inside_of_their_picture(late_score, own):
    curve = Curve("the case c", np.array(own), np.empty(0))
    page = a_page(late_score, findings={Q4: Finding(curves=(curve,))})
    for line in page.select("figure polyline"):
        for point in line["points"].split():
            x, y = map(float, point.split(","))
            assert 0 <= x <= 440
            assert 0 <= y <= 250


def test_what_code_answered_is_escaped_in_tables_and_pictures(late_score):
    evil = "</svg><script>hit()</script>"
    case = Case(evil, evil, evil, evil, None, None, (replace(DIFFERENCE, got=evil, part=evil),))
    curve = Curve(evil, np.array([1.0, 2.0]), np.empty(0))
    finding = Finding((case,), 0, (curve,))
    text = feedback_page(late_score, title="Homework 1", findings={Q4: finding})
    assert "<script" not in text


def a_notebook():
    sources = ["import numpy as np", "def predict(x):\n    return x", "predict(1)"]
    return new_notebook(cells=[new_markdown_cell("Hello"), *map(new_code_cell, sources)])


def test_a_verdict_stands_beside_the_cell_that_defines_the_function(late_score):
    page = a_page(late_score, notebook=a_notebook(), defined_in={"predict": 2})
    rows = page.select(".beside")
    assert [text_of(row.select_one(".said")) if row.select(".said") else "" for row in rows] == [
        "", "✓ predict : right · Q1", "",
    ]  # fmt: skip
    assert "def predict" in rows[1].select_one(".theirs").get_text()
    assert rows[1].select_one(".said a")["href"] == "#1"


def test_a_verdict_is_never_inside_of_a_frame_and_a_cell_never_outside(late_score):
    page = a_page(late_score, notebook=a_notebook(), defined_in={"predict": 2})
    assert page.select(".theirs .said") == []
    assert len(page.select(".nb-cell")) == len(page.select(".theirs > .work > .nb-cell")) == 4
    labels = [frame["aria-label"] for frame in page.select("section.theirs")]
    assert len(set(labels)) == len(labels) == 3
    assert all(frame.p.text == "The student’s own work" for frame in page.select("section.theirs"))
