"""A worker's own part: its warm, sandboxed processes, which it keeps from task to task."""

from __future__ import annotations

import os
import socket
import threading
import traceback
from contextlib import ExitStack
from queue import SimpleQueue
from types import SimpleNamespace

from grader.cluster.alike import differences_here
from grader.cluster.parcels import Answer, Order, encode_answer, packed_evidence, unpack_task
from grader.errors import GraderError
from grader.execute import Asked, Sandbox, starts
from grader.execute.machine import best
from grader.execute.pool import evidence_of
from grader.execute.process import StoppedError
from grader.execute.remedies import not_contained
from grader.execute.sandbox import Start
from grader.execute.timeouts import SuspectTimeoutError

WORKERS_OF_A_MACHINE = 900
"""Numbers for those that share one; so many users are nobody's."""

STOP_SECONDS = 5.0
"""For submissions that are stopped to give their processes back."""


class Site:
    """As many processes at a time as the worker has threads.

    Open and close it in threads that last: bubblewrap ends what it holds with the thread that
    started it.
    """

    def __init__(self, order: Order, jobs: int) -> None:
        self._order = order
        self._jobs = jobs
        self._stack = ExitStack()
        self._stop = threading.Event()
        self._slots: SimpleQueue[Start] = SimpleQueue()
        self._sandbox: Sandbox = "full"
        self.refusal: GraderError | None = None

    def open(self) -> None:
        """Start the first process, and keep the reason if it cannot be: nothing runs then."""
        try:
            unlike = differences_here(self._order)
            if unlike:
                raise unlike
            self._sandbox = "full" if self._order.sandbox == "full" else best()
            if self._sandbox == "off":
                raise not_contained("neither namespaces nor Landlock are to be had")
            slots = self._stack.enter_context(
                starts(
                    self._sandbox,
                    self._order.conditions,
                    self._jobs,
                    self._stop,
                    first=os.getpid() % WORKERS_OF_A_MACHINE,
                )
            )
            for slot in slots:
                self._slots.put(slot)
        except GraderError as error:
            self.refusal = error
        except StoppedError:
            self.refusal = GraderError("the batch has ended")
        except OSError as error:  # no room for the data files, say
            self.refusal = GraderError(f"a worker cannot begin: {error}")

    def close(self) -> None:
        """End every process, at once."""
        self._stop.set()
        for _ in range(self._jobs if self.refusal is None else 0):
            try:
                self._slots.get(timeout=STOP_SECONDS)
            except Exception:  # queue.Empty: it is ended all the same
                break
        self._stack.close()

    def answer(self, packed: bytes) -> bytes:
        """Execute a task. Whatever happens, there is an answer: exceptions would be pickled."""
        host = socket.gethostname()
        try:
            return encode_answer(self._answer(packed, host))
        except Exception as error:  # the fence around each submission of a batch
            problem = f"{type(error).__name__}: {error}"[:2000]
            return encode_answer(
                Answer("failed", host, problem=problem, details=traceback.format_exc()[-20_000:])
            )

    def _answer(self, packed: bytes, host: str) -> Answer:
        if self.refusal is not None:
            return Answer("refused", host, problem=self.refusal.problem, fix=self.refusal.fix)
        task = unpack_task(packed)
        code = [{"cell_type": "code", "source": source} for source in task.cells]
        probes = self._order.usual if task.probes is None else task.probes
        asked = Asked(SimpleNamespace(cells=code), probes, dict(task.earlier), task.seed)
        slot = self._slots.get()
        try:
            made = evidence_of(asked, self._order.conditions, slot, self._sandbox, alone=task.alone)
        except (SuspectTimeoutError, StoppedError):
            return Answer("again", host)
        finally:
            self._slots.put(slot)
        return Answer("ran", host, packed_evidence(made))
