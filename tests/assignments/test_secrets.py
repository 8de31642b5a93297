"""No verdict depends on the secret of the course: three of them (in each run two) give the samples
the same.

Twelve samples, chosen because their verdicts hang on what is drawn from the secret: right answers
on another numerical path (a loop, float32, a forward difference, other shapes), and wrong ones that are
right for some inputs (a symmetric matrix, m of the notebook, no product rule), or that have to be
told from other mistakes. Those whose verdicts hang on the cells alone (crashes, imports, typing
that can't be read) would cost time and show nothing.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader.course import load_assignment, load_course
from grader.execute import Asked, execute_all, read_notebook
from grader.judge import judge
from grader.opened import conditions_of
from grader.questions import load_questions, plan

pytestmark = pytest.mark.slow

SECRETS = ("a term", "another term", "0123456789abcdef" * 4)
if "GRADER_TEST_SCALE" not in os.environ:
    SECRETS = SECRETS[1:]
SAMPLES = {
    "hw1": (
        "s06",  # loops over lists, all right
        "s17",  # float32, with the tolerance of float32
        "s27",  # without 1/m, and descent with a gradient that is too large
    ),
    "hw2": (
        "s04",  # forward difference, LaTeX, a subgradient inside the set
        "s06",  # without the rules for products, quotients and chains
        "s07",  # twice the derivative, by numbers
        "s10",  # right for a symmetric A only
    ),
    "hw3": (
        "s03",  # without 1/m: right for m = 1
        "s04",  # (1, 1) for a number, (n,) for a column
        "s06",  # loops, whose instructions are counted
        "s10",  # outputs swapped, of two shapes
        "s11",  # m is a variable of the notebook
    ),
}

Judged = dict[tuple[str, str, str], tuple[Any, str | None]]


def judged(root: Path, name: str) -> dict[str, Judged]:
    """By secret: credit and mistake by student, question and check (and its place).

    Each notebook runs once and is asked what every secret asks: cells know no secret, and before
    each call the runner sets the random numbers back.
    """
    assignment = load_assignment(load_course(root), name)
    questions = load_questions(assignment.questions_file, root)
    plans = {secret: plan(name, questions, secret.encode()) for secret in SECRETS}
    samples = root / "submissions" / "samples" / name
    found: dict[str, Judged] = {secret: {} for secret in SECRETS}
    for done in execute_all(
        SAMPLES[name],
        lambda student: Asked(
            read_notebook(samples / student / f"{name}.ipynb"),
            [
                replace(probe, id=f"{secret}/{probe.id}")
                for secret, planned in plans.items()
                for probe in planned.probes
            ],
        ),
        conditions_of(assignment),
        jobs=2,
        sandbox="full",
    ):
        assert done.evidence is not None, done.failure
        for secret, planned in plans.items():
            own = {
                probe.id: done.evidence.outcomes[f"{secret}/{probe.id}"] for probe in planned.probes
            }
            evidence = replace(done.evidence, outcomes=own)
            for place, verdict in enumerate(judge(evidence, planned.answer_key)):
                key = (done.work, verdict.question, f"{place} {verdict.check}")
                found[secret][key] = (verdict.credit, verdict.mistake)
    return found


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.scale if n == "hw1" else ()) for n in SAMPLES]
)
def test_three_secrets_give_the_same_verdicts(root, name):
    first, *others = judged(root, name).values()
    assert {student for student, _, _ in first} == set(SAMPLES[name])
    for other in others:
        assert other == first


def test_the_secrets_do_draw_other_inputs(root):
    assignment = load_assignment(load_course(root), "hw3")
    questions = load_questions(assignment.questions_file, root)
    drawn = (
        [repr(probe.args) for probe in plan("hw3", questions, secret.encode()).probes]
        for secret in SECRETS
    )
    differ = [len({*inputs}) == len(inputs) for inputs in zip(*drawn, strict=True)]
    assert sum(differ) > len(differ) / 2
