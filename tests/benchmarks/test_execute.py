"""The benchmark of execution: that it runs, and what its table says. Never how fast anything is."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

from benchmarks.execute.__main__ import measured
from benchmarks.execute.cells import cells
from benchmarks.execute.table import Cost, Costs, table


def costs(name: str, plain: float, plot: float, *, account: str = "cgroup") -> Costs:
    """What somebody took, in seconds; the same each time but once, when the machine was busy."""
    busy = Cost(9.0, 9.0)
    return Costs(
        name,
        f"the {name}",
        "1.0",
        plain=(Cost(plain, plain), Cost(plain, plain), busy),
        plot=(Cost(plot, plot), Cost(plot, plot), busy),
        account=account,
    )


def test_the_table_gives_medians_and_how_much_less_ours_is():
    shown = table([costs("ours", 0.050, 0.1), costs("script", 0.400, 0.2)])
    assert re.search(r"the script +1\.0 +3 +400 +\S+ +400  1/8\.0\n", shown)
    assert "script, no plot: 0.125, met" in shown


def test_a_target_that_is_missed_is_said():
    shown = table([costs("ours", 0.050, 0.1), costs("script", 0.400, 0.2)])
    assert "script, with a plot: 0.500, MISSED" in shown


def test_who_needs_less_than_ours_is_shown_as_such():
    shown = table([costs("ours", 0.050, 0.1), costs("floor", 0.020, 0.1)])
    assert re.search(r"the floor .* x 2\.5\n", shown)


def test_an_account_in_ticks_gives_means_because_single_values_are_too_coarse():
    assert costs("ours", 0.0, 0.0).cpu_seconds(plot=False) == 0.0
    assert costs("ours", 0.0, 0.0, account="ticks").cpu_seconds(plot=False) == 3.0


def test_no_two_notebooks_are_the_same():
    assert cells(1, plot=True) != cells(2, plot=True)
    assert len(cells(1, plot=False)) == len(cells(1, plot=True)) == 7


@pytest.mark.slow
@pytest.mark.scale
def test_it_runs_without_peers_and_gives_a_table_and_every_number():
    costs = measured(2, peers=False)
    lines = table(costs).splitlines()
    assert max(map(len, lines)) <= 80
    rows = [line for line in lines if re.match(r"(grader, full|exec in a|python script)", line)]
    assert len(rows) == 9  # without and with a plot, and the memory
    assert all(re.search(r" 2 +\d+ +\d+-\d+ +\d+", row) for row in rows[:6])
    assert sum(line.startswith("target: ") for line in lines) == 2
    found = {one["name"]: one for one in json.loads(json.dumps([one.as_json() for one in costs]))}
    assert set(found) == {"ours", "floor", "script"}
    assert all(len(one["plain"]) == len(one["plot"]) == 2 for one in found.values())
    assert all(one["peak_bytes"] > 1e7 for one in found.values())


@pytest.mark.slow
@pytest.mark.scale
def test_it_says_where_our_own_time_goes(root):
    head, *rows = ran(root, "--profile").splitlines()
    assert head.split()[-1] == "all"
    totals = [float(row.split()[-1]) for row in rows]
    assert len(totals) == 4
    assert totals[0] < totals[-1]  # nothing at all, and everything with a plot


def ran(root, *arguments: str) -> str:
    command = [sys.executable, "-m", "benchmarks.execute", "--notebooks", "2", "--no-peers"]
    done = subprocess.run(
        [*command, *arguments], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
