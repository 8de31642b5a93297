"""A process of its own for each submission, without walls: any system, `--sandbox off`.

A thread reads frames and puts them into a short queue, so that the supervisor can wait with a
deadline on any system, and holds at most a few frames however fast a child writes. What is sent is
written by a thread too: a child may not read at all.
"""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path
from typing import IO

from grader.execute import bootstrap
from grader.execute.process import (
    SEND_SECONDS,
    STOP_SECONDS,
    EndedError,
    FrameLimit,
    LateError,
    Message,
    StoppedError,
    decoded,
    now,
)
from grader.runner import wire

_FRAMES_WAITING = 4
_Frame = tuple[bytes, bytes]


class ColdProcess:
    """A started runner; see `Process`."""

    def __init__(
        self,
        work_directory: Path,
        frame_limit: FrameLimit,
        stop: threading.Event,
        *,
        threads: int = 1,
        user: int | None = None,
        processes: int = 0,
    ) -> None:
        """Start it.

        Args:
            user: whose it is to be, which root alone can say: nobody else may be that user. All
                that is theirs is ended with it.
            processes: of that user at a time.
        """
        self._user = user
        self._frame_limit = frame_limit
        self._stop = stop
        self._frames: queue.Queue[_Frame | EndedError] = queue.Queue(_FRAMES_WAITING)
        self._process = subprocess.Popen(
            bootstrap.cold_command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=work_directory,
            env=bootstrap.environment(str(work_directory), threads=threads),
            start_new_session=True,  # one group, so that one kill reaches its children too
            user=user,
            group=user,
            extra_groups=None if user is None else [],
            preexec_fn=None if user is None else partial(_limit_processes, processes),
        )
        self._closing = False
        self._writer: threading.Thread | None = None
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> ColdProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def send(self, message: wire.Begin | wire.Ask) -> None:
        self._writer = threading.Thread(
            target=self._write, args=(wire.encode(message),), daemon=True
        )
        self._writer.start()
        deadline = now() + SEND_SECONDS
        while self._writer.is_alive() and now() < deadline and not self._stop.is_set():
            self._writer.join(STOP_SECONDS)

    def _write(self, frame: bytes) -> None:
        pipe = self._process.stdin
        assert pipe is not None
        with contextlib.suppress(OSError, ValueError):
            pipe.write(frame)
            pipe.flush()

    def receive(self, seconds: float) -> Message:
        frame = self._next_frame(now() + seconds)
        if isinstance(frame, EndedError):
            raise frame
        return decoded(*frame)

    def _next_frame(self, deadline: float) -> _Frame | EndedError:
        while not self._stop.is_set():
            left = deadline - now()
            try:
                return self._frames.get(timeout=max(0.0, min(left, STOP_SECONDS)))
            except queue.Empty:
                if left <= STOP_SECONDS:
                    raise LateError from None
        raise StoppedError

    def has_message(self) -> bool:
        waiting = list(self._frames.queue)
        return any(not isinstance(frame, EndedError) for frame in waiting)

    def cpu_seconds(self) -> float | None:
        try:
            stat = Path(f"/proc/{self._process.pid}/stat").read_text()
            user, system = stat.rpartition(")")[2].split()[11:13]
        except (OSError, ValueError):
            return None
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def kill(self) -> None:
        self._closing = True
        if sys.platform == "win32":
            self._process.kill()
        else:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        if self._user is not None:
            _end_all_of(self._user)
        assert self._process.stdin is not None
        if self._writer is not None:
            self._writer.join(STOP_SECONDS)
        if self._writer is None or not self._writer.is_alive():  # it holds the pipe's lock
            with contextlib.suppress(OSError):
                self._process.stdin.close()
        self._reader.join(STOP_SECONDS)  # not for ever: what left the group may hold the pipe open

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as pipe:
            while True:
                frame = self._read_frame(pipe)
                if not self._put(frame) or isinstance(frame, EndedError):
                    return

    def _read_frame(self, pipe: IO[bytes]) -> _Frame | EndedError:
        prefix = pipe.read(wire.PREFIX)
        if len(prefix) < wire.PREFIX:
            return EndedError(self._how_it_ended())
        sizes = wire.lengths(prefix)
        try:
            self._frame_limit.check(*sizes)
        except EndedError as error:
            return error
        head, payload = (pipe.read(size) for size in sizes)
        if (len(head), len(payload)) != sizes:
            return EndedError(self._how_it_ended())
        return head, payload

    def _put(self, frame: _Frame | EndedError) -> bool:
        while not self._closing:
            try:
                self._frames.put(frame, timeout=STOP_SECONDS / 2)
            except queue.Full:
                continue
            return True
        return False

    def _how_it_ended(self) -> str:
        try:
            return how_it_ended(self._process.wait(timeout=5))
        except subprocess.TimeoutExpired:
            return "closed its channel"


def _limit_processes(number: int) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_NPROC, (number, number))


def _end_all_of(user: int) -> None:
    """End every process of a user: also those that left the group. A fork of ours becomes that user
    and ends all that it may, which misses none that is just being made."""
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            os.setgroups([])
            os.setresgid(user, user, user)
            os.setresuid(user, user, user)
            os.kill(-1, signal.SIGKILL)
        os._exit(0)
    os.waitpid(child, 0)


def how_it_ended(code: int) -> str:
    """In words; `code` as in `subprocess`: an exit status, or minus a signal's number."""
    if code >= 0:
        return f"ended with exit status {code}"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"
