"""A Dask cluster gives what the local pool gives, loses nothing, and holds no answer.

Schedulers and workers are real, on loopback.
"""

from __future__ import annotations

import json
import os
import signal
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from grader.store.runs import evidence_bytes, read_run
from tests.cli.tiny import DOUBLE, SQUARE, HandIn, a_course, add_assignment, grader, scores_csv
from tests.cluster.machines import (
    Grading,
    a_cluster,
    above,
    below,
    memory_of,
    processes,
    runs_in,
    sleeping,
    wait_for,
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="looks into processes by /proc"),
]

ON_TIME = "2026-02-03T12:00:00+08:00"
EXPECTED = 0.7310585786300049
MISTAKEN = 0.2689414213699951
HIDDEN = 0.8807970779778823  # an input: it is to be on a worker, or nothing would be searched

QUESTIONS = f"""
from grader.questions import Case, Mistake, Question, Returns

def activation(x):
    '''qzcanary-docstring'''
    return {EXPECTED!r} * x

def mistaken(x):
    return {MISTAKEN!r} * x

def double(x):
    return 2 * x

MISTAKES = [Mistake("qzcanary-slug", mistaken, "qzcanary-hint")]
ONE = [Case("qzcanary-case", (1.0,))]
QUESTIONS = [
    Question("Q1", "qzcanary-title", checks=[Returns("activation", activation, ONE, mistakes=MISTAKES)]),
    Question("Q2", "Twice", checks=[Returns("double", double, [Case("any", ({HIDDEN!r},))])]),
]
"""
SLEEP = 'import subprocess; subprocess.run(["sleep", "{}"])'
"""Seen from outside, and so is who runs it."""


def nap(seconds: int) -> str:
    """About so many seconds, as nobody else sleeps on this machine."""
    return f"{seconds}.{os.getpid()}"


def a_crowd(root: Path, number: int, *first: str) -> Path:
    """So many hand-ins, each with cells of its own that take a while."""
    names = [f"s{each:02}" for each in range(number)]
    a_course(root, students=names)
    cells = [*first, *(f"import time; time.sleep(0.15); mine = {n}" for n in range(number))]
    hand_ins = [HandIn(who, ON_TIME, [cells[n], DOUBLE, SQUARE]) for n, who in enumerate(names)]
    add_assignment(root, hand_ins=hand_ins)
    return root


def dask(address: str) -> tuple[str, ...]:
    return "--engine", "dask", "--scheduler", address


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    with a_cluster(tmp_path_factory.mktemp("cluster"), workers=2) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def twice(cluster, tmp_path_factory):
    """A course, graded here and on the cluster; and what the workers held while they were at it."""
    root = a_course(
        tmp_path_factory.mktemp("qzcanary-folder") / "c", students=["qzcanary-1", "s2", "s3", "s4"]
    )
    add_assignment(
        root,
        questions=QUESTIONS,
        points="Q1 = 1\nQ2 = 1",
        hand_ins=[
            HandIn(
                "qzcanary-1", ON_TIME, [DOUBLE, "def activation(x): return x", SLEEP.format(nap(4))]
            ),
            HandIn("s2", "2026-02-04T12:00:00+08:00", [DOUBLE, "1 / 0"]),
            HandIn("s3", ON_TIME, content=b"no notebook"),
            HandIn("s4", ON_TIME, ["def double(x): return 3 * x", "print('x' * 100)"]),
        ],
    )
    (root / "course.secret").write_text("qzcanary-secret\n")
    for options in (("--out", "here"), ("--fresh", "--out", "there", *dask(cluster.address))):
        if "there" not in options:
            assert grader("grade", "hw", *options, cwd=root).returncode == 0
            continue
        grading = Grading(root, *options)
        wait_for(lambda: sleeping(nap(4)))
        (worker, _) = next(each for each in above(sleeping(nap(4))) if "dask worker" in each[1])
        held = found_in([*below(worker), cluster.scheduler.pid])
        assert grading.end().status == 0, grading.err
    return root, held


