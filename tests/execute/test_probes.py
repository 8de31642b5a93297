"""What is asked after the last cell, and what comes back."""

from __future__ import annotations

import numpy as np
import pytest

from grader.records.probes import Formula, OutcomeOf, Own, Probe
from grader.records.values import Array, Mapping, Refused, Sequence, value_of

pytestmark = pytest.mark.slow


def call(name, *args, id=None, **fields):
    given = (Own, Formula, OutcomeOf)
    plain = tuple(arg if isinstance(arg, given) else value_of(arg) for arg in args)
    return Probe(id or name, name, plain, **fields)


def test_values_come_back_as_plain_data(run):
    evidence = run(
        "import numpy as np, pandas as pd",
        "def scalar(): return np.float32(1.5)",
        "def pair(): return 1.5, np.ones((2, 1))",
        "def history(): return [3, 2.5, 1]",
        "def frame(): return pd.DataFrame({'a': [1.0, 2.0]})",
        "def table(): return {'dw': np.zeros(2), 'db': 1}",
        "def lazy(): return (i for i in range(3))",
        "def nothing(): pass",
        "class Sub(np.ndarray): pass",
        "def sub(): return np.zeros(3).view(Sub)",
        probes=[
            call(n)
            for n in ["scalar", "pair", "history", "frame", "table", "lazy", "nothing", "sub"]
        ],
    )  # fmt: skip
    value = {name: outcome.value for name, outcome in evidence.outcomes.items()}
    assert value["scalar"].data.dtype == np.float32
    assert isinstance(value["pair"], Sequence)
    assert value["pair"].items[1].data.shape == (2, 1)
    assert value["history"].data.tolist() == [3, 2.5, 1]
    assert value["history"].origin == "list"
    assert value["frame"].data.shape == (2, 1)
    assert value["frame"].origin == "DataFrame"
    assert isinstance(value["table"], Mapping)
    assert isinstance(value["lazy"], Refused)
    assert value["nothing"] is None
    assert type(value["sub"].data) is np.ndarray


def test_what_does_not_work_is_told_apart(run):
    evidence = run(
        "def raises(x):\n    return x.shape.unknown",
        "number = 3",
        "def huge(): import numpy as np; return np.broadcast_to(1.0, (10**9, 10**3))",
        "def leaves(): raise SystemExit",
        "def recurses(): return recurses()",
        probes=[call("raises", 1.0), call("number"), call("huge"), call("leaves"),
                call("recurses"), call("absent")],
    )  # fmt: skip
    outcomes = evidence.outcomes
    assert outcomes["raises"].status == "raised"
    assert outcomes["raises"].error.startswith("AttributeError: 'float' object")
    assert "raises, line 2: return x.shape.unknown" in outcomes["raises"].where
    assert outcomes["number"].status == "not-callable"
    assert outcomes["huge"].status == "too-large"
    assert outcomes["leaves"].status == "raised"
    assert outcomes["recurses"].error.startswith("RecursionError")
    assert outcomes["absent"].status == "missing"


def test_a_result_is_too_large_however_its_parts_are_nested(run):
    evidence = run(
        "import numpy as np",
        "def lists(): return [[np.zeros(900_000), np.zeros(2)] for _ in range(3)]",
        "def texts(): return {str(n): 'x' * 10_000 for n in range(1_000)}",
        probes=[call("lists"), call("texts")],
    )
    assert {outcome.status for outcome in evidence.outcomes.values()} == {"too-large"}


def test_a_probe_that_kills_or_hangs_loses_only_itself(run):
    evidence = run(
        "import os",
        "def good(): return 1",
        "def dies(): os._exit(3)",
        "def hangs():\n    while True: pass",
        probes=[
            call("dies"),
            call("good", id="a"),
            call("hangs"),
            call("hangs", id="again"),
            call("good", id="b"),
        ],
        probe_seconds=1.0,
    )
    statuses = {name: outcome.status for name, outcome in evidence.outcomes.items()}
    assert statuses == {
        "dies": "died",
        "a": "returned",
        "hangs": "timeout",
        "again": "timeout",
        "b": "returned",
    }
    assert "exit status 3" in evidence.outcomes["dies"].error


