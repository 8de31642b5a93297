"""A warm worker, seen from the trusted side: one process behind walls that forks a child for each
submission.

Each submission gets a socket of its own, which comes into being with it and ends with it: what it
writes can only ever be taken for its own. The control socket is the warm process's alone.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence

from grader.execute.cold import how_it_ended
from grader.execute.process import (
    SEND_SECONDS,
    STOP_SECONDS,
    EndedBy,
    EndedError,
    FrameLimit,
    LateError,
    Message,
    StoppedError,
    decoded,
    now,
)
from grader.runner import wire

START_SECONDS = 60.0
"""For the interpreter and its libraries; a busy machine is slow at it."""

END_SECONDS = 10.0
"""For a submission to be gone after it was told to."""

GROWN = 1.2
"""A warm process only forks; one that holds so much more than at first is not what it was."""

CLOSED_SECONDS = 1.0
"""For a submission to be gone after it has closed its socket, which its death does too."""

_BY_THE_GUARD: dict[wire.Cause, tuple[str, EndedBy]] = {
    "memory": ("went over the memory limit", "memory"),
    "cpu": ("used up its CPU time", "timeout"),
    "stopped": ("stopped itself", "died"),
}


class WorkerError(Exception):
    """The worker did not do its part. It is replaced, and the submission begins anew."""


class NotWarmError(WorkerError):
    """The warm process failed by itself: what it is to import is missing, say."""


class Worker:
    """One warm process behind the outer wall.

    Attributes:
        environment: interpreter and libraries, as the warm process tells.
        used: how many submissions it has run.
        is_odd: whether it has to be replaced.
    """

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], stop: threading.Event
    ) -> None:
        """Start it.

        Raises:
            NotWarmError: it starts, and fails by itself.
            WorkerError: it does not start; with what was said.
            StoppedError: the batch is being stopped.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control = ours
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115, it is as long-lived as this
        with theirs:
            self._process = subprocess.Popen(
                command,
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=self._stderr,
                env=dict(environment),
                cwd="/",
                start_new_session=True,
            )
        self.used = 0
        self.is_odd = False
        self._first_bytes = 0  # what it held at its start
        try:
            warm = self._receive(START_SECONDS, stop)
            if isinstance(warm, wire.NotWarm):
                raise NotWarmError(warm.error)
            assert isinstance(warm, wire.Warm)
        except NotWarmError:
            self.close()
            raise
        except (WorkerError, LateError, AssertionError):
            said = self._said()
            self.close()
            raise WorkerError(said) from None
        except BaseException:  # stopped: nobody else knows of it yet
            self.close()
            raise
        self.environment = warm.environment[:500]

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End it, and everything in it."""
        self._control.close()
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        self._process.wait()
        self._stderr.close()

    def start(
        self, walls: wire.Walls, frame_limit: FrameLimit, stop: threading.Event
    ) -> WarmProcess:
        """Fork a child for one submission.

        Raises:
            WorkerError: there is no worker any more.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            self.used += 1
            try:
                spawn = wire.encode_control(wire.Spawn(walls))
                socket.send_fds(self._control, [spawn], [theirs.fileno()])
            except OSError as error:
                ours.close()
                raise self._lost() from error
        return WarmProcess(self, ours, frame_limit, stop)

    def measure(self) -> wire.Measured | wire.Ended:
        """What the submission that runs has used; or how it ended, if it just has."""
        answer = self._ask(wire.Measure())
        assert isinstance(answer, (wire.Measured, wire.Ended))
        return answer

    def end(self, *, patience: float = 0.0) -> wire.Ended:
        """End the submission that runs, if it has not ended after `patience` seconds.

        Raises:
            WorkerError: it does not go.
        """
        if patience:
            with contextlib.suppress(LateError):
                message = self._receive(patience)
                if isinstance(message, wire.Ended):
                    return message
        message = self._ask(wire.Kill())
        deadline = now() + END_SECONDS
        while not isinstance(message, wire.Ended):
            try:
                message = self._receive(deadline - now())
            except LateError:
                raise self._lost() from None
        return message

    def _ask(self, message: wire.Kill | wire.Measure) -> wire.FromWarm:
        try:
            self._control.send(wire.encode_control(message))
            return self._receive(END_SECONDS)
        except (OSError, LateError):
            raise self._lost() from None

    def _receive(self, seconds: float, stop: threading.Event | None = None) -> wire.FromWarm:
        deadline = now() + seconds
        slice_seconds = seconds if stop is None else STOP_SECONDS
        while not select.select([self._control], [], [], max(0.0, min(slice_seconds, seconds)))[0]:
            if stop is not None and stop.is_set():
                raise StoppedError
            seconds = deadline - now()
            if seconds <= 0:
                raise LateError
        try:
            data = self._control.recv(1 << 16)
        except OSError:
            data = b""
        if not data:
            raise self._lost()
        message: wire.FromWarm = wire.decode_from_warm(data)
        if isinstance(message, wire.Ended):
            self._first_bytes = self._first_bytes or message.warm_bytes
            self.is_odd |= message.warm_bytes > GROWN * self._first_bytes
            self.is_odd |= message.cause == "no-wall"  # who knows what is left of it
        return message

    def _lost(self) -> WorkerError:
        self.is_odd = True
        return WorkerError(f"a worker was lost: {self._said()}")

    def _said(self) -> str:
        """The last line that bubblewrap, or Python, wrote before it ended."""
        descriptor = self._stderr.fileno()
        start = max(0, os.fstat(descriptor).st_size - 10_000)
        # not seek(): the place in the file is the worker's too
        lines = os.pread(descriptor, 10_000, start).decode(errors="replace").strip().splitlines()
        return lines[-1][:300] if lines else "without a word"


