from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from bs4 import BeautifulSoup

from grader.records.scores import QuestionScore, Score
from grader.records.verdicts import Verdict
from grader.report import summary_page
from grader.report.borderline import borderline, few_of_each, in_doubt
from grader.report.discrimination import correlation, weak_checks
from grader.report.failures import failures
from grader.report.hand_in_times import slots
from grader.report.histogram import bins
from grader.report.summary import question_summaries, summary_parts, to_teach


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
    assert [a["href"] for a in page.select("[aria-label=Everybody] a")] == [
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


DUE = datetime(2022, 8, 30, 17, 0, tzinfo=ZoneInfo("Asia/Singapore"))


@pytest.mark.parametrize(
    ("after", "words"),
    [
        ({"days": -30}, "more than 3 days before"),
        ({"days": -3}, "more than 3 days before"),
        ({"days": -3, "seconds": 1}, "3 to 2 days before"),
        ({"hours": -1}, "3 hours to 1 hour before"),
        ({"hours": -1, "seconds": 1}, "in the last hour"),
        ({"seconds": 59}, "in the last hour"),
        ({"seconds": 60}, "day 1 after"),
        ({"days": 1, "seconds": 59}, "day 1 after"),
        ({"days": 1, "seconds": 60}, "day 2 after"),
        ({"days": 7, "seconds": 60}, "more than 7 days after"),
        ({"days": 90}, "more than 7 days after"),
    ],
)
def test_hand_in_times_are_counted_around_the_deadline(after, words):
    found = slots(DUE, [DUE + timedelta(**after)])
    assert [slot.words for slot in found if slot.count] == [words]
    assert [slot.is_late for slot in found if slot.count] == [words.endswith("after")]


def test_hand_in_times_are_a_picture_with_its_numbers_in_words(late_score):
    text = summary_page("Homework 1", [late_score], due=DUE)
    picture = BeautifulSoup(text, "html.parser").select_one("[aria-label='Hand-in times'] svg")
    assert picture["aria-label"].endswith("in the last hour: 0; day 1 after: 0; day 2 after: 1")


def a_class(credits, rest, *, earned=None):
    """Scores with a check `f` of so much credit, and so many points for everything else."""
    scores = []
    for number, (credit, other) in enumerate(zip(credits, rest, strict=True)):
        credit, other = Decimal(str(credit)), Decimal(str(other))
        one = QuestionScore("Q1", "One", Decimal(1), credit, (Verdict("Q1", "f", credit, ""),))
        two = QuestionScore("Q2", "Two", Decimal(9), other, (Verdict("Q2", "g", other / 9, ""),))
        scores.append(
            Score(f"s{number:03}", "", "hw", 1, DUE, 0, credit + other, Decimal(10), Decimal(0),
                  credit + other, "graded", (), "", (one, two))
        )  # fmt: skip
    return scores


def test_a_check_that_nearly_all_or_none_pass_tells_little():
    rest = [k % 10 * 0.9 for k in range(40)]
    assert [
        (weak.question, weak.check, weak.words) for weak in weak_checks(a_class([1] * 40, rest))
    ] == [("Q1", "f", "nearly everybody passes it (a mean credit of 1.00 over 40 hand-ins)")]
    (weak,) = weak_checks(a_class([0] * 39 + [1], rest))
    assert weak.words == "nearly nobody passes it (a mean credit of 0.03 over 40 hand-ins)"


def test_a_check_that_the_weak_pass_and_the_strong_fail_is_said_with_its_measure():
    rest = [k % 10 * 0.9 for k in range(40)]
    backwards = [1 if other < 4 else 0 for other in rest]
    (weak,) = [each for each in weak_checks(a_class(backwards, rest)) if each.check == "f"]
    assert weak.words.startswith("those who pass it do worse elsewhere than those who fail (corr")
    assert "-0.8" in weak.words
    forwards = [1 - credit for credit in backwards]
    assert weak_checks(a_class(forwards, rest)) == []


def test_its_own_points_do_not_make_a_check_look_better():
    """Of two checks that have nothing in common the total is correlated with both."""
    rng = np.random.default_rng(5)
    credits = rng.integers(0, 2, 400)
    rest = 0.9 * rng.integers(0, 2, 400)
    pairs = [(float(c), float(r)) for c, r in zip(credits, rest, strict=True)]
    assert abs(correlation(pairs)) < 0.1
    assert correlation([(c, c + r) for c, r in pairs]) > 0.6
    assert weak_checks(a_class(credits, rest)) == []


def test_of_few_hand_ins_no_check_is_said_to_tell_little():
    assert weak_checks(a_class([1] * 9, range(9))) == []
    assert correlation([(1.0, 2.0), (1.0, 3.0)]) is None


def with_error(score, ratio, *, student="A0001", doubt=""):
    q1, *others = score.questions
    verdict = replace(q1.verdicts[0], error_over_tolerance=ratio, doubt=doubt)
    return replace(score, student=student, questions=(replace(q1, verdicts=(verdict,)), *others))


def test_verdicts_near_the_line_come_first_the_nearest_before_others(late_score):
    ratios = {"a": 0.2, "b": 0.34, "c": 0.9, "d": 1.4, "e": 2.9, "f": 3.1, "g": None}
    scores = [with_error(late_score, ratio, student=who) for who, ratio in ratios.items()]
    assert [(each.student, each.is_right) for each in borderline(scores)] == [
        ("c", True), ("d", False), ("e", False), ("b", True),
    ]  # fmt: skip
    page = a_page(scores)
    rows = page.select("[aria-label='Verdicts near the line'] tbody tr")
    assert text_of(rows[0]) == "c Q1 predict ✓ within 0.90 1.00"
    assert rows[0].a["href"] == "feedback/c.html"


def test_who_is_near_the_line_everywhere_takes_three_rows(late_score):
    verdict = replace(late_score.questions[0].verdicts[0], error_over_tolerance=0.9)
    question = replace(late_score.questions[0], verdicts=(verdict,) * 10)
    found = few_of_each(borderline([replace(late_score, questions=(question,))]))
    assert Counter(each.student for each in found) == {"A0001": 3}


def test_who_has_most_in_doubt_needs_a_person_first(late_score):
    sure = replace(with_error(late_score, 5.0, student="sure"), status="needs_review")
    unsure = replace(
        with_error(late_score, 1.1, student="unsure", doubt="near"), status="needs_review"
    )
    assert (in_doubt(sure), in_doubt(unsure)) == (None, Decimal(1))
    rows = a_page([sure, unsure]).select("table")[0].select("tbody tr")
    assert [text_of(row.th).split()[0] for row in rows] == ["unsure", "sure"]
    assert text_of(rows[0].select("td")[1]) == "1.00"


def test_failures_are_grouped_by_their_reason_with_who(late_score):
    slow = [replace(late_score, student=f"s{k}", flags=("timeout:cell 4",)) for k in (1, 2)]
    dead = replace(late_score, student="s3", flags=("exited:predict", "import:utils"))
    broken = replace(late_score, student="s4", status="unreadable", flags=())
    found = failures([*slow, dead, broken])
    assert [(each.words, each.students) for each in found] == [
        ("Cell 4 ran longer than the limit and was left out.", ("s1", "s2")),
        ("A call of predict ended the Python process.", ("s3",)),
        ("The hand-in could not be read.", ("s4",)),
    ]
    page = a_page([*slow, dead, broken])
    assert "Failures" in [tag.text for tag in page.select("h2")]


def test_what_to_teach_again_is_what_most_did_wrong_and_no_crash(late_score):
    crashed = replace(late_score.questions[0].verdicts[0], credit=Decimal(0), mistake="raised")
    question = replace(late_score.questions[0], verdicts=(crashed,))
    scores = [
        replace(late_score, student=f"s{k}", questions=(question, *late_score.questions[1:]))
        for k in range(3)
    ]
    (found,) = to_teach(scores)
    assert (found.slug, found.questions, found.count) == ("missing-1-over-m", ("Q4",), 3)
    assert "the factor 1/m is missing : 3 students (Q4)" in text_of(a_page(scores))
    assert to_teach(scores[:1]) == []


def test_the_page_of_a_large_class_is_never_one_piece(late_score):
    scores = [replace(late_score, student=f"s{k}") for k in range(3000)]
    sizes = [len(part) for part in summary_parts("Homework 1", scores, due=DUE)]
    assert max(sizes) < sum(sizes) / 20