def found_in(pids: list[int]) -> dict[str, set[int]]:
    """Which canaries are in the memory of which processes."""
    wanted = {
        "text": b"qzcanary-",
        "expected": struct.pack("<d", EXPECTED),
        "mistaken": struct.pack("<d", MISTAKEN),
        "hidden input": struct.pack("<d", HIDDEN),
        "code": b"def double(x)",
    }
    found: dict[str, set[int]] = {name: set() for name in wanted}
    for pid in pids:
        for piece in memory_of(pid):
            for name, canary in wanted.items():
                if canary in piece:
                    found[name].add(pid)
    return found


def test_a_worker_gives_the_same_evidence_and_the_same_scores(twice):
    root, _ = twice
    here, there = (root / name for name in ("here", "there"))
    keys = runs_in(here)
    assert len(keys) == 3
    assert keys == runs_in(there)
    for key in keys:
        one, other = (read_run(each / "evidence/hw/runs", key) for each in (here, there))
        assert evidence_bytes(one) == evidence_bytes(other)
        assert one.measurement.sandbox == other.measurement.sandbox == "full"
    assert (here / "hw/scores.csv").read_bytes() == (there / "hw/scores.csv").read_bytes()


def test_no_process_of_the_cluster_holds_an_answer_or_a_name(twice):
    _, held = twice
    assert held["hidden input"], "the search finds nothing at all"
    assert held["code"]
    assert not held["expected"] | held["mistaken"] | held["text"]


def test_a_worker_that_is_killed_in_mid_batch_loses_nothing(cluster, tmp_path):
    root = a_crowd(tmp_path / "c", 8, SLEEP.format(nap(5)))
    cluster.worker()  # one is killed, and two are left
    grading = Grading(root, *dask(cluster.address))
    wait_for(lambda: sleeping(nap(5)))
    (worker, _) = next(each for each in above(sleeping(nap(5))) if "dask worker" in each[1])
    beneath = below(worker)
    os.kill(worker, signal.SIGKILL)
    assert grading.end().status == 0, grading.err
    assert "8 of 8 notebooks were executed" in grading.out
    assert {row["score"] for row in scores_csv(root).values()} == {"10.00"}
    assert not any(line for pid, (_, line) in processes().items() if pid in beneath)


@pytest.mark.scale
def test_a_large_hand_in_is_executed_and_nothing_is_said_of_its_size(cluster, tmp_path):
    root = a_crowd(tmp_path / "c", 1, "# " + "x" * 11_000_000)
    grading = Grading(root, "--json", *dask(cluster.address)).end()
    assert grading.status == 0
    assert grading.err.splitlines()[0] == "1 of 1 notebook was executed."
    assert json.loads(grading.out)["scores"][0]["score"] == "10.00"


def test_without_its_scheduler_it_says_so_and_the_next_run_executes_what_is_missing(
    cluster, tmp_path
):
    """The last test of this cluster. That the evidence is kept as this machine's is shown, too."""
    root = a_crowd(tmp_path / "c", 10)
    grading = Grading(root, *dask(cluster.address))
    wait_for(lambda: runs_in(root))
    cluster.scheduler.kill()
    assert grading.end().status == 1
    kept = len(runs_in(root))
    assert 0 < kept < 10
    first = grading.err.splitlines()[0]
    assert first == (
        f"error: the scheduler at {cluster.address} is gone: {kept} of 10 hand-ins were executed and "
        "are kept"
    )
    assert "run the same command" in grading.err
    assert len(grading.err.splitlines()) == 2, "and nothing of Dask's log"
    again = grader("grade", "hw", cwd=root)
    assert f"{10 - kept} of 10 notebooks were executed" in again.stdout
    assert {row["score"] for row in scores_csv(root).values()} == {"10.00"}


def a_killer(seconds: str, grading: Grading) -> int:
    """Kill whoever runs `sleep SECONDS`, each time, until the command ends; how often."""
    killed = 0
    while grading.is_running:
        pid = sleeping(seconds)
        worker = next(
            (p for p, line in above(pid) if "dask worker" in line or "spawn_main" in line), None
        ) if pid else None  # fmt: skip
        if worker is not None:
            os.kill(worker, signal.SIGKILL)
            killed += 1
            wait_for(lambda: sleeping(seconds) != pid)  # noqa: B023
    return killed


