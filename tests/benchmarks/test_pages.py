"""The benchmark of pages: that it runs, and what its table says. Never how fast it is."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from benchmarks.pages.measure import Took
from benchmarks.pages.table import Costs, table

COSTS = Costs(
    students=100,
    processes=2,
    ours=(Took(2.0, 3.0, 90_000_000), Took(2.0, 3.5, 91_000_000), Took(9.0, 3.0, 90_000_000)),
    theirs=(Took(10.0, 20.0), Took(8.0, 14.0), Took(10.0, 20.0)),
    again=Took(0.5, 0.4),
    bytes_ours=50_000,
    bytes_theirs=300_000,
)


def test_each_round_is_compared_with_its_own_and_the_median_counts():
    shown = table(COSTS)
    assert "at most 0.5 times the time of nbconvert: 0.25, met" in shown
    assert "at most 0.5 times the CPU of nbconvert: 0.15, met" in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_what_takes_longer_is_missed():
    slow = replace(COSTS, ours=(Took(6.0, 11.0),) * 3)
    assert table(slow).count("MISSED") == 2


@pytest.mark.slow
@pytest.mark.scale
def test_it_runs(root):
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.pages", "--students", "2", "--rounds", "1"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Pages of 2 students of hw1" in done.stdout
