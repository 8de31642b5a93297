"""`plan` makes probes without answers and a key; what an author got wrong it refuses in words."""

from __future__ import annotations

import pickle
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from grader.errors import GraderError
from grader.questions import (
    Case,
    Data,
    Expression,
    Figure,
    Formula,
    Mistake,
    ObjectiveAt,
    Own,
    Property,
    Question,
    Returns,
    Trained,
    Variable,
    Vectorised,
    Within,
    Written,
    load_questions,
    plan,
)
from grader.records.values import arrays_in, value_of
from reference import univariate as ref


def line(m):
    return lambda rng: (rng.normal(size=m), rng.normal(size=m), rng.normal(), rng.normal())


POINT = (np.array([1.0, 2.0, 3.5]), np.array([2.0, 3.0, 5.0]), 0.5, 1.0)
CASES = [
    Case("public", POINT, public=True),
    Case("drawn in public", line(4), public=True),
    Case("m = 1", line(1)),
    Case("m = 30", line(30)),
]
DATA = Data(np.array([1.0, 2.0, 4.0]), np.array([1.3, 2.9, 4.1]))
EVERY_KIND = [
    Question("Q1", "Functions", [
        Returns("cost", ref.compute_cost, CASES, mistakes=[Mistake("twice", lambda *a: 2 * ref.compute_cost(*a))]),
        Within("near", lambda *a: ref.compute_cost(*a) - 0.1, lambda *a: ref.compute_cost(*a) + 0.1, CASES),
        Vectorised("cost", ref.compute_cost, lambda rng, m: line(m)(rng)),
        Property("cost", lambda result, *args: result >= 0, CASES, says="no cost is negative"),
    ]),
    Question("Q2", "Variables", [
        Expression("d", "3*x^2 + 1/x", mistakes=[Mistake("a", "3*x^2")]),
        Variable("x_train", np.array([0.123456, 7.891011]), mistakes=[Mistake("b", np.array([9.87654, 3.21]))]),
        Trained(["w", "b"], DATA),
        ObjectiveAt("test_cost", ["w", "b"], DATA),
        Figure(),
        Written(),
    ]),
]  # fmt: skip


def content(planned):
    """Everything that is sent, and everything that is judged with, as bytes by probe or check."""
    probes = {p.id: pickle.dumps((p.target, p.args, p.kwargs, p.call)) for p in planned.probes}
    checks = [pickle.dumps(c) for q in planned.answer_key.questions for c in q.checks]
    return probes, checks


def one(check, secret=b"s"):
    planned = plan("hw", [Question("Q1", "It", [check])], secret)
    (question,) = planned.answer_key.questions
    return question.checks[0]


def refused(check, secret=b"s"):
    with pytest.raises(GraderError) as caught:
        one(check, secret)
    return caught.value


def test_the_same_secret_makes_the_same_plan_to_the_byte():
    assert content(plan("hw", EVERY_KIND, b"s")) == content(plan("hw", EVERY_KIND, b"s"))


def test_what_else_was_drawn_before_does_not_matter():
    np.random.seed(3)
    one_way = content(plan("hw", EVERY_KIND, b"s"))
    np.random.normal(size=10)
    assert content(plan("hw", EVERY_KIND, b"s")) == one_way


def test_another_secret_changes_every_hidden_input_and_no_public_one():
    first, second = (content(plan("hw", EVERY_KIND, secret))[0] for secret in (b"s", b"t"))
    assert first.keys() == second.keys()
    same = {name for name in first if first[name] == second[name]}
    assert same == {name for name in first if "public" in name or "read " in name}


def test_without_a_secret_only_what_students_may_see_is_there():
    planned = plan("hw", EVERY_KIND, None)
    assert {p.id.rpartition("/")[2] for p in planned.probes} == {"public", "drawn in public"}
    kinds = [type(c).__name__ for q in planned.answer_key.questions for c in q.checks]
    assert kinds == ["ReturnsKey", "WithinKey", "PropertyKey", "FigureKey", "WrittenKey"]
    with_secret = content(plan("hw", EVERY_KIND, b"s"))[0]
    assert all(with_secret[name] == sent for name, sent in content(planned)[0].items())


def test_every_probe_has_an_id_of_its_own():
    ids = [probe.id for probe in plan("hw", [*EVERY_KIND, *[
        Question("Q3", "Again", [Returns("cost", ref.compute_cost, CASES)] * 2)]], b"s").probes]  # fmt: skip
    assert len(set(ids)) == len(ids)


