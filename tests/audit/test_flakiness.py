"""A check whose verdict moves from run to run is named, with what it said."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from grader.audit.flakiness import moving
from grader.execute import Conditions, execute_all
from grader.execute.pool import Asked
from grader.judge import judge
from grader.questions import Case, Question, Returns, Within, plan
from grader.records.limits import Limits
from grader.records.verdicts import Verdict

RIGHT = Verdict("Q1", "f", Decimal(1), "right", error_over_tolerance=0.1)
WRONG = Verdict("Q1", "f", Decimal("0.50"), "wrong", "factor-2")
STEADY = Verdict("Q2", "g", Decimal(0), "wrong")


def test_both_verdicts_are_told_with_the_first_run_of_each():
    (found,) = moving(
        {"seed 1": [RIGHT, STEADY], "seed 2": [WRONG, STEADY], "2 threads": [WRONG, STEADY]}
    )
    assert (found.question, found.check) == ("Q1", "f")
    assert found.seen == (("seed 1", RIGHT), ("seed 2", WRONG))
    assert found.words == (
        "f (Q1) is judged differently from run to run: seed 1: right; seed 2: credit 0.5, factor-2"
    )


def test_errors_and_words_may_move_and_doubts_may_not():
    closer = replace(RIGHT, error_over_tolerance=0.2, reason="right again")
    assert moving({"1": [RIGHT], "2": [closer]}) == []
    (found,) = moving({"1": [RIGHT], "2": [replace(RIGHT, doubt="near")]})
    assert found.words.endswith("1: right; 2: right, in doubt")
    essay = Verdict("Q9", "essay", None, "later")
    assert moving({"1": [essay], "2": [essay]}) == []
    assert moving({"1": [RIGHT]}) == moving({}) == []


def square(x):
    return x * x


CASES = [Case("x = 3", (3.0,)), Case("x = 4", (4.0,))]
QUESTIONS = [
    Question("Q1", "Squared", [Returns("square", square, CASES)]),
    Question("Q2", "About x", [Within("near", lambda x: x - 1, lambda x: x + 1, CASES)]),
    Question("Q3", "Its own seed", [Returns("seeded", square, CASES)]),
]
NOTEBOOK = """
import numpy as np

def square(x):
    return x * x

def near(x):
    return x + 2 * np.random.uniform(-1, 1)

def seeded(x):
    rng = np.random.default_rng(0)
    return x * x + 0 * rng.normal()
"""
PRODUCT = """
import os
(np.ones((400, 400)) @ np.ones((400, 400))).sum()
os.environ["OPENBLAS_NUM_THREADS"]
"""


@pytest.mark.slow
def test_a_notebook_that_throws_dice_is_found_in_the_sandbox(a_notebook):
    """Really executed: twice, with more threads, and under another seed."""
    planned = plan("hw", QUESTIONS, b"secret")
    asked = Asked(a_notebook(NOTEBOOK, PRODUCT), planned.probes)
    verdicts, threads = {}, {}
    works = {"seed 5242": asked, "seed 5242, again": asked, "seed 4": replace(asked, seed=4)}
    for runs, threads_of_each in ((works, 1), ({"two threads": asked}, 2)):
        conditions = Conditions(Limits(), threads=threads_of_each)
        for done in execute_all(list(runs), runs.__getitem__, conditions, jobs=1, sandbox="full"):
            assert done.failure is None
            verdicts[done.work] = judge(done.evidence, planned.answer_key)
            threads[done.work] = done.evidence.run.cells[1].outputs[0]["data"]["text/plain"]
    assert set(threads.items()) >= {("seed 5242", "'1'"), ("two threads", "'2'")}
    (found,) = moving(verdicts)
    assert found.words == (
        "near (Q2) is judged differently from run to run: "
        "seed 5242: right; seed 4: credit 0, outside-the-set"
    )
