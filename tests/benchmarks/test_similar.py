"""The benchmark of similarity: that it runs, and what its tables say. Never how fast it is."""

from __future__ import annotations

import subprocess
import sys

import pytest

from benchmarks.similar.copies import DISGUISES, classroom
from benchmarks.similar.evidence import evidence_of
from benchmarks.similar.measure import Clean, Planted, Ranked, average_precision, precision_at
from benchmarks.similar.table import is_right, table

OURS = Ranked("grader similar", [[True, True, False, True]], [4], 1.0)
OTHER = Ranked("copydetect", [[False, True, False, False]], [4], 2.0)


def test_the_area_counts_what_is_found_and_how_high_it_stands():
    assert average_precision([True, True, False, True], 4) == (1 + 1 + 3 / 4) / 4
    assert average_precision([], 4) == 0
    assert precision_at([True, True, False, True], 4, 0.75) == 3 / 4
    assert precision_at([True, True, False, True], 4, 0.9) == 0


def test_a_false_alarm_or_a_smaller_area_is_said():
    planted, clean = Planted(300, [OURS, OTHER], {"renamed": (3, 4)}, 0), Clean(300, [0], [0.5])
    shown = table(planted, clean, {300: (3.0, 300)})
    assert max(map(len, shown.splitlines())) <= 80
    assert shown.count("met") == 3
    assert is_right(planted, clean)
    assert not is_right(Planted(300, [OTHER, OURS], {}, 0), clean)
    assert not is_right(planted, Clean(300, [0, 1], [0.5, 0.001]))
    assert "MISSED" in table(planted, Clean(300, [0, 1], [0.5, 0.001]), {})


def test_a_seed_is_a_class_and_each_disguise_is_in_it():
    one, same = classroom("a", 60, copies=8), classroom("a", 60, copies=8)
    assert one == same
    assert set(one.pairs.values()) == set(DISGUISES)
    assert len({each.functions["compute_cost"] for each in one.solutions}) > 20


def test_a_copy_in_disguise_computes_what_the_original_does():
    room = classroom("b", 24, copies=4)
    for (first, second), disguise in room.pairs.items():
        bug = room.solutions[first].bug
        assert bug == room.solutions[second].bug != ""
        one, two = (
            {p: o.status for p, o in evidence_of(room.solutions[k]).outcomes.items() if bug in p}
            for k in (first, second)
        )
        assert one == two, disguise


@pytest.mark.slow
@pytest.mark.scale
def test_it_runs_and_prints_tables(root):
    arguments = ["--classes", "1", "--students", "40", "--copies", "4", "--clean", "1"]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.similar", *arguments, "--cost", "--no-peers"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "1 classes of 40 without copies: 0 false alarms" in done.stdout