class WarmProcess:
    """One submission's process in a worker; see `Process`."""

    def __init__(
        self,
        worker: Worker,
        channel: socket.socket,
        frame_limit: FrameLimit,
        stop: threading.Event,
    ) -> None:
        self._worker = worker
        self._channel = channel
        self._frame_limit = frame_limit
        self._stop = stop
        self._ended: wire.Ended | None = None
        channel.setblocking(False)

    def __enter__(self) -> WarmProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def send(self, message: wire.Begin | wire.Ask) -> None:
        rest = memoryview(wire.encode(message))
        deadline = now() + SEND_SECONDS  # it may not read at all
        with contextlib.suppress(OSError, LateError):
            while rest:
                self._wait(select.POLLOUT, deadline)
                rest = rest[self._channel.send(rest) :]

    def receive(self, seconds: float) -> Message:
        deadline = now() + seconds
        sizes = wire.lengths(self._read(wire.PREFIX, deadline))
        self._frame_limit.check(*sizes)
        head, payload = (self._read(size, deadline) for size in sizes)
        return decoded(head, payload)

    def _read(self, size: int, deadline: float) -> bytes:
        parts = []
        while size:
            self._wait(select.POLLIN, deadline)
            try:
                part = self._channel.recv(min(size, 1 << 20))
            except OSError:
                part = b""
            if not part:
                raise self._how_it_ended()
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def _wait(self, event: int, deadline: float) -> None:
        poll = select.poll()
        poll.register(self._channel, event)
        while not self._stop.is_set():
            left = deadline - now()
            if poll.poll(1000 * max(0.0, min(left, STOP_SECONDS))):
                return
            if left <= STOP_SECONDS:
                raise LateError
        raise StoppedError

    def _how_it_ended(self) -> EndedError:
        """Its end of the socket is closed: by its death, or by itself, and then it is ended."""
        ended = self._ended = self._worker.end(patience=CLOSED_SECONDS)
        if ended.cause == "no-wall":
            raise WorkerError(f"no {ended.missing}")
        if ended.cause in _BY_THE_GUARD:
            return EndedError(*_BY_THE_GUARD[ended.cause])
        return EndedError(how_it_ended(os.waitstatus_to_exitcode(ended.status)))

    def has_message(self) -> bool:
        try:
            return bool(self._channel.recv(1, socket.MSG_PEEK))
        except OSError:
            return False

    def cpu_seconds(self) -> float | None:
        if self._ended is not None:
            return self._ended.cpu_seconds
        measured = self._worker.measure()
        if isinstance(measured, wire.Ended):  # told once only
            self._ended = measured
        return measured.cpu_seconds

    def kill(self) -> None:
        self._channel.close()
        if self._ended is None and not self._worker.is_odd:
            self._ended = self._worker.end()
