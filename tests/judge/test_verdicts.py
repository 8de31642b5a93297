"""Whatever a probe ends in, the verdict says why; and what is our failure is nobody's mark."""

from __future__ import annotations

from decimal import Decimal
from typing import get_args

import numpy as np
import pytest

from grader.judge import judge
from grader.judge.mistakes import HINTS, hint_for
from grader.questions import (
    Case,
    Data,
    Expression,
    Figure,
    ObjectiveAt,
    Question,
    Returns,
    Trained,
    Variable,
    Vectorised,
    Within,
    Written,
    plan,
)
from grader.records.evidence import CellRun, Evidence, Outcome, OutcomeStatus, Run
from grader.records.values import Array

CASES = [Case("three", (np.array([1.0, 2.0, 4.0]),))]
DATA = Data(np.array([1.0, 2.0, 3.0]), np.array([1.0, 3.0, 4.0]))
CHECKS = {
    "returns": Returns("f", np.sum, CASES),
    "within": Within("f", np.max, np.sum, CASES),
    "expression": Expression("f", "2*x"),
    "variable": Variable("f", 3.0),
    "trained": Trained(["f"], DATA),
    "objective at": ObjectiveAt("f", ["w"], DATA),
    "vectorised": Vectorised("f", np.sum, lambda rng, m: (rng.normal(size=m),)),
}
STATUSES = [status for status in get_args(OutcomeStatus) if status != "returned"]


def verdict_for(check, outcome, cells=()):
    planned = plan("hw", [Question("Q1", "It", [check])], b"s")
    outcomes = {} if outcome is None else dict.fromkeys((p.id for p in planned.probes), outcome)
    (verdict,) = judge(Evidence(Run("", cells), outcomes), planned.answer_key)
    return verdict


@pytest.mark.parametrize("kind", CHECKS)
@pytest.mark.parametrize("status", STATUSES)
def test_every_status_gives_a_reason_and_a_name_or_a_doubt(kind, status):
    outcome = Outcome("", status, error="ValueError: it", where="f, line 2: return")  # type: ignore[arg-type]
    verdict = verdict_for(CHECKS[kind], outcome)
    assert verdict.credit == 0
    assert isinstance(verdict.credit, Decimal)
    assert verdict.reason.startswith("f ") or verdict.reason.startswith("f: ")
    assert verdict.reason.endswith(".")
    assert bool(verdict.mistake) != bool(verdict.doubt)
    assert bool(verdict.hint) == bool(verdict.mistake)
    assert (status == "not-run") == bool(verdict.doubt)


@pytest.mark.parametrize("kind", CHECKS)
def test_a_probe_that_was_never_asked_is_a_doubt_and_not_a_zero(kind):
    assert verdict_for(CHECKS[kind], None).doubt.endswith(
        "could not be looked at: it was not asked."
    )


@pytest.mark.parametrize("kind", CHECKS)
@pytest.mark.parametrize(
    "value",
    [None, "text", Array(np.array(np.nan)), Array(np.array([1j])), Array(np.empty(0)), Array(np.array(True))],
)  # fmt: skip
def test_every_wrong_value_gives_a_reason_and_no_credit(kind, value):
    verdict = verdict_for(CHECKS[kind], Outcome("", "returned", value, work=1))
    assert verdict.credit == 0
    assert verdict.reason.endswith(".")


def test_words_for_what_a_student_meets_most():
    said = {
        Outcome("", "missing"): "f is not defined in the notebook.",
        Outcome("", "not-callable", error="int"): "f is an int, not a function.",
        Outcome("", "raised", error="ZeroDivisionError: division by zero", where="f, line 3: a / b"): (
            "f raised ZeroDivisionError: division by zero (f, line 3: a / b) in the case 'three'."
        ),
        Outcome("", "raised", error="NotImplementedError: "): "f is not written yet.",
        Outcome("", "timeout"): "f gave no answer within the time limit in the case 'three'.",
        Outcome("", "memory"): "f ran out of memory in the case 'three'.",
    }  # fmt: skip
    for outcome, words in said.items():
        assert verdict_for(CHECKS["returns"], outcome).reason == words


def test_a_missing_name_is_traced_to_the_cells_that_stopped():
    cells = (
        CellRun(1, "timeout"),
        CellRun(2, "error", error="NameError: name 'x' is not defined"),
    )
    for outcome, begin in (
        (Outcome("", "missing", stopped=(2, 1)), "f is not defined in the notebook: cell 2, which "),
        (Outcome("", "raised", error="NameError: name 'w' is not defined", stopped=(2, 1)),
         "f raised NameError: name 'w' is not defined in the case 'three': cell 2, which "),
    ):  # fmt: skip
        verdict = verdict_for(CHECKS["returns"], outcome, cells)
        assert verdict.reason == (
            f"{begin}would define it, stopped with NameError: name 'x' is not defined. What it "
            "lacks would come from cell 1, which ran longer than the limit."
        )


def test_a_missing_name_is_looked_for_in_the_cells_that_nobody_has_filled_in():
    cells = (CellRun(1, "ok"), CellRun(2, "error", error="NotImplementedError: "))
    verdict = verdict_for(CHECKS["returns"], Outcome("", "missing"), cells)
    assert verdict.reason == "f is not defined in the notebook."
    assert verdict.hint.startswith("Cell 2 is not written yet: replace")
    assert verdict.hint.endswith("and define f under exactly this name.")


def test_what_ends_the_process_is_flagged_for_the_whole_score():
    for status, flag in (("timeout", "timeout:f"), ("died", "exited:f"), ("memory", "memory:f")):
        assert verdict_for(CHECKS["returns"], Outcome("", status)).flags == (flag,)  # type: ignore[arg-type]


def test_a_weight_is_the_decimal_that_was_written():
    for weight in (0.1, "0.1", Decimal("0.1")):
        for check in (
            Written(weight=weight),
            Figure(weight=weight),
            Variable("f", 1, weight=weight),
        ):
            assert verdict_for(check, Outcome("", "missing")).weight == Decimal("0.1")


def test_the_hint_of_the_author_comes_before_ours():
    assert hint_for("factor-2", "Halve it.") == "Halve it."
    assert hint_for("factor-2") == HINTS["factor-2"]
    assert hint_for("an-author-s-own") == hint_for(None) == ""
