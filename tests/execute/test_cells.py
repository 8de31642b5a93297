"""Notebooks as they really are: what each cell does, and what becomes of the rest."""

from __future__ import annotations

import pytest

from grader.records.probes import Probe
from grader.records.values import Array, value_of

pytestmark = pytest.mark.slow


def call(name, *args):
    return Probe(name, name, tuple(value_of(arg) for arg in args))


def read(name):
    return Probe(name, name, call=False)


def number(evidence, name):
    outcome = evidence.outcomes[name]
    assert outcome.status == "returned", outcome
    assert isinstance(outcome.value, Array)
    return outcome.value.data.item()


def text(evidence):
    return "".join(output.get("text", "") for cell in evidence.run.cells for output in cell.outputs)


def test_a_cell_that_raises_does_not_stop_the_notebook(run):
    evidence = run("a = 1", "1 / 0", "b = a + 1", probes=[read("b")])
    assert [cell.status for cell in evidence.run.cells] == ["ok", "error", "ok"]
    (error,) = evidence.run.cells[1].outputs
    assert error["ename"] == "ZeroDivisionError"
    assert number(evidence, "b") == 2


def test_outputs_are_those_of_a_kernel(run):
    evidence = run(
        "print('one'); print('two')",
        "import sys; print('out'); print('err', file=sys.stderr); 6 * 7",
        "from IPython.display import display, HTML\ndisplay(HTML('<b>x</b>'))\n_",
        "import matplotlib.pyplot as plt\nplt.plot([1, 2]);",
    )
    first, second, third, fourth = evidence.run.cells
    assert first.outputs == ({"output_type": "stream", "name": "stdout", "text": "one\ntwo\n"},)
    assert [output.get("name") for output in second.outputs] == ["stdout", "stderr", None]
    assert second.outputs[-1]["data"] == {"text/plain": "42"}
    assert second.outputs[-1]["execution_count"] == second.execution_count == 2
    assert third.outputs[0]["data"]["text/html"] == "<b>x</b>"
    assert third.outputs[1]["data"] == {"text/plain": "42"}
    assert fourth.outputs[0]["data"]["image/png"].startswith("iVBOR")


def test_a_display_is_updated_where_it_stands(run):
    evidence = run(
        "from IPython.display import display, clear_output\nh = display('a', display_id=True)",
        "h.update('b')\nprint('old')\nclear_output()\nprint('new')",
    )
    assert evidence.run.cells[0].outputs[0]["data"]["text/plain"] == "'b'"
    assert text(evidence) == "new\n"


@pytest.mark.parametrize("run", ["full"], indirect=True)  # the cells are the same without walls
@pytest.mark.parametrize(
    ("cell", "flag"),
    [
        ("import utils_of_the_course\ndef f(): return 7", "import:utils_of_the_course"),
        ("from helpers import *\ndef f(): return 7", "import:helpers"),
        ("%tensorflow_version 2.x\ndef f(): return 7", "magic:%tensorflow_version"),
        ("import numpy as np\nx = np.float(1)\ndef f(): return 7", "numpy:float"),
        ("x = 1 + unknown\ndef f(): return 7", "salvaged:cell 1"),
        ("an answer in prose\ndef f():\n    return 7\n", "salvaged:cell 1"),
        ("print 'python 2'\ndef f():\n    return 7\n", "python2:cell 1"),
    ],
)
def test_what_fails_above_a_function_does_not_cost_it(run, cell, flag):
    evidence = run(cell, probes=[call("f")])
    assert number(evidence, "f") == 7
    assert flag in evidence.run.flags


@pytest.mark.parametrize("run", ["full"], indirect=True)  # the cells are the same without walls
@pytest.mark.parametrize(
    "cell",
    [
        "!pip install something",
        "%pip install something",
        "from google.colab import drive\ndrive.mount('/content/drive')",
        "%matplotlib notebook",
        "%load_ext autoreload\n%autoreload 2",
        "int?",
        "exit()",
        "import ipywidgets\nipywidgets.IntSlider()",
        "await __import__('asyncio').sleep(0)",
        "%%time\nx = 1",
        "%%capture\nprint('x')",
    ],
)
def test_leftovers_of_colab_and_jupyter_do_no_harm(run, cell):
    evidence = run(cell, "def f(): return 7", probes=[call("f")])
    assert [run.status for run in evidence.run.cells] == ["ok", "ok"]
    assert evidence.run.flags == ()
    assert number(evidence, "f") == 7


def test_a_failing_assert_ends_its_cell_and_nothing_else(run):
    evidence = run("def f(): return 7", "assert f() == 8\nx = 1", "y = 2", probes=[call("f")])
    assert [cell.status for cell in evidence.run.cells] == ["ok", "error", "ok"]
    assert number(evidence, "f") == 7


def test_input_is_refused_as_a_kernel_refuses_it(run):
    evidence = run("name = input('Your name? ')")
    assert evidence.run.cells[0].outputs[0]["ename"] == "StdinNotImplementedError"


def test_a_cell_that_hangs_is_left_out_and_its_functions_still_count(run):
    evidence = run(
        "a = 1",
        "def f(): return 7\nwhile True: pass",
        "b = a + 1",
        probes=[call("f"), read("b")],
        cell_seconds=1.0,
    )
    assert [cell.status for cell in evidence.run.cells] == ["ok", "timeout", "ok"]
    assert evidence.run.flags == ("timeout:cell 2",)
    assert number(evidence, "f") == 7
    assert number(evidence, "b") == 2