def numbers_of(thing):
    """Every number of an answer key that is an answer, as the eight bytes that it is made of."""
    found = []
    for name in ("want", "low", "high", "mistakes", "mistaken", "optimum", "scale", "objective"):
        for value in np.atleast_1d(np.array(getattr(thing, name, ()), dtype=object)).ravel():
            try:
                found += [a.data for a in arrays_in(value_of(value))]
            except TypeError:
                found += [getattr(value, key) for key in ("X", "y") if hasattr(value, key)]
    return [n for array in found for n in np.asarray(array, float).ravel()]


def test_no_probe_holds_an_expected_value():
    planned = plan("hw", EVERY_KIND, b"s")
    sent = b"".join(pickle.dumps(probe) for probe in planned.probes)
    checks = [check for question in planned.answer_key.questions for check in question.checks]
    parts = [*checks, *(case for check in checks for case in getattr(check, "cases", ()))]
    parts += [
        getattr(check, size)
        for check in checks
        for size in ("small", "large")
        if hasattr(check, size)
    ]
    answers = [n for part in parts for n in numbers_of(part) if n != round(n, 1)]
    assert len(answers) > 40
    for number in answers:
        assert np.float64(number).tobytes() not in sent
        assert np.float64(number).tobytes()[::-1] not in sent  # big-endian, as pickle has floats
    for text in ("3*x", "1/x", "twice"):
        assert text.encode() not in sent


def test_the_inputs_themselves_are_found_by_that_search():
    planned = plan("hw", EVERY_KIND, b"s")
    sent = b"".join(pickle.dumps(probe) for probe in planned.probes)
    assert np.float64(3.5).tobytes() in sent


SCALES = {
    "a sum": (lambda x: np.sum(x), (np.array([1.0, 2.0]),)),
    "what cancels": (lambda x, y: x - y, (1.0, 1.0)),
    "narrow integers": (lambda x: x, (np.array([-128, 3], np.int8),)),
    "unsigned": (lambda x: x, (np.array([250, 3], np.uint8),)),
    "true and false": (lambda x: x > 1, (np.array([0.5, 2.0]),)),
    "complex": (lambda x: x * (3 + 4j), (np.array([1.0, -2.0]),)),
    "a tuple": (lambda x: (x, {"a": [x.sum(), "text"]}), (np.array([1.0, -2.0]),)),
    "another length when moved": (lambda x: np.zeros(int(1e6 * x) % 7), (0.123,)),
    "raises when moved": (lambda x: {2.0: 0.5}[x], (2.0,)),
    "raises for floats": (lambda n: np.ones(n), (3,)),
    "a step": (lambda x: np.sign(x), (np.array([0.0, 1.0]),)),
    "near the largest": (lambda x: x, (np.array([1e308, -1e308]),)),
    "nothing": (lambda x: [], (1.0,)),
}


@pytest.mark.parametrize("how", SCALES)
def test_the_measured_scale_is_finite_and_at_least_what_is_expected(how):
    function, args = SCALES[how]
    (case,) = one(Returns("f", function, [Case("it", args)])).cases
    pairs = zip(arrays_in(case.want), arrays_in(case.scale), strict=True)
    for want, scale in pairs:
        size = np.abs(want.data.astype(np.result_type(want.data, float)))
        assert want.data.shape == scale.data.shape
        assert (scale.data >= size).all()
        assert np.isfinite(scale.data).all()


def test_the_terms_of_what_cancels_are_seen():
    check = Returns("f", lambda x, y: np.array([x - y, x + y]), [Case("it", (1e5, 1e5))])
    scale = one(check).cases[0].scale.data
    assert (scale > 1e4).all()


def test_a_scale_of_the_author_holds_for_other_right_answers_too():
    def wide(*args):
        return 1e6

    check = Returns("cost", ref.compute_cost, CASES, scale=wide, accept=[lambda *a: 2e6])
    (accepted,) = one(check).accept
    assert [float(case.scale.data) for case in accepted] == [2e6] * len(CASES)
    check = Returns("cost", ref.compute_cost, CASES, scale=wide, accept=[lambda *a: 3.0])
    assert [float(case.scale.data) for case in one(check).accept[0]] == [1e6] * len(CASES)


def test_a_scale_of_the_author_is_raised_to_what_is_expected():
    check = Returns("f", lambda x: (x, x), [Case("it", (-4.0,))], scale=lambda x: (0.0, 9.0))
    scale = one(check).cases[0].scale
    assert [float(item.data) for item in scale.items] == [4.0, 9.0]


