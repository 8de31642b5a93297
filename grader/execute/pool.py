"""Executes many submissions side by side on one machine, in a fair order, and stops promptly when
asked."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

from grader.execute.conditions import Conditions
from grader.execute.sandbox import Sandbox, Start, starts
from grader.execute.submission import execute
from grader.execute.timeouts import SuspectTimeoutError
from grader.execute.worker import WorkerError
from grader.records.evidence import Evidence, Outcome
from grader.records.probes import Probe

T = TypeVar("T")
WAITING = 2
"""Submissions in hand for each worker: enough to keep it busy, few enough to bound memory."""

FEW = 8
"""Up to so many submissions for each worker, its rehearsal does not pay off. It costs half a second
of CPU; measured, 6 notebooks of plots and tracebacks gain as much by it, or 10 real hand-ins."""

LOST_WORKERS = 2
"""After so many a submission is given up: it may be what they died of."""


@dataclass(frozen=True)
class Executed(Generic[T]):
    """What came of one piece of work: evidence, or the failure of ours that prevented it."""

    work: T
    evidence: Evidence | None
    failure: Exception | None = None


@dataclass(frozen=True, eq=False)
class Asked:
    """A notebook and the probes to ask it.

    `earlier`: what its run gave before for other probes, by their ids. `seed`: another one than
    that of the conditions.
    """

    notebook: Any
    probes: Sequence[Probe]
    earlier: Mapping[str, Outcome] = field(default_factory=dict)
    seed: int | None = None


def default_jobs(memory_bytes: int, *, available_bytes: int | None = None) -> int:
    """How many notebooks at a time: one for each core, as far as memory reaches.

    Args:
        memory_bytes: what one of them may hold.
        available_bytes: what the machine has; None looks.
    """
    cores = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    available = _available_bytes() if available_bytes is None else available_bytes
    return cores if available is None else max(1, min(cores, available // memory_bytes))


def _available_bytes() -> int | None:
    """What can be had without swapping, as the kernel estimates it; None if it does not say."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return None
    found = [line.split()[1] for line in lines if line.startswith("MemAvailable:")]
    return int(found[0]) * 1024 if found else None


def execute_all(
    works: Iterable[T],
    asked: Callable[[T], Asked],
    conditions: Conditions,
    *,
    jobs: int,
    sandbox: Sandbox,
) -> Generator[Executed[T], None, None]:
    """Execute each piece of work; give what came of it as soon as it is there.

    A sandbox takes a second of CPU to build, so it is built for the first that can be opened.

    Args:
        asked: opens a piece of work; in a thread of the pool, when it is its turn.

    Wall-clock time-outs that a busy machine may explain are tried again one by one at the end,
    before they are believed. An exception is a failure of ours and stays with its submission.

    Raises:
        GraderError: the sandbox cannot be had. Nothing has run then.
    """
    queue = iter(works)
    for first in queue:
        try:
            first_asked = asked(first)
        except Exception as error:
            yield Executed(first, None, error)
        else:
            break
    else:
        return
    stop = threading.Event()
    near = list(islice(queue, FEW * jobs))  # all that there are, if they are few
    queue = chain(near, queue)
    many = len(near) == FEW * jobs
    with (
        starts(sandbox, conditions, jobs, stop, many=many) as free,
        ThreadPoolExecutor(jobs) as pool,
    ):
        slots: SimpleQueue[Start] = SimpleQueue()
        for slot in free:
            slots.put(slot)

        def one(work: T, alone: bool, opened: Asked | None = None) -> Executed[T]:
            slot = slots.get()
            try:
                evidence = evidence_of(
                    opened or asked(work), conditions, slot, sandbox, alone=alone
                )
                return Executed(work, evidence)
            except SuspectTimeoutError:
                raise
            except Exception as error:  # the fence around each submission of a batch
                return Executed(work, None, error)
            finally:
                slots.put(slot)

        doubtful: list[T] = []
        running = {pool.submit(one, first, jobs == 1, first_asked): first}
        try:
            while True:
                for work in islice(queue, jobs * WAITING - len(running)):
                    running[pool.submit(one, work, jobs == 1)] = work
                if not running:
                    break
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    work = running.pop(future)
                    try:
                        yield future.result()
                    except SuspectTimeoutError:
                        doubtful.append(work)
            for work in doubtful:
                yield pool.submit(one, work, True).result()
        except BaseException:  # Ctrl-C above all
            stop.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def evidence_of(
    asked: Asked,
    conditions: Conditions,
    start: Start,
    sandbox: Sandbox,
    *,
    alone: bool,
) -> Evidence:
    """Execute one notebook, with another worker if one is lost.

    Raises:
        SuspectTimeoutError: not `alone`, and a limit passed that load may explain.
        StoppedError: the batch is being stopped.
        WorkerError: `LOST_WORKERS` were lost.
    """
    if asked.seed is not None:
        conditions = replace(conditions, seed=asked.seed)
    for attempt in range(1, LOST_WORKERS + 1):
        try:
            return execute(
                asked.notebook,
                asked.probes,
                conditions,
                start,
                earlier=asked.earlier,
                sandbox=sandbox,
                alone=alone,
            )
        except WorkerError:
            if attempt == LOST_WORKERS:
                raise
    raise AssertionError("unreachable")
