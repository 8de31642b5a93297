"""Warm workers: kept while they are well, replaced when they are not, and gone when nobody needs
them."""

from __future__ import annotations

import ast
import json
import os
import re
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from grader.errors import GraderError
from grader.execute import (
    Asked,
    Conditions,
    cold_start,
    execute,
    execute_all,
    pool,
    running,
    sandbox,
    starts,
)
from grader.execute.timeouts import SuspectTimeoutError
from grader.execute.worker import WorkerError
from grader.records.limits import Limits
from grader.records.probes import Probe

pytestmark = pytest.mark.slow

CONDITIONS = Conditions(Limits(cell_seconds=10, total_seconds=30, probe_seconds=5))


def descendants(pid: int) -> list[int]:
    """All processes below this one, as the system sees them."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text()
        except OSError:
            continue
        parents[int(status.parent.name)] = int(fields.rpartition(")")[2].split()[1])
    found = [pid]
    for known in found:
        found += [child for child, parent in parents.items() if parent == known]
    return found[1:]


@pytest.fixture
def warm_processes():
    """`warm_processes()`: the innermost process of each worker of this test that waits for work.
    One that tests share may stand beside them."""

    def found() -> list[int]:
        ours = (pid for pid in descendants(os.getpid()) if "warm" in arguments(pid))
        return [pid for pid in ours if pid not in before and "bwrap" not in arguments(pid)[0]]

    before: set[int] = set()
    before = set(found())
    return found


def arguments(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
    except OSError:
        return [""]


def returned(evidence):
    return evidence.outcomes["f"].value.data.item()


@pytest.fixture
def notebook(a_notebook):
    return a_notebook("def f(): return 7")


PROBES = (Probe("f", "f"),)


def test_a_worker_runs_many_submissions_and_is_replaced_when_it_is_worn(
    notebook, monkeypatch, warm_processes
):
    monkeypatch.setattr(sandbox, "SUBMISSIONS_OF_A_WORKER", 3)
    seen = []
    with starts("full", CONDITIONS, 1, threading.Event()) as (start,):
        for _ in range(5):  # the first submission of the first worker was the trial
            assert returned(execute(notebook, PROBES, CONDITIONS, start)) == 7
            seen += warm_processes()
    assert len(seen) == 5
    assert len(set(seen)) == 2
    assert seen == sorted(seen, key=seen.index)


def test_the_cpu_time_of_a_submission_is_exact(a_notebook):
    notebook = a_notebook("import time\nwhile time.process_time() < 0.025: pass")
    with starts("full", CONDITIONS, 1, threading.Event()) as (start,):
        cpu = execute(notebook, (), CONDITIONS, start).measurement.cpu_seconds
    assert 0.025 <= cpu < 0.25
    assert round(cpu * 1e6) % 10_000  # and no multiple of what a clock of the system ticks in


@pytest.mark.parametrize("many", [True, False])
def test_a_submission_finds_nothing_of_what_its_process_has_rehearsed(a_notebook, many):
    notebook = a_notebook(
        "import sys, matplotlib, matplotlib.pyplot as plt\n"
        "sorted(name for name in dir(sys) if name.startswith('last_')), plt.get_fignums(), "
        "matplotlib.get_backend(), {'x', 'table', 'fig', 'f'} & set(globals()), In, Out",
    )
    with starts("full", CONDITIONS, 1, threading.Event(), many=many) as (start,):
        cell = execute(notebook, (), CONDITIONS, start).run.cells[0]
    assert cell.execution_count == 1
    nothing, figures, backend, names, entered, shown = ast.literal_eval(
        cell.outputs[0]["data"]["text/plain"].replace("set()", "None")
    )
    assert (nothing, figures, names, shown) == ([], [], None, {})
    assert backend == "module://matplotlib_inline.backend_inline"  # as in a kernel
    assert len(entered) == 2  # an empty one, and this one


OF_ALL_KINDS = (
    "import numpy as np\nimport pandas as pd\nimport matplotlib.pyplot as plt",
    "table = pd.DataFrame({'x': np.arange(3), 'y': ['a', 'b', 'c']})\ntable",
    "table.describe()",
    "plt.plot(table.x, table.x ** 2, '.', label='$x^2$')\nplt.title('a plot')\nplt.legend()",
    "fig, axes = plt.subplots(1, 2)\naxes[0].hist(table.x)\nplt.tight_layout()\nplt.show()",
    "print(table.x @ table.x)\ntable.x.sum()",
    "%matplotlib inline\n%time 1 + 1;",
    "def fails(a):\n    return a['no such']\nfails(table)",
    "[1][2]",
    "def f(): return len(table)",
)


def test_a_worker_for_a_few_shows_the_same_as_one_that_has_rehearsed(a_notebook):
    """Tables, figures to the last pixel, tracebacks of a library and of the notebook's own."""
    shown = {}
    for many in (False, True):
        with starts("full", CONDITIONS, 1, threading.Event(), many=many) as (start,):
            evidence = execute(a_notebook(*OF_ALL_KINDS), PROBES, CONDITIONS, start)
        assert returned(evidence) == 3
        shown[many] = [
            (cell.status, cell.error, cell.execution_count, without_times(cell.outputs))
            for cell in evidence.run.cells
        ]
    assert shown[False] == shown[True]
    outputs = [output for *_, cell in shown[False] for output in cell]
    assert sum("image/png" in output.get("data", ()) for output in outputs) == 2
    assert sum("text/html" in output.get("data", ()) for output in outputs) == 2
    assert sum(output["output_type"] == "error" for output in outputs) == 2