def test_an_argument_may_be_the_students_function_or_a_formula(run):
    evidence = run(
        "def slope(f, x): return (f(x + 1e-3) - f(x - 1e-3)) / 2e-3",
        "def square(x): return x * x",
        probes=[
            call("slope", Own("square"), 3.0, id="own"),
            call("slope", Formula("x**3"), 1.0, id="formula"),
            call("slope", Own("absent"), 1.0, id="absent"),
        ],
    )
    assert evidence.outcomes["own"].value.data == pytest.approx(6)
    assert evidence.outcomes["formula"].value.data == pytest.approx(3, rel=1e-5)
    assert evidence.outcomes["absent"].status == "not-asked"


def test_an_argument_may_name_an_earlier_outcome(run):
    """The gradient at the (w, b) that descent returned: the supervisor fills it in."""
    evidence = run(
        "def descend(w): return w / 2, 0.5, [1.0, 2.0]",
        "def gradient(w, b): return w + b",
        probes=[
            call("descend", 8.0),
            call("gradient", OutcomeOf("descend", (0,)), OutcomeOf("descend", (1,))),
            call("gradient", OutcomeOf("gradient"), OutcomeOf("descend", (2, 1)), id="again"),
            call("gradient", OutcomeOf("descend", (7,)), 1.0, id="no such item"),
            call("gradient", OutcomeOf("nobody"), 1.0, id="no such probe"),
        ],
    )
    assert evidence.outcomes["gradient"].value.data == 4.5
    assert evidence.outcomes["again"].value.data == 6.5
    assert evidence.outcomes["no such item"].status == "not-asked"
    assert evidence.outcomes["no such probe"].status == "not-asked"


def test_inputs_are_fresh_for_every_call_and_mutation_is_seen(run):
    array = np.array([1.0, 2.0])
    evidence = run(
        "def f(x):\n    x *= 2\n    return x",
        probes=[call("f", array, id="1"), call("f", array, id="2")],
    )
    for outcome in evidence.outcomes.values():
        assert outcome.value.data.tolist() == [2.0, 4.0]
        assert outcome.mutated == (0,)
    assert array.tolist() == [1.0, 2.0]


def test_work_counts_python_instructions_and_no_seconds(run):
    cells = (
        "def loops(x):\n    s = 0\n    for v in x: s += v\n    return s",
        "def sums(x): return x.sum()",
    )
    probes = [
        call(name, np.ones(m), id=f"{name} {m}", count_work=True)
        for name in ("loops", "sums")
        for m in (10, 1000)
    ]
    work = {name: outcome.work for name, outcome in run(*cells, probes=probes).outcomes.items()}
    assert work["loops 1000"] - work["loops 10"] > 990
    assert work["sums 1000"] == work["sums 10"]


def test_a_name_that_is_reused_does_not_hide_its_function(run):
    evidence = run("def cost(x): return x + 1", "cost = cost(1)", probes=[call("cost", 2.0)])
    assert evidence.outcomes["cost"].value.data == 3
    assert evidence.outcomes["cost"].remarks == ("shadowed:cost",)


def test_an_answer_that_was_not_asked_for_is_not_taken(run):
    """Forged frames on the channel end the process; they never become an outcome."""
    forge = (
        "import os, sys\n"
        "def good(): return 1\n"
        "def forge():\n"
        "    from grader_runner import wire\n"
        "    m = wire.encode(wire.Reply('0' * 16, 'returned', wire.WireText('10/10')))\n"
        "    for fd in range(3, 20):\n"
        "        try: os.write(fd, m)\n"
        "        except OSError: pass\n"
        "    return 2\n"
    )
    evidence = run(forge, probes=[call("forge"), call("good")])
    assert evidence.outcomes["forge"].status == "died"
    assert "another question" in evidence.outcomes["forge"].error
    assert isinstance(evidence.outcomes["good"].value, Array)


def test_numbers_and_texts_that_no_wire_has_cost_nothing_else(run):
    """Integers beyond 64 bits in a list, and half surrogate pairs in texts and errors."""
    evidence = run(
        "def factorials(): return [1, 2 * 10**30]",
        "def beyond(): return [10**400, 1.0]",
        "def text(): return 'a\\ud800'",
        "def fails(): raise ValueError('b\\ud800')",
        probes=[call(name) for name in ("factorials", "beyond", "text", "fails")],
    )
    assert evidence.outcomes["factorials"].value.data.tolist() == [1, 2e30]
    assert evidence.outcomes["beyond"].status == "returned"
    assert evidence.outcomes["text"].value == "a\\ud800"
    assert evidence.outcomes["fails"].error == "ValueError: b\\ud800"