def test_credit_and_weight_are_the_decimals_that_were_written():
    key = one(Returns("f", abs, [Case("it", (1.0,))], weight=0.1, mistakes=[Mistake("a", lambda x: 2.0, credit=0.3)]))  # fmt: skip
    assert (key.weight, key.mistakes[0].credit) == (Decimal("0.1"), Decimal("0.3"))


def test_a_mistake_may_raise_or_diverge_in_some_cases():
    cases = [Case("zero", (0.0,)), Case("two", (2.0,))]
    key = one(Returns("f", lambda x: x, cases, mistakes=[
        Mistake("raises", lambda x: 1 / x), Mistake("nan", lambda x: np.log(x)),
    ]))  # fmt: skip
    assert [[m is None for m in case.mistakes] for case in key.cases] == [
        [True, True],
        [False, False],
    ]


def test_a_mistake_that_gives_numbers_in_no_case_is_refused():
    check = Returns("f", lambda x: x, [Case("one", (1.0,), public=True), Case("two", (2.0,))], mistakes=[
        Mistake("other-arguments", lambda x, y: x)])  # fmt: skip
    error = refused(check)
    assert error.problem.startswith(
        "the mistake 'other-arguments' gives no numbers in any case: TypeError: "
    )
    assert error.at == "hw/Q1/1 f, key mistakes"
    assert one(check, secret=None).cases[0].mistakes == (None,)


X = np.array([1.0, 2.0])
REFUSED = {
    "raises": (
        Returns("f", lambda x: 1 / x, [Case("fine", (1,)), Case("zero", (0,))]),
        "<lambda> raises ZeroDivisionError: division by zero",
        "hw/Q1/1 f, case 'zero'",
    ),
    "NaN": (
        Returns("f", np.log, [Case("zero", (np.array([1.0, -1.0]),))]),
        "the reference for f gives NaN or infinity",
        "hw/Q1/1 f, case 'zero'",
    ),
    "NaN deep inside": (
        Returns("f", lambda x: {"a": [x, (np.inf, "b")]}, [Case("it", (1,))]),
        "the reference for f gives NaN or infinity",
        "hw/Q1/1 f, case 'it'",
    ),
    "None": (
        Returns("f", lambda x: None, [Case("it", (1,))]),
        "the reference for f gives None",
        "hw/Q1/1 f, case 'it'",
    ),
    "objects": (
        Returns("f", lambda: pd.DataFrame({"a": [1, "x"]}), [Case("it", ())]),
        "<lambda> raises TypeError: a DataFrame of dtype object is not an array of numbers",
        "hw/Q1/1 f, case 'it'",
    ),
    "too few arguments": (
        Returns("f", ref.predict, [Case("it", (X, 1.0))]),
        "the case gives 2 arguments, predict takes ",
        "hw/Q1/1 f, case 'it'",
    ),
    "an unknown keyword": (
        Returns("f", lambda x: x, [Case("it", (X,), kwargs={"y": 1})]),
        "the case gives 1 argument, y=, <lambda> takes (x): got an unexpected keyword argument 'y'",
        "hw/Q1/1 f, case 'it'",
    ),
    "one array for the arguments": (
        Returns("f", np.sum, [Case("it", lambda rng: rng.normal(size=3))]),
        "the case draws one ndarray, not the arguments in their order",
        "hw/Q1/1 f, case 'it'",
    ),
    "a function that cannot be sent": (
        Returns("f", lambda g: g(1), [Case("it", (lambda x: x,))]),
        "an argument cannot be sent: a function is not plain data",
        "hw/Q1/1 f, case 'it'",
    ),
    "an array of objects": (
        Returns("f", lambda x: 1, [Case("it", (np.array([None]),))]),
        "an argument cannot be sent: an ndarray of dtype object is not an array of numbers",
        "hw/Q1/1 f, case 'it'",
    ),
    "a formula that is none": (
        Returns("f", lambda g: 1, [Case("it", (Formula("x +"),))]),
        "the formula 'x +' is not Python: invalid syntax",
        "hw/Q1/1 f, case 'it'",
    ),
    "a scale of another shape": (
        Returns("f", np.sum, [Case("it", (X,))], scale=np.abs),
        "the scale for f is an ndarray of shape (2,), the result the number 3",
        "hw/Q1/1 f, case 'it'",
    ),
    "a scale of NaN": (
        Returns("f", np.sum, [Case("it", (X,))], scale=lambda x: np.nan),
        "the scale for f gives NaN or infinity",
        "hw/Q1/1 f, case 'it'",
    ),
    "a path that is not there": (
        Returns("f", lambda x: (x, x), [Case("it", (1.0,))], ignore=[(2,)]),
        "ignore names (2,), which the result of f does not have",
        "hw/Q1/1 f",
    ),
    "an empty interval": (
        Within("f", lambda x: 1.0, lambda x: -1.0, [Case("it", (1.0,))]),
        "low and high are no interval: [1.0, -1.0]",
        "hw/Q1/1 f, case 'it'",
    ),
    "bounds of two shapes": (
        Within("f", lambda x: -1.0, lambda x: x, [Case("it", (X,))]),
        "low and high are no interval: [-1.0, [1. 2.]]",
        "hw/Q1/1 f, case 'it'",
    ),
    "a bound of NaN": (
        Within("f", lambda x: np.nan, lambda x: 1.0, [Case("it", (X,))]),
        "low and high are no interval: [nan, 1.0]",
        "hw/Q1/1 f, case 'it'",
    ),
    "a bound that is text": (
        Within("f", lambda x: "0", lambda x: 1.0, [Case("it", (X,))]),
        "a bound is the text '0'",
        "hw/Q1/1 f",
    ),
    "an answer in another letter": (
        Expression("d", "2*t"),
        "the expression '2*t' cannot be read: the name 't' is not known",
        "hw/Q1/1 d",
    ),
    "an answer outside of its domain": (
        Expression("d", "ln(x)"),
        "ln(x) is not defined everywhere on the domain [(-3.0, -0.2), (0.2, 3.0)]",
        "hw/Q1/1 d",
    ),
    "a mistake that cannot be read": (
        Expression("d", "2*x", mistakes=[Mistake("a", "2*")]),
        "the expression '2*' cannot be read: something is missing after *",
        "hw/Q1/1 d",
    ),
    "a variable of NaN": (Variable("x", [1.0, np.nan]), "the value gives NaN or infinity", "hw/Q1/1 x"),
    "a value that raises": (
        Variable("x", lambda: 1 / 0),
        "the value cannot be had: ZeroDivisionError: division by zero",
        "hw/Q1/1 x",
    ),
    "a value that is no data": (
        Variable("x", {1, 2}),
        "the value cannot be had: TypeError: a set is not plain data",
        "hw/Q1/1 x",
    ),
    "a variable's mistake that raises": (
        Variable("x", 1.0, mistakes=[Mistake("a", lambda: 1 / 0)]),
        "the mistake 'a' cannot be had: ZeroDivisionError: division by zero",
        "hw/Q1/1 x",
    ),
}  # fmt: skip


