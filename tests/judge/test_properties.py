"""A function of the author's says whether an answer is right; where it cannot, a person does."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from grader.judge import judge
from grader.judge.account import account_of, rule_in_words
from grader.judge.properties import Holds, plain
from grader.questions import Case, Formula, Own, Property, Question, plan
from grader.questions.kinds.property import holds_of
from grader.records.evidence import Evidence, Outcome, Run
from grader.records.values import value_of

CASES = [
    Case("public", (np.array([3.0, 1.0]), 2.0), public=True),
    Case("hidden", lambda rng: (rng.normal(size=4), 0.5)),
]


def shifted(x, by):
    return x + by


def is_larger(result, x, by):
    return bool(np.all(result > x))


def prop(holds=is_larger, cases=CASES, **settings):
    return Property("shift", holds, cases, says="every number grows", **settings)


@pytest.fixture
def on_shifted(verdict_on):
    """`on_shifted(holds)`: the verdict on `shifted` by this property."""
    return lambda holds: verdict_on(prop(holds), shift=shifted)


def test_what_holds_in_every_case_is_right(verdict_on):
    found = verdict_on(prop(weight=2), shift=shifted)
    assert (found.credit, found.weight) == (1, 2)
    assert found.reason == "shift: every number grows, in all 2 cases."
    one = verdict_on(prop(cases=CASES[:1]), shift=shifted)
    assert one.reason == "shift: every number grows, in the one case."


def test_what_does_not_hold_is_wrong_and_shown_where_it_is_public(verdict_on):
    found = verdict_on(prop(), shift=lambda x, by: x - by)
    assert (found.credit, found.mistake, found.error_over_tolerance) == (0, None, None)
    assert found.reason == (
        "shift: it is not so that every number grows, in 2 of 2 cases (public, hidden). "
        "With x = [3., 1.], by = 2.0: got [1.0, -1.0]."
    )
    hidden = verdict_on(prop(), shift=lambda x, by: x + (by if by == 2 else 0))
    assert hidden.reason == "shift: it is not so that every number grows, in 1 of 2 cases (hidden)."


ANSWERS = {
    "True": (True, Decimal(1), None, ""),
    "a truth of NumPy": (np.True_, Decimal(1), None, ""),
    "False": (False, Decimal(0), None, ""),
    "a falsehood of NumPy": (np.all([False]), Decimal(0), None, ""),
    "a reason": ("It shrinks.", Decimal(0), None, "): It shrinks. With"),
    "a slug": ((False, "sign-flipped"), Decimal(0), "sign-flipped", "hidden). With"),
    "a slug and a reason": ((False, "too-small", "it shrinks"), Decimal(0), "too-small", "): it shrinks. With"),
    "a reason in a pair": ((False, "it shrinks"), Decimal(0), None, "): it shrinks. With"),
}  # fmt: skip


@pytest.mark.parametrize("answer", ANSWERS)
def test_what_an_author_may_answer(on_shifted, answer):
    given, credit, slug, reason = ANSWERS[answer]
    found = on_shifted(lambda *a: given)
    assert (found.credit, found.mistake, found.doubt) == (credit, slug, "")
    assert reason in found.reason


def test_a_slug_of_everybodys_has_its_hint(on_shifted):
    found = on_shifted(lambda *a: (False, "sign-flipped"))
    assert found.hint.startswith("Check the sign")


def test_two_slugs_are_no_name_for_it(on_shifted):
    found = on_shifted(lambda result, x, by: (False, "one" if by == 2 else "two"))
    assert (found.credit, found.mistake) == (0, None)


@pytest.mark.parametrize(
    ("holds", "doubt"),
    [
        (lambda *a: None, "the property of shift cannot tell"),
        (lambda *a: 1 / 0, "the property of shift raised ZeroDivisionError: division by zero"),
        (lambda *a: exit(3), "the property of shift raised SystemExit: 3"),
        (
            lambda result, x, by: result > x,
            "the property of shift gave array([ True,  True]), not True, False, None, a reason or (False, slug)",
        ),
        (lambda *a: (False, 3), "the property of shift gave (False, 3), not "),
        (lambda *a: "", "the property of shift gave '', not "),
        (lambda *a: 1, "the property of shift gave 1, not "),
    ],
)
def test_where_the_property_fails_a_person_looks_and_nobody_gets_a_zero(on_shifted, holds, doubt):
    found = on_shifted(holds)
    assert found.credit is None
    assert found.doubt.startswith(doubt)
    assert found.reason == "Whether every number grows could not be told: a person looks at it."


def test_one_case_that_cannot_be_told_leaves_all_of_it_to_a_person(on_shifted):
    found = on_shifted(lambda result, x, by: False if by == 2 else None)
    assert (found.credit, found.doubt) == (None, "the property of shift cannot tell")


def test_what_is_not_there_is_told_as_everywhere(verdict_on):
    assert verdict_on(prop()).mistake == "missing"
    raised = verdict_on(prop(), shift=lambda x, by: 1 / 0)
    assert (raised.credit, raised.mistake) == (0, "raised")
    assert raised.reason.endswith(" in the case 'public'.")
    refused = verdict_on(prop(lambda *a: True), shift=lambda x, by: (x, [object()]))
    assert (refused.credit, refused.mistake) == (0, "wrong-dtype")
    assert "it gives an object, which is not plain data" in refused.reason


def test_it_gets_what_came_as_plain_values_of_its_own(verdict_on):
    seen = []

    def look(result, x, by):
        seen.append(result)
        x *= 0  # what it does to its arguments is its own affair
        result["array"][0] = 9
        return True

    def shift(x, by):
        return {"array": x + by, "number": 3, "nan": np.nan, "pair": (1.5, "text"), "none": None}

    assert verdict_on(prop(look), shift=shift).credit == 1
    first = seen[0]
    assert list(first["array"]) == [9, 3]
    assert (type(first["number"]), first["pair"], first["none"]) == (int, (1.5, "text"), None)
    assert np.isnan(first["nan"])
    assert verdict_on(prop(look), shift=shift).credit == 1


def test_lists_stay_lists_and_lists_of_numbers_are_arrays():
    assert plain(value_of(["a", (1, "b")])) == ["a", (1, "b")]
    assert isinstance(plain(value_of([1, 2])), np.ndarray)
    assert plain(value_of(np.float32(0.5))) == 0.5


def test_functions_among_the_arguments_stay_what_they_are(verdict_on):
    def look(result, f, g, *, by):
        return (f.body, g.name, by, result) == ("x**2", "g", 1, 10)

    case = Case("x", (Formula("x**2"), Own("g", abs)), kwargs={"by": 1})
    check = Property("shift", look, [case], says="it is 10")
    found = verdict_on(check, shift=lambda f, g, by: f(3) + g(by), g=lambda x: x)
    assert found.credit == 1


def test_neither_warnings_nor_random_numbers_of_a_property_are_seen(on_shifted):
    def noisy(result, x, by):
        return f"{np.log(np.zeros(1) - 1)[0]} {np.random.random()}"

    assert on_shifted(noisy) == on_shifted(noisy)
    before = np.random.get_state()[1].copy()
    holds = holds_of(prop(noisy)).function
    assert holds(1, 2, 3) == holds(1, 2, 3)
    assert (np.random.get_state()[1] == before).all()


def test_a_changed_argument_is_remarked_on(verdict_on):
    def shift(x, by):
        x += by
        return x + 1

    assert verdict_on(prop(), shift=shift).remarks == ("it changes its argument 1 in place",)


def judged(properties):
    """The verdict on `shifted` with these functions in the place of the author's."""
    planned = plan("hw", [Question("Q1", "It", [prop()])], b"s")
    outcomes = {p.id: Outcome("", "returned", value_of(99.0)) for p in planned.probes}
    evidence = Evidence(Run("", ()), outcomes)
    (verdict,) = judge(evidence, planned.answer_key, properties(planned.properties))
    (key,) = planned.answer_key.questions[0].checks
    return verdict, account_of(key, evidence, properties(planned.properties)), rule_in_words(key)


@pytest.mark.parametrize(
    ("properties", "doubt"),
    [
        (lambda there: {}, "the property of shift is not among the questions any more"),
        (
            lambda there: {place: Holds("another", all) for place in there},
            "the property of shift is not the one that it was",
        ),
    ],
)
def test_without_its_function_nothing_is_guessed(properties, doubt):
    verdict, cases, _ = judged(properties)
    assert (verdict.credit, verdict.doubt) == (None, doubt)
    assert cases[0].expected == f"every number grows: {doubt}"


def test_whoever_explains_it_sees_what_it_says_of_each_case():
    verdict, cases, rule = judged(lambda there: there)
    assert verdict.credit == 1
    assert rule == "a property: every number grows"
    assert [case.expected for case in cases] == ["every number grows: so it is"] * 2
    assert cases[0].got == "99"
    wrong = {"hw/Q1/1 shift": lambda *a: "it shrinks"}
    _, cases, _ = judged(lambda there: {p: replace(h, function=wrong[p]) for p, h in there.items()})
    assert cases[1].expected == "every number grows: it shrinks"
