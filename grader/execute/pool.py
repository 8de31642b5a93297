"""Executes many submissions side by side, in a fair order, and stops promptly when asked."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Generic, TypeVar

from grader.execute.submission import Conditions, SuspectTimeoutError, execute
from grader.records.evidence import Evidence
from grader.records.probes import Probe

T = TypeVar("T")
WAITING = 2
"""Submissions in hand for each worker: enough to keep it busy, few enough to bound memory."""


@dataclass(frozen=True)
class Executed(Generic[T]):
    """What came of one piece of work: evidence, or the failure of ours that prevented it."""

    work: T
    evidence: Evidence | None
    failure: Exception | None = None


def default_jobs() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def execute_all(
    works: Iterable[T],
    open_notebook: Callable[[T], Any],
    probes: Sequence[Probe],
    conditions: Conditions,
    *,
    jobs: int,
) -> Iterator[Executed[T]]:
    """Execute each piece of work; give what came of it as soon as it is there.

    Wall-clock time-outs that a busy machine may explain are tried again one by one at the end,
    before they are believed. An exception is a failure of ours and stays with its submission.
    """
    doubtful: list[T] = []
    stop = threading.Event()
    with _font_cache() as fonts:

        def one(work: T, *, alone: bool) -> Executed[T]:
            try:
                notebook = open_notebook(work)
                evidence = execute(
                    notebook, probes, conditions, alone=alone, font_cache=fonts, stop=stop
                )
                return Executed(work, evidence)
            except SuspectTimeoutError:
                raise
            except Exception as error:  # the fence around each submission of a batch
                return Executed(work, None, error)

        queue = iter(works)
        with ThreadPoolExecutor(jobs) as pool:
            running: dict[Future[Executed[T]], T] = {}
            try:
                while True:
                    for work in islice(queue, jobs * WAITING - len(running)):
                        running[pool.submit(one, work, alone=jobs == 1)] = work
                    if not running:
                        break
                    done, _ = wait(running, return_when=FIRST_COMPLETED)
                    for future in done:
                        work = running.pop(future)
                        try:
                            yield future.result()
                        except SuspectTimeoutError:
                            doubtful.append(work)
            except BaseException:  # Ctrl-C above all
                stop.set()
                raise
            finally:
                pool.shutdown(wait=False, cancel_futures=True)
        for work in doubtful:
            yield one(work, alone=True)


@contextmanager
def _font_cache() -> Iterator[Path]:
    """matplotlib's list of fonts, made once: each cold process would look for them again."""
    with tempfile.TemporaryDirectory(prefix="grader-fonts-", ignore_cleanup_errors=True) as name:
        subprocess.run(
            [sys.executable, "-c", "import matplotlib.font_manager"],
            env={**os.environ, "MPLCONFIGDIR": name},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        yield Path(name)
