"""A process without walls: it is waited for, and never for ever."""

from __future__ import annotations

import time

import numpy as np
import pytest

from grader.execute import Conditions, cold, cold_start, execute
from grader.records.limits import Limits
from grader.records.probes import Probe
from grader.records.values import value_of

pytestmark = pytest.mark.slow


def test_a_process_that_reads_nothing_any_more_costs_its_question_only(monkeypatch, a_notebook):
    monkeypatch.setattr(cold, "SEND_SECONDS", 1.0)
    notebook = a_notebook(
        "import os, time",
        "def stops():\n    os.read = lambda *_: time.sleep(1000)",
        "def large(x): return x[:3]",
    )
    probes = [
        Probe("stops", "stops"),
        Probe("large", "large", (value_of(np.ones(1_000_000)),)),  # more than a pipe holds
        Probe("again", "large", (value_of(np.ones(5)),)),
    ]
    conditions = Conditions(Limits(probe_seconds=2.0))
    began = time.monotonic()
    evidence = execute(notebook, probes, conditions, cold_start(conditions))
    assert time.monotonic() - began < 60
    assert {name: each.status for name, each in evidence.outcomes.items()} == {
        "stops": "returned",
        "large": "timeout",
        "again": "timeout",  # it ended a process, so it is not asked again
    }