@pytest.mark.scale
@pytest.mark.parametrize(("workers", "hand_ins"), [(2, 8), (1, 1)])
def test_who_kills_two_workers_is_given_up_and_nobody_else_is_harmed(tmp_path, workers, hand_ins):
    """A student's code cannot reach the worker: here a second process kills the worker of one."""
    root = a_crowd(tmp_path / "c", hand_ins, SLEEP.format(nap(6)))
    with a_cluster(tmp_path, workers=workers, nanny=True) as cluster:
        grading = Grading(root, *dask(cluster.address))
        killed = a_killer(nap(6), grading)
        assert grading.end().status == 0, grading.err
    assert killed == 2
    rows = scores_csv(root)
    assert rows.pop("s00")["status"] == "needs_review"
    assert {row["score"] for row in rows.values()} <= {"10.00"}
    log = next((root / "reports/hw").glob("failures*")).read_text()
    assert "two workers were lost while they ran it" in log


@pytest.mark.scale
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_who_stops_the_command_leaves_nothing_on_the_cluster(tmp_path, number):
    """By Ctrl-C, and by kill -9: then the scheduler notices that the client has gone."""
    root = a_crowd(tmp_path / "c", 8, SLEEP.format(nap(25)))
    with a_cluster(tmp_path, workers=2) as cluster:
        grading = Grading(root, *dask(cluster.address))
        wait_for(lambda: sleeping(nap(25)))
        workers = [pid for pid, (_, line) in processes().items() if cluster.address in line]
        grading.signal(number)
        wait_for(lambda: not grading.is_running, 10)
        grading.end()
        wait_for(lambda: not sleeping(nap(25)), 10)
        wait_for(lambda: all(not _alive(below(pid)[1:]) for pid in workers), 10)
        if number is signal.SIGINT:
            assert grading.status == 1
            assert grading.err.splitlines()[-1].startswith("stopped: what is done is kept")
            assert "Traceback" not in grading.err
        assert Grading(root, "--student", "s05", *dask(cluster.address)).end().status == 0


@pytest.mark.scale
def test_a_scheduler_that_stands_still_is_as_good_as_gone(tmp_path):
    root = a_crowd(tmp_path / "c", 40)
    with a_cluster(tmp_path) as cluster:
        grading = Grading(root, *dask(cluster.address))
        wait_for(lambda: runs_in(root))
        cluster.scheduler.send_signal(signal.SIGSTOP)
        try:
            assert grading.end().status == 1
        finally:
            cluster.scheduler.send_signal(signal.SIGCONT)
    assert f"error: the scheduler at {cluster.address} is gone: " in grading.err
    assert len(grading.err.splitlines()) == 2


def _alive(pids: list[int]) -> list[str]:
    """Their command lines; who has none is only waited for."""
    everything = processes()
    return [line for pid in pids if (line := everything.get(pid, (0, ""))[1])]


@pytest.mark.scale
def test_machines_that_are_unlike_are_refused_and_so_is_one_without_a_sandbox(tmp_path):
    root = a_crowd(tmp_path / "c", 2)
    other = tmp_path / "site" / "numpy-1.26.4.dist-info"
    other.mkdir(parents=True)
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: numpy\nVersion: 1.26.4\n")
    with a_cluster(tmp_path) as cluster:
        unlike = cluster.worker({"PYTHONPATH": str(other.parent)})
        wait_for(lambda: (tmp_path / "log").read_text().count("Registered to:") == 2)
        grading = Grading(root, *dask(cluster.address)).end()
        assert grading.status == 1
        assert "has numpy 1.26.4 (here: numpy 2." in grading.err
        os.kill(unlike, signal.SIGTERM)
        cluster.worker({"PATH": str(tmp_path)})
        wait_for(lambda: (tmp_path / "log").read_text().count("Registered to:") == 3)
        grading = Grading(root, *dask(cluster.address)).end()
        assert grading.status == 1
        assert "student code cannot be contained on this machine: bubblewrap is not" in grading.err
        assert "at:  worker tcp://127.0.0.1:" in grading.err
        assert os.uname().nodename in grading.err
        assert not runs_in(root)


