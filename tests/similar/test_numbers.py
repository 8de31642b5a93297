"""Which answers are traces of who gave them, and which say nothing."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from grader.questions import Case, Question, Returns, plan
from grader.records.evidence import Evidence, Outcome, Run
from grader.records.values import Array
from grader.records.verdicts import Verdict
from grader.similar import Trace, numbers_of

SLOPE = Question("Q1", "Slope", checks=[Returns("slope", lambda x: x / 2, [Case("x", (3.0,))])])


def traces(answer: list[float], *, credit: int = 0) -> list[Trace]:
    made = plan("hw", [SLOPE], b"a secret")
    outcomes = {
        probe.id: Outcome(probe.id, "returned", Array(np.array(answer))) for probe in made.probes
    }
    verdicts = [Verdict("Q1", "slope", Decimal(credit), "")]
    keys = {probe.id: probe.id for probe in made.probes}
    return list(numbers_of(made.answer_key, Evidence(Run("", ()), outcomes), verdicts, keys))


def test_a_wrong_number_is_a_trace_and_another_one_is_another():
    (one,), (same,), (other,) = traces([1.25]), traces([1.25]), traces([np.nextafter(1.25, 2)])
    assert one.key == same.key != other.key
    assert one.kind == "wrong"


@pytest.mark.parametrize("answer", [[0.0], [-0.0, 0.0], [np.nan], [np.inf, np.nan], [0.0, -np.inf]])
def test_nothing_and_what_every_descent_runs_off_to_are_none(answer):
    """Two honest students whose descent diverged have no mistake to the last bit in common."""
    assert traces(answer) == []


def test_some_numbers_among_those_that_are_none_are_a_trace():
    assert len(traces([1.25, np.nan])) == 1
