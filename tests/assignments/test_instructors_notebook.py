"""The instructor's notebook earns everything, the students' version nothing, and a mutant loses
what its mistake is about: numbers worked out by hand from assignment.toml and questions.py."""

from __future__ import annotations

from decimal import Decimal

import pytest

pytestmark = pytest.mark.slow

ASSIGNMENTS = ("hw1", "hw2", "hw3")


def earned_by_question(score):
    return {question["id"]: Decimal(question["earned"]) for question in score["questions"]}


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_the_instructors_notebook_earns_every_point(graded, name):
    score = graded[name].scores["instructor"]
    for question in score["questions"]:
        assert question["earned"] == question["points"], question
    assert (score["earned"], score["score"], score["maximum"]) == ("10.00", "10.00", "10")
    assert (score["status"], score["flags"]) == ("graded", [])


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_the_machine_judges_all_of_it_but_the_written_answer_of_hw1(graded, name):
    by_a_person = [
        (question["id"], verdict["reason"])
        for question in graded[name].scores["instructor"]["questions"]
        for verdict in question["verdicts"]
        if "A person" in verdict["reason"]
    ]
    assert by_a_person == [("Q9", "A person gave it 0.5 of 0.5.")] * (name == "hw1")


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_the_students_version_earns_nothing(graded, name):
    score = graded[name].scores["student"]
    assert set(earned_by_question(score).values()) == {0}
    assert (score["earned"], score["score"], score["status"]) == ("0.00", "0.00", "graded")


# assignment: what the questions that lose points still earn, the sum, and what says so
LOST = {
    # compute_gradient without 1/m. Q4 2 is lost, and half of Q6 2 (descent is right along it);
    # training diverges, so of Q7's weights 4 for the parameters and 2 for test_cost are lost, and the four
    # variables of the split, 1 each, are left: 4 of 10 of its 1 point.
    "hw1": ({"Q4": "0", "Q6": "1", "Q7": "0.4"}, "6.40", "Q4", "missing-1-over-m"),
    # d_Ax_dx gives A: one of the three functions of Q4's 3 points
    "hw2": ({"Q4": "2"}, "9.00", "Q4", "transposed"),
    # gradient_loop without 1/m: Q4 is 1.5, and nothing else calls it
    "hw3": ({"Q4": "0"}, "8.50", "Q4", "missing-1-over-m"),
}


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_a_mutant_loses_exactly_what_its_mistake_is_about(graded, name):
    left, total, _, _ = LOST[name]
    score = graded[name].scores["mutant"]
    full = {q["id"]: Decimal(q["points"]) for q in score["questions"]}
    assert earned_by_question(score) == full | {id: Decimal(text) for id, text in left.items()}
    assert (score["earned"], score["score"]) == (total, total)


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_the_mistake_is_named_in_the_scores_and_on_the_students_page(graded, name):
    _, _, id, slug = LOST[name]
    score = graded[name].scores["mutant"]
    (verdict,) = (
        verdict
        for question in score["questions"]
        if question["id"] == id
        for verdict in question["verdicts"]
        if verdict["credit"] == 0
    )
    assert verdict["mistake"] == slug
    page = (graded[name].folder / "feedback/mutant.html").read_text("utf-8")
    words = {"missing-1-over-m": "the factor 1/m is missing", "transposed": "transposed"}[slug]
    assert words in page
    assert verdict["hint"] in page
    assert words not in (graded[name].folder / "feedback/instructor.html").read_text("utf-8")
