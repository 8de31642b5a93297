"""What a solution computes, without a sandbox: these solutions are ours.

The probes are hw1's. The training runs on every hundredth person of the data, which is as telling
as all of them and takes a moment; how it is judged there says nothing.
"""

from __future__ import annotations

import contextlib
import functools
import io
import warnings
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.similar.corpus import ROOT, Solution
from grader.check.asked import Ran, outcome_of
from grader.execute import probe_keys
from grader.questions import load_questions, plan
from grader.records.answer_key import Expectation, ReturnsKey
from grader.records.evidence import Evidence, Outcome, Run
from grader.records.values import Value, arrays_in
from grader.records.verdicts import Verdict
from grader.similar import Trace, numbers_of

EVERY = 100
CLOSE = 1e-4
"""Relative: float32 is right."""


@functools.cache
def planned() -> Any:
    questions = load_questions(ROOT / "assignments/hw1/questions.py", ROOT)
    return plan("hw1", questions, b"the corpus has a secret of its own")


@functools.cache
def keys() -> dict[str, str]:
    return dict(probe_keys(planned().probes))


@functools.cache
def _data() -> pd.DataFrame:
    return pd.read_csv(ROOT / "assignments/hw1/data/weight-height.csv")[::EVERY]


def evidence_of(made: Solution) -> Evidence:
    """What the probes give."""
    namespace: dict[str, Any] = {"__name__": "__main__", "data": _data()}
    outcomes: dict[str, Outcome] = {}
    with (
        np.errstate(all="ignore"),
        warnings.catch_warnings(),
        contextlib.redirect_stdout(io.StringIO()),
    ):
        warnings.simplefilter("ignore")
        exec("import math\nimport numpy as np\nimport pandas as pd", namespace)
        for source in (*made.functions.values(), made.training.replace("8000", str(8000 // EVERY))):
            with contextlib.suppress(Exception):  # as in a notebook, the next cell goes on
                exec(source, namespace)
        ran = Ran(namespace)
        for probe in planned().probes:
            outcomes[probe.id] = outcome_of(ran, probe, outcomes, seed=1, result_bytes=2**24)
    return Evidence(Run("", ()), outcomes)


def verdicts_on(evidence: Evidence) -> tuple[Verdict, ...]:
    """Right or not, and which of the author's mistakes: as far as it matters here."""
    verdicts = []
    for question in planned().answer_key.questions:
        for key in question.checks:
            credit, mistake = Decimal(1), None
            if isinstance(key, ReturnsKey) and not key.reading:
                found = functools.partial(_all_close, key, evidence)
                if not found(lambda case: case.want):
                    credit = Decimal(0)
                    mistake = next(
                        (
                            known.slug
                            for place, known in enumerate(key.mistakes)
                            if found(lambda case, place=place: case.mistakes[place])
                        ),
                        None,
                    )
            verdicts.append(Verdict(question.id, key.check, credit, "", mistake))
    return tuple(verdicts)


def numbers(made: Solution) -> list[Trace]:
    """The traces of what a solution computes."""
    evidence = evidence_of(made)
    return list(numbers_of(planned().answer_key, evidence, verdicts_on(evidence), keys()))


def _all_close(
    key: ReturnsKey, evidence: Evidence, value: Callable[[Expectation], Value | None]
) -> bool:
    for case in key.cases:
        expected, outcome = value(case), evidence.outcomes[case.probe]
        if expected is None or outcome.status != "returned":
            return False
        want, got = _flat(expected), _flat(outcome.value)
        scale = CLOSE * max(1e-9, float(np.max(np.abs(want), initial=0)))
        if want.shape != got.shape or not np.allclose(got, want, rtol=CLOSE, atol=scale):
            return False
    return True


def _flat(value: Value) -> Any:
    parts = [np.ravel(array.data) for array in arrays_in(value)]
    return np.concatenate(parts) if parts else np.zeros(0)