def test_a_cell_that_ends_the_process_is_left_out(run):
    evidence = run("a = 1", "import os; os._exit(3)", "b = a + 1", probes=[read("b")])
    assert [cell.status for cell in evidence.run.cells] == ["ok", "died", "ok"]
    assert evidence.run.flags == ("exited:cell 2",)
    assert number(evidence, "b") == 2


def test_an_import_that_ends_the_process_costs_its_own_cell_and_no_other(run):
    cells = ("def f(): return 1", "def g(): return 2", "import fatal", "def h(): return 3")
    probes = [Probe(name, name) for name in "fgh"]
    evidence = run(*cells, probes=probes, files=[("fatal.py", b"import os; os._exit(3)")])
    assert [cell.status for cell in evidence.run.cells] == ["ok", "ok", "died", "ok"]
    assert evidence.run.flags == ("exited:cell 3",)
    assert {outcome.status for outcome in evidence.outcomes.values()} == {"returned"}


def test_many_cells_that_end_the_process_end_the_notebook_and_not_the_grader(run):
    cells = ["import os; os._exit(1)"] * 8
    evidence = run("def f(): return 7", *cells, probes=[call("f")])
    statuses = [cell.status for cell in evidence.run.cells]
    assert statuses[:2] == ["ok", "died"]
    assert statuses[-1] == "not-run"
    assert number(evidence, "f") == 7
    assert evidence.measurement.processes <= 6


def test_the_time_for_the_whole_notebook_ends_too(run):
    cells = ["import time; time.sleep(0.6)"] * 6
    evidence = run("def f(): return 7", *cells, probes=[call("f")], total_seconds=1.5)
    assert "timeout:notebook" in evidence.run.flags
    assert evidence.run.cells[-1].status == "not-run"
    assert number(evidence, "f") == 7


def test_too_much_output_is_cut_with_a_visible_mark(run):
    evidence = run("for i in range(10**5): print('x' * 100)", "y = 1", output_bytes=10_000)
    shown = text(evidence)
    assert len(shown) < 20_000
    assert "over the limit" in shown
    assert evidence.run.cells[1].status == "ok"


def test_too_much_memory_is_an_error_of_its_cell(run):
    evidence = run("import numpy as np\na = np.ones((10**6, 10**4))", "b = 1", probes=[read("b")])
    assert evidence.run.cells[0].status == "memory"
    assert evidence.run.flags == ("memory:cell 1",)
    assert number(evidence, "b") == 1


def test_data_files_are_found_under_their_names_and_under_absolute_paths(run):
    cell = "n = len(open('/content/drive/My Drive/hw/data.csv').read())"
    evidence = run(cell, "m = len(open('data.csv').read())", files=[("data.csv", b"1,2\n")],
                   probes=[read("n"), read("m")])  # fmt: skip
    assert number(evidence, "n") == number(evidence, "m") == 4
    assert evidence.run.flags == ("path:/content/drive/My Drive/hw/data.csv",)


def test_helper_modules_and_the_prelude_are_there(run):
    evidence = run(
        "from helper import seven",
        "x = np.float64(seven)",
        files=[("helper.py", b"seven = 7")],
        prelude="import numpy as np",
        probes=[read("x")],
    )
    assert number(evidence, "x") == 7


def test_random_numbers_and_evidence_are_the_same_every_time(run):
    cells = ("import numpy as np, random", "x = np.random.rand() + random.random() + hash('a')")
    first, second = (run(*cells, probes=[read("x")]) for _ in range(2))
    assert first.run == second.run
    assert number(first, "x") == number(second, "x")
    assert first.outcomes["x"].probe == second.outcomes["x"].probe


@pytest.mark.parametrize("run", ["full"], indirect=True)  # the cells are the same without walls
def test_keys_tell_what_evidence_depends_on(run):
    probe = call("f", 1.0)
    base = run("def f(x): return x", probes=[probe])
    other_cell = run("def f(x): return x + 0", probes=[probe])
    other_limit = run("def f(x): return x", probes=[probe], cell_seconds=9.0)
    other_data = run("def f(x): return x", probes=[probe], files=[("a.txt", b"1")])
    other_input = run("def f(x): return x", probes=[call("f", 2.0)])
    keys = {e.run.key for e in (base, other_cell, other_limit, other_data)}
    assert len(keys) == 4
    assert other_input.run.key == base.run.key
    assert other_input.outcomes["f"].probe != base.outcomes["f"].probe


def test_what_is_cut_off_takes_no_room_from_later_cells(run):
    evidence = run("display('x' * 10**7)", "print('shown')", "print('\\ud800')")
    assert "over the limit" in evidence.run.cells[0].outputs[0]["text"]
    assert evidence.run.cells[1].outputs[0]["text"] == "shown\n"
    assert evidence.run.cells[2].outputs[0]["text"] == "\\ud800\n"


def test_garbage_of_a_notebook_is_collected(run):
    """Of what is imported before it nothing is looked for; of what it makes itself it is."""
    evidence = run("import gc\ngc.isenabled(), gc.get_threshold()[0] > 0")
    assert evidence.run.cells[0].outputs[0]["data"]["text/plain"] == "(True, True)"