def without_times(outputs):
    """What `%time` prints differs, and where in memory things are."""
    told = [o for o in outputs if "time:" not in str(o.get("text", "")).lower()]
    return json.loads(re.sub(r"0x[0-9a-f]+", "0x", json.dumps(told)))


@pytest.mark.parametrize(("works", "kinds"), [(3, {"few"}), (4, {"many"})])
def test_workers_rehearse_only_where_there_is_much_to_do(
    notebook, monkeypatch, works, kinds, warm_processes
):
    monkeypatch.setattr(pool, "FEW", 3)
    seen = set()
    for done in execute_all(
        range(works), lambda _: Asked(notebook, PROBES), CONDITIONS, jobs=1, sandbox="full"
    ):
        assert returned(done.evidence) == 7
        seen |= {"few", "many"} & {word for pid in warm_processes() for word in arguments(pid)}
    assert seen == kinds


def test_a_worker_that_dies_is_replaced_and_the_submission_begins_anew(a_notebook, warm_processes):
    slow = a_notebook("import time; time.sleep(3)", "def f(): return 7")
    killed = []

    def kill_the_first() -> None:
        """The worker, its guard and the student's process, once they have stood for a while: the
        trial at the start is shorter."""
        deadline = time.monotonic() + 60
        while not killed and time.monotonic() < deadline:
            seen = warm_processes()
            time.sleep(0.5)
            if len(seen) == 3 and seen == warm_processes():
                killed.extend(seen)
        for pid in killed:
            with suppress(ProcessLookupError):  # the first one's end may be the others' too
                os.kill(pid, signal.SIGKILL)

    murderer = threading.Thread(target=kill_the_first)
    murderer.start()
    (done,) = execute_all(
        [slow], lambda work: Asked(work, PROBES), CONDITIONS, jobs=1, sandbox="full"
    )
    murderer.join()
    assert killed
    assert done.failure is None
    assert returned(done.evidence) == 7
    assert [cell.status for cell in done.evidence.run.cells] == ["ok", "ok"]


@pytest.mark.parametrize(("alone", "error"), [(True, WorkerError), (False, SuspectTimeoutError)])
def test_a_process_that_is_not_ready_in_time_is_not_the_students_doing(
    notebook, monkeypatch, alone, error
):
    monkeypatch.setattr(running, "START_SECONDS", 0.0)
    conditions = Conditions(Limits())
    with pytest.raises(error):
        execute(notebook, [], conditions, cold_start(conditions), alone=alone)


def test_nothing_is_left_of_a_batch(a_notebook):
    works = [
        a_notebook("import subprocess; subprocess.Popen(['sleep', '600'], start_new_session=True)"),
        a_notebook("import os, time\nif os.fork() == 0:\n    os.setsid(); time.sleep(600)"),
        a_notebook("def f(): return 7"),
    ]
    before = set(descendants(os.getpid()))
    done = list(execute_all(works, lambda w: Asked(w, PROBES), CONDITIONS, jobs=2, sandbox="full"))
    assert len(done) == 3
    assert set(descendants(os.getpid())) <= before


def test_modules_that_are_asked_for_are_imported_once_and_for_all(a_notebook):
    """`preload = ["statistics"]`: the module is there before a cell imports it."""
    conditions = Conditions(CONDITIONS.limits, preload=("fractions",))
    notebook = a_notebook("import sys\ndef f(): return int('fractions' in sys.modules)")
    with starts("full", conditions, 1, threading.Event()) as (start,):
        assert returned(execute(notebook, PROBES, conditions, start)) == 1


def test_a_module_to_preload_that_is_not_there_is_refused_with_its_name():
    conditions = Conditions(CONDITIONS.limits, preload=("no_such_module",))
    with (
        pytest.raises(GraderError) as refused,
        starts("full", conditions, 1, threading.Event()),
    ):
        pass
    assert refused.value.problem == (
        "a warm process does not start: ModuleNotFoundError: No module named 'no_such_module'"
    )
    assert "`preload` in assignment.toml" in refused.value.fix


def test_a_wall_that_cannot_be_built_is_named_and_nothing_runs():
    conditions = Conditions(Limits(work_bytes=-1_000_000_000_000))  # no kernel has such a room
    with (
        pytest.raises(GraderError) as refused,
        starts("full", conditions, 1, threading.Event()),
    ):
        pass
    assert refused.value.problem == (
        "student code cannot be contained on this machine: "
        "no mount tmpfs on /home/student: Invalid argument"
    )