@pytest.mark.parametrize("how", REFUSED)
def test_what_cannot_be_judged_is_refused_with_its_place(how):
    check, problem, at = REFUSED[how]
    error = refused(check)
    assert error.problem.startswith(problem)
    assert error.at == at
    assert error.fix


def test_an_own_function_has_its_reference_for_the_expected_value():
    check = Returns("f", lambda g, x: g(x), [Case("it", (Own("predict", np.cos), 0.5))])
    assert float(one(check).cases[0].want.data) == np.cos(0.5)
    planned = plan("hw", [Question("Q1", "It", [check])], b"s")
    assert planned.probes[0].args[0].name == "predict"


def _cases(planned):
    keys = [check for question in planned.answer_key.questions for check in question.checks]
    return {case.probe for key in keys for case in getattr(key, "cases", ())}


@pytest.mark.parametrize("name", ["hw1", "hw2", "hw3"])
def test_the_shipped_questions_can_be_planned_with_and_without_a_secret(root, name):
    questions = load_questions(root / "assignments" / name / "questions.py", root)
    hidden, public = plan(name, questions, b"s"), plan(name, questions, None)
    assert _cases(public) < _cases(hidden)


def test_the_function_of_a_property_is_beside_the_key_under_its_place():
    planned = plan("hw", EVERY_KIND, b"s")
    (holds,) = planned.properties.values()
    key = next(
        k for k in planned.answer_key.questions[0].checks if type(k).__name__ == "PropertyKey"
    )
    assert list(planned.properties) == [key.place] == ["hw/Q1/4 cost"]
    assert key.source == holds.source
    assert holds.function(1.0, "x", "y") is True
    without_secret = plan("hw", EVERY_KIND, None)
    assert without_secret.properties.keys() == planned.properties.keys()


def test_a_property_that_does_not_take_the_arguments_of_a_case_is_refused():
    error = refused(Property("cost", lambda result, x: True, CASES, says="it is so"))
    assert error.problem.startswith(
        "the property takes (result, x), and is called with the answer and the 4 arguments"
    )
    assert error.at == "hw/Q1/1 cost, case 'public'"
    assert "def holds(result, *arguments)" in error.fix
