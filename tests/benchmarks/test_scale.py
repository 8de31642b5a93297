"""The benchmark of many records: that it runs, and what its table says. Never how fast it is."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from benchmarks.scale.table import Scale, Took, table

MB = 1_000_000
FEW = Took(10_000, 10_000, 9.0, 1.0, 90 * MB, 100 * MB, 40 * MB, 20_000)
MANY = Took(100_000, 100_000, 90.0, 11.0, 99 * MB, 235 * MB, 400 * MB, 20_000)


def test_what_grows_as_it_should_is_met():
    shown = table(Scale(FEW, MANY))
    assert max(map(len, shown.splitlines())) <= 80
    assert "(10 times; at most 11.5): 10.10, met" in shown
    assert "in flat memory (at most 1.3 times): 1.10, met" in shown
    assert "2,000 bytes for each more record: 1,500, met" in shown


def test_what_does_not_is_missed_and_is_no_error():
    slow = replace(
        MANY, scoring_seconds=120.0, peak_scoring_bytes=200 * MB, peak_exporting_bytes=600 * MB
    )
    scale = Scale(FEW, slow)
    assert [line.rpartition(", ")[2] for line in table(scale).splitlines()[-3:]] == ["MISSED"] * 3
    assert scale.is_right


def test_who_is_lost_is_an_error():
    scale = Scale(FEW, replace(MANY, rows=99_999))
    assert not scale.is_right
    assert "exported: NOT EVERYBODY" in table(scale)


@pytest.mark.slow
@pytest.mark.scale
def test_records_go_their_way(root):
    command = [sys.executable, "-m", "benchmarks.scale", "--few", "50", "--many", "200"]
    done = subprocess.run(
        [*command, "--students", "2"], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "exported: everybody" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
