"""The benchmark of a cluster: that it runs, and what its table says. Never how fast it is."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from benchmarks.cluster.table import Turn, Turns, table

LOCAL = Turn("local", 101, 1.0, 25.0, 1.0, 20.0, "same")
DASK = Turn("dask", 101, 4.0, 27.0, 1.5, 25.0, "same")


def test_turns_are_added_up_and_the_share_is_of_throughput():
    shown = table(
        Turns(2, (LOCAL, DASK, replace(DASK, seconds=29.0), replace(LOCAL, seconds=15.0)))
    )
    assert "local pool              5.00        4.00        6.67" in shown
    assert "0.71, MISSED" in shown
    assert "evidence: the same" in shown
    assert "by CPU, which a busy machine changes less: 0.80" in shown
    assert max(map(len, shown.splitlines())) <= 80
    assert "0.93, met" in table(Turns(2, (LOCAL, DASK)))


def test_other_evidence_is_an_error():
    turns = Turns(2, (LOCAL, replace(DASK, evidence="other")))
    assert not turns.is_right
    assert "evidence: DIFFERS" in table(turns)


@pytest.mark.slow
@pytest.mark.scale
def test_both_execute_the_same(root):
    command = [sys.executable, "-m", "benchmarks.cluster", "--notebooks", "3", "--processes", "1"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "evidence: the same" in done.stdout
