"""One runner process, seen from the trusted side.

A thread reads frames and puts them into a short queue, so that the supervisor can wait with a
deadline on any system, and holds at most a few frames however fast a child writes.
"""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO

import msgspec

from grader.execute import bootstrap
from grader.runner import wire

_FRAMES_WAITING = 4
_STOP_SECONDS = 0.2  # so soon a stopped batch is noticed


class EndedError(Exception):
    """The process is not there any more, or is not believed any more. `why` is for the report."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class LateError(Exception):
    """No message came in time."""


class StoppedError(Exception):
    """The batch is being stopped."""


class RunnerProcess:
    """A started runner. Use as a context manager: it is gone, with all its children, afterwards."""

    def __init__(self, work_directory: Path, frame_limit: int, stop: threading.Event) -> None:
        self._frame_limit = frame_limit
        self._stop = stop
        self._frames: queue.Queue[bytes | EndedError] = queue.Queue(_FRAMES_WAITING)
        self._process = subprocess.Popen(
            bootstrap.command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=work_directory,
            env=bootstrap.environment(work_directory),
            start_new_session=True,  # one group, so that one kill reaches its children too
        )
        self._closing = False
        threading.Thread(target=self._read, daemon=True).start()

    def __enter__(self) -> RunnerProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def send(self, message: wire.Begin | wire.Ask) -> None:
        """Send one message; a runner that is gone is noticed by the next `receive`."""
        frame = wire.encode(message)
        pipe = self._process.stdin
        assert pipe is not None
        with contextlib.suppress(OSError, ValueError):
            pipe.write(len(frame).to_bytes(4, "big") + frame)
            pipe.flush()

    def receive(self, seconds: float) -> wire.FromRunner:
        """The next message.

        Raises:
            LateError: none came within so many seconds.
            EndedError: the process ended, or sent what is not a message.
            StoppedError: the batch is being stopped.
        """
        frame = self._next_frame(now() + seconds)
        if isinstance(frame, EndedError):
            raise frame
        try:
            message: wire.FromRunner = wire.decode_from_runner(frame)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            raise EndedError("sent what is not a message") from None
        return message

    def _next_frame(self, deadline: float) -> bytes | EndedError:
        while not self._stop.is_set():
            left = deadline - now()
            try:
                return self._frames.get(timeout=max(0.0, min(left, _STOP_SECONDS)))
            except queue.Empty:
                if left <= _STOP_SECONDS:
                    raise LateError from None
        raise StoppedError

    def has_message(self) -> bool:
        """Whether something has come that nobody asked for."""
        return not self._frames.empty()

    def cpu_seconds(self) -> float | None:
        """CPU time of the process so far, where the system tells; None elsewhere."""
        try:
            stat = Path(f"/proc/{self._process.pid}/stat").read_text()
            user, system = stat.rpartition(")")[2].split()[11:13]
        except (OSError, ValueError):
            return None
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def kill(self) -> None:
        """End the process and everything that it started."""
        self._closing = True
        if sys.platform == "win32":
            self._process.kill()
        else:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def _read(self) -> None:
        pipe = self._process.stdout
        assert pipe is not None
        try:
            while True:
                frame = self._read_frame(pipe)
                if not self._put(frame) or isinstance(frame, EndedError):
                    return
        except (OSError, ValueError):  # closed by kill()
            return

    def _read_frame(self, pipe: IO[bytes]) -> bytes | EndedError:
        header = pipe.read(4)
        if len(header) < 4:
            return EndedError(self._how_it_ended())
        size = int.from_bytes(header, "big")
        if size > self._frame_limit:
            return EndedError(f"sent a message of {size} bytes")
        frame = pipe.read(size)
        return frame if len(frame) == size else EndedError(self._how_it_ended())

    def _put(self, frame: bytes | EndedError) -> bool:
        while not self._closing:
            try:
                self._frames.put(frame, timeout=0.5)
            except queue.Full:
                continue
            return True
        return False

    def _how_it_ended(self) -> str:
        try:
            status = self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            return "closed its channel"
        if status >= 0:
            return f"ended with exit status {status}"
        try:
            return f"was ended by {signal.Signals(-status).name}"
        except ValueError:
            return f"was ended by signal {-status}"


def now() -> float:
    """Seconds on a clock that never jumps."""
    return time.monotonic()