@pytest.mark.scale
def test_a_cluster_of_this_machine_gives_the_same_and_says_nothing_else(tmp_path):
    root = a_crowd(tmp_path / "c", 3)
    assert grader("grade", "hw", "--out", "here", cwd=root).returncode == 0
    grading = Grading(root, "--out", "there", "--engine", "dask", "--jobs", "2").end()
    assert (grading.status, grading.err) == (0, "")
    assert "3 of 3 notebooks were executed" in grading.out
    assert runs_in(root / "here") == runs_in(root / "there")
    here, there = (root / name / "hw/scores.csv" for name in ("here", "there"))
    assert here.read_bytes() == there.read_bytes()


@pytest.mark.scale
def test_ctrl_c_at_a_terminal_ends_a_cluster_of_this_machine_and_nothing_else_is_said(tmp_path):
    root = a_crowd(tmp_path / "c", 4, SLEEP.format(nap(26)))
    grading = Grading(root, "--engine", "dask", "--jobs", "2")
    wait_for(lambda: sleeping(nap(26)))
    theirs = [pid for pid, line in above(sleeping(nap(26))) if "spawn_main" in line]
    assert theirs
    grading.ctrl_c()
    assert grading.end().status == 1
    assert grading.err == "stopped: what is done is kept, run the command again to go on\n"
    wait_for(lambda: not sleeping(nap(26)) and not _alive(theirs), 10)


PAGE = (Path(__file__).parents[2] / "docs/operator.md").read_text("utf-8")


@pytest.fixture
def secured(tmp_path: Path) -> dict[str, str]:
    """The environment of who has certificates, made and told to Dask as docs/operator.md shows."""
    commands = PAGE.partition("<!-- certificates -->")[2].partition("<!-- end -->")[0]
    for line in commands.strip().splitlines():
        subprocess.run(line.strip(), shell=True, cwd=tmp_path, check=True, capture_output=True)
    yaml = PAGE.partition("<!-- configuration -->\n```yaml\n")[2].partition("```")[0]
    folder = tmp_path / "dask"
    folder.mkdir()
    (folder / "tls.yaml").write_text(yaml.replace("/home/grader/tls", str(tmp_path)))
    return {"DASK_CONFIG": str(folder)}


@pytest.mark.scale
def test_with_certificates_nobody_else_is_let_in(tmp_path, secured):
    root = a_crowd(tmp_path / "c", 2)
    with a_cluster(tmp_path, "--protocol", "tls", env=secured) as cluster:
        assert cluster.address.startswith("tls://127.0.0.1:")
        stranger = Grading(root, *dask(cluster.address)).end()
        assert stranger.status == 1
        assert "DASK_DISTRIBUTED__COMM__TLS__CA_FILE" in stranger.err
        plain = Grading(root, *dask(cluster.address.replace("tls:", "tcp:"))).end()
        assert plain.status == 1
        assert "no scheduler can be spoken to" in plain.err
        done = Grading(root, *dask(cluster.address), env=secured).end()
        assert (done.status, done.err) == (0, "")


@pytest.mark.scale
def test_the_job_script_for_a_pbs_queue_is_what_the_page_says(tmp_path, secured):
    code = PAGE.partition("<!-- pbs -->\n```python\n")[2].partition("```")[0]
    made = code.partition("cluster.scale")[0] + "print(cluster.job_script())"
    done = subprocess.run(
        [sys.executable, "-c", made],
        env={**os.environ, **secured},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    script = done.stdout
    assert "#PBS -q grading\n" in script
    assert "#PBS -l select=1:ncpus=16:mem=40gb\n" in script
    assert "#PBS -l walltime=04:00:00\n" in script
    (line,) = [line for line in script.splitlines() if "distributed.cli.dask_worker" in line]
    assert "dask_worker tls://" in line
    assert "--nthreads 1 " in line
    assert "--nworkers 16 " in line
    assert f"--tls-ca-file {tmp_path}/ca.pem --tls-cert {tmp_path}/grader.pem" in line


def test_without_the_extra_it_says_what_to_install(tmp_path):
    root = a_crowd(tmp_path / "c", 1)
    code = (
        "import sys; sys.modules['distributed'] = None\n"
        "sys.argv = ['grader', 'grade', 'hw', '--engine', 'dask']\n"
        "import grader.cli; grader.cli.main()"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True)
    assert done.returncode == 1
    assert 'fix: pip install "grader[dask]"' in done.stderr
