"""Two judges for one source: ours, by the whole line from probes to verdict, and a naive one."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from benchmarks.judging.inputs import INPUTS, SCALED, SCALES
from grader.check.asked import Ran, outcome_of
from grader.judge import judge
from grader.questions import Case, Formula, Question, Returns, Within, load_questions, plan
from grader.records.evidence import Evidence, Outcome, Run
from grader.records.verdicts import Verdict
from reference import derivatives, multivariate, univariate

ROOT = Path(__file__).parents[2]
MODULES: dict[str, ModuleType] = {"hw1": univariate, "hw2": derivatives, "hw3": multivariate}
SECRET = b"the corpus has a secret of its own"
SEED = 5242
RESULT_BYTES = 2**24


@dataclass(frozen=True)
class Asked:
    """One function that an assignment asks for.

    Attributes:
        check: as its author wrote it, without credit that is carried from other functions.
    """

    name: str
    assignment: str
    check: Returns | Within

    @property
    def module(self) -> ModuleType:
        return MODULES[self.assignment]


@functools.cache
def asked() -> tuple[Asked, ...]:
    """The functions of all assignments whose results are compared."""
    found: dict[str, Asked] = {}
    for assignment in MODULES:
        for question in load_questions(ROOT / "assignments" / assignment / "questions.py", ROOT):
            for check in question.checks:
                if isinstance(check, Returns) and check.carry is not None:
                    check = replace(check, carry=None)
                if isinstance(check, (Returns, Within)) and check.name in INPUTS:
                    found.setdefault(check.name, Asked(check.name, assignment, check))
    return tuple(found.values())


@functools.cache
def _planned(name: str, *, scaled: bool) -> Any:
    (one,) = (each for each in asked() if each.name == name)
    check = one.check
    if scaled and name in SCALED:
        cases = [
            Case(f"numbers around {scale:g}", lambda rng, s=scale: SCALED[name](rng, s))
            for scale in SCALES
        ]
        check = replace(check, cases=[*check.cases, *cases])
    return plan("corpus", [Question("Q1", "It", [check])], SECRET)


def ours(name: str, source: str, *, scaled: bool = False) -> Verdict:
    """The grader's verdict on a notebook that defines this.

    Args:
        scaled: also on numbers from 1e-6 to 1e6, which the assignment itself does not try.
    """
    planned = _planned(name, scaled=scaled)
    ran = Ran(_defined(source))
    outcomes: dict[str, Outcome] = {}
    with np.errstate(all="ignore"):
        for probe in planned.probes:
            outcomes[probe.id] = outcome_of(
                ran, probe, outcomes, seed=SEED, result_bytes=RESULT_BYTES
            )
    (verdict,) = judge(Evidence(Run("", ()), outcomes), planned.answer_key, planned.properties)
    return verdict


def naive(one: Asked, source: str) -> bool:
    """`np.allclose` with the reference on the public case, as most graders' tests have it."""
    (args, *_) = (each.args for each in one.check.cases if each.public)
    if callable(args):  # drawn, though the same for every secret
        args = args(np.random.default_rng(SEED))
    reference = getattr(one.module, one.name)
    args = [_as_function(arg) for arg in args]
    try:
        with np.errstate(all="ignore"):
            got, want = _defined(source)[one.name](*args), reference(*args)
            if isinstance(want, tuple):
                return all(np.allclose(got[place], each) for place, each in enumerate(want))
            return bool(np.allclose(got, want))
    except Exception:  # whatever it was: the test fails
        return False


def _as_function(argument: Any) -> Any:
    """The function that a formula stands for; any other argument as it is."""
    if not isinstance(argument, Formula):
        return argument
    return eval(f"lambda {', '.join(argument.parameters)}: {argument.body}", {"np": np})


def _defined(source: str) -> dict[str, Any]:
    namespace: dict[str, Any] = {"np": np, "__name__": "__main__"}
    exec(source, namespace)
    return namespace


def runnable(one: Asked, mutant: str) -> str:
    """A mutant as a notebook would have it: with what the reference's module has around it."""
    module = one.module
    return (
        f"from {module.__name__} import *\nfrom {module.__name__} import floats\n"
        "import numpy as np\n"
        "def reversed_range(*a): return reversed(range(*a))\n" + mutant
    )
