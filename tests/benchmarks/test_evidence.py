"""The benchmark of grading again: that it runs, and what its table says. Never how fast it is."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace

import pytest

from benchmarks.evidence.course import write_course
from benchmarks.evidence.measure import Took
from benchmarks.evidence.students import cells
from benchmarks.evidence.table import AGAIN, FIRST, LOOKED, REJUDGED, Costs, table

MB = 1_000_000


def took(cpu_seconds: float, *, peak: int = 100, executed: int = 0) -> Took:
    return Took(cpu_seconds, "cgroup", peak * MB, executed)


COSTS = Costs(
    students=1000,
    scripts=(0.5, 1.5),
    took={
        FIRST: took(300.0, executed=1000),
        AGAIN: took(4.0),
        LOOKED: took(8.0),
        REJUDGED: took(9.0),
    },
    compared=100,
    differing=(),
    crowd=10_000,
    crowd_took={FIRST: took(900.0, peak=129, executed=1000), AGAIN: took(40.0, peak=131)},
)


def test_the_scripts_of_some_stand_for_those_of_all_and_the_table_says_so():
    shown = table(COSTS)
    assert re.search(r"python script.py \(1\) +1000\.00 +100 %\n", shown)
    assert "(1) 2 of them were run, 1.00 s each: times 1,000" in shown
    assert re.search(r"grade, nothing new +4\.00 +0\.40 % +0 ", shown)


def test_a_share_that_is_small_enough_is_met_and_another_is_missed():
    assert "grade, nothing new, at most 0.5 % of the scripts' CPU: 0.40 %, met" in table(COSTS)
    slow = replace(COSTS, took={**COSTS.took, AGAIN: took(6.0)})
    assert "0.60 %, MISSED" in table(slow)
    assert slow.is_right  # what the clock says is no error


def test_memory_is_compared_between_the_same_commands():
    lines = [line for line in table(COSTS).splitlines() if "times the memory" in line]
    assert [line.rpartition(": ")[2] for line in lines] == ["1.29, met", "1.31, MISSED"]


def test_what_ran_twice_is_named():
    assert "executed twice: nothing" in table(COSTS)
    again = replace(COSTS, took={**COSTS.took, REJUDGED: took(9.0, executed=1)})
    assert "executed twice: rejudge\n" in table(again)
    assert not again.is_right


def test_scores_that_differ_from_those_of_a_fresh_course_are_named():
    assert "of 100 students graded afresh: the same\n" in table(COSTS)
    wrong = replace(COSTS, differing=("s00001", "s00002", "s00003", "s00004"))
    assert "DIFFER for s00001, s00002, s00003 and 1 more" in table(wrong)
    assert not wrong.is_right


def test_a_seed_and_a_number_are_a_notebook_and_nearly_all_differ():
    every = ["\n".join(cells(1, number)) for number in range(300)]
    assert every == ["\n".join(cells(1, number)) for number in range(300)]
    assert len(set(every)) >= 299
    assert not any("$" in each for each in every)


def test_a_crowd_shares_notebooks_and_its_first_students_are_those_of_the_smaller_course(tmp_path):
    few = write_course(tmp_path / "few", 3, seed=1)
    many = write_course(tmp_path / "many", 7, seed=1, different=3)

    def handed_in(course, student: str) -> bytes:
        return (course.hand_ins / student / "hw1.ipynb").read_bytes()

    assert handed_in(few, "s00003") == handed_in(many, "s00003") == handed_in(many, "s00006")
    assert handed_in(few, "s00001") != handed_in(few, "s00002")


@pytest.mark.slow
@pytest.mark.scale
def test_nothing_is_executed_twice_and_scores_are_those_of_a_fresh_course(root):
    command = [sys.executable, "-m", "benchmarks.evidence", "--students", "2", "--crowd", "3"]
    done = subprocess.run(
        [*command, "--scripts", "1"], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    executed = [row.split()[-3] for row in lines if re.match(r"(grade|rejudge).* %", row)]
    assert executed == ["2", "0", "0", "0"]
    assert "executed twice: nothing" in lines
    assert "scores after rejudge, and of 2 students graded afresh: the same" in lines
    assert sum(line.startswith("target: ") for line in lines) == 6
