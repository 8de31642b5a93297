"""Many who agree with one another and not with the reference are an alarm; others are not."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from grader.audit.agreement import Agreements
from grader.records.verdicts import Verdict

RIGHT = Verdict("Q4", "compute_gradient", Decimal(1), "right")
WRONG = Verdict("Q4", "compute_gradient", Decimal(0), "wrong", "factor-2", answer="a")
SILENT = replace(WRONG, answer="", mistake="none-returned")


def alarms(verdicts, runs=None):
    """Of a class with these verdicts, each on a notebook of its own."""
    found = Agreements("hw1")
    for number, verdict in enumerate(verdicts):
        found.add(f"s{number:02}", (runs or {}).get(number, f"run {number}"), [verdict])
    return found.alarms()


def test_it_says_how_many_what_and_asks_for_both_reasons():
    (found,) = alarms([SILENT] * 5 + [WRONG] * 23 + [RIGHT] * 12)
    assert found.words == (
        "23 of 40 notebooks give the same answer to compute_gradient (Q4), which the reference "
        "calls wrong (factor-2); 12 are right. Is it a common mistake, or is the reference wrong? "
        "Look before you export: grader explain hw1 s05 Q4"
    )


def test_words_for_one_and_for_none():
    assert "wrong (factor-2); 1 is right." in alarms([WRONG] * 5 + [RIGHT])[0].words
    assert "wrong (factor-2); none is right." in alarms([WRONG] * 5)[0].words
    unnamed = replace(WRONG, mistake=None)
    assert "calls wrong; none is right." in alarms([unnamed] * 5)[0].words


@pytest.mark.parametrize(
    ("alike", "right", "is_said"),
    [(5, 5, True), (5, 6, False), (4, 1, False), (4, 0, True), (3, 0, True), (2, 0, False)],
)
def test_as_many_as_are_right_and_enough_to_be_no_chance(alike, right, is_said):
    assert bool(alarms([WRONG] * alike + [RIGHT] * right)) == is_said


def test_copies_are_one_notebook():
    same = dict.fromkeys(range(10), "the same run")
    assert alarms([WRONG] * 10, same) == ()
    assert alarms([WRONG] * 12, same)[0].alike == 3
    assert alarms([RIGHT] * 10 + [WRONG] * 5, same)[0].right == 1


def test_those_who_err_in_their_own_ways_are_none():
    assert alarms([replace(WRONG, answer=str(n)) for n in range(40)]) == ()


def test_the_commonest_answer_is_named_once_for_a_check_and_in_order():
    found = Agreements("hw1")
    for number in range(20):
        answer = "b" if number < 12 else "c"
        found.add(f"s{number}", str(number), [replace(WRONG, question="Q1", answer=answer), WRONG])
    assert [(each.question, each.alike) for each in found.alarms()] == [("Q1", 12), ("Q4", 20)]


def test_one_without_a_run_has_no_say():
    assert alarms([WRONG] * 9, dict.fromkeys(range(9), "")) == ()
