"""The warm process: imports done, IPython's shell made, one fork for each submission.

It runs no student code and holds nothing of a course but the data files. It has one connection to
the supervisor, the control socket, which no student's process inherits:

    supervisor                              warm
        |  <---------- Warm                   |   or NotWarm, see `main`
        |  Spawn + a socket --------------->  |   forks a guard, which talks on that socket
        |  Measure / Kill ----------------->  |
        |  <---------- Measured               |
        |  <---------- Ended                  |   once for each Spawn, when all of it is gone
        |  closes the socket                  |   ends, with everything under it
"""

from __future__ import annotations

import ctypes
import gc
import os
import select
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import msgspec

from . import guard, seccomp, wire
from .channel import Channel

_MADV_COLLAPSE = 25
_HUGE = 1 << 21
_GATHERED = 44 << 20
_BLOCK = 512  # the largest that is taken from such a piece


def serve(
    control: socket.socket, environment: str, student: Callable[[Channel], None], *, many: bool
) -> None:
    """Fork a guard for each `Spawn`, until the supervisor closes the control socket."""
    with suppress(OSError):  # a processor that is not known: the guard will say so
        seccomp.program()
    if many:
        _settle()
    gc.freeze()
    _send(control, wire.Warm(environment))
    while True:
        message, channel = _receive(control)
        if message is None:
            return
        if not isinstance(message, wire.Spawn) or channel is None:
            continue  # a Kill that crossed the Ended
        report, told = os.pipe()
        process = os.fork()
        if process == 0:
            os.close(report)
            control.close()
            own = Channel(channel, channel)
            guard.guard(message.walls, channel, told, partial(student, own))
        os.close(told)
        os.close(channel)
        _attend(control, process, report, is_alone=message.walls.degraded is not None)
        os.close(report)
        os.waitpid(process, 0)


def _attend(control: socket.socket, process: int, report: int, *, is_alone: bool) -> None:
    """Serve the supervisor while one submission runs; tell it how it ended."""
    poll = select.poll()
    poll.register(control, select.POLLIN)
    poll.register(report, select.POLLIN)
    while True:
        ready = dict(poll.poll())
        if report in ready:
            said = os.read(report, 4096)
            if said:
                ended = msgspec.msgpack.decode(said, type=guard.Report)
            else:
                ended = guard.Report.of_missing("guard: it ended without a word")
            resident = guard.Usage.of_this_process().resident
            _send(control, wire.Ended(**msgspec.structs.asdict(ended), warm_bytes=resident))
            return
        message, _ = _receive(control)
        if message is None:  # the supervisor is gone
            os.kill(process, signal.SIGTERM)
            os.waitpid(process, 0)
            os._exit(0)
        elif isinstance(message, wire.Kill):
            os.kill(process, signal.SIGTERM)
        elif isinstance(message, wire.Measure):
            pids = _children(process) if is_alone else _others(process)
            _send(control, wire.Measured(guard.Usage.of(pids).cpu_seconds))


def _others(guard_process: int) -> list[str]:
    """All in this pid namespace but its init, this process and the guard."""
    known = ("1", str(os.getpid()), str(guard_process))
    return [name for name in os.listdir("/proc") if name.isdigit() and name not in known]


def _children(guard_process: int) -> list[str]:
    try:
        return Path(f"/proc/{guard_process}/task/{guard_process}/children").read_text().split()
    except OSError:
        return []


def gather() -> list[bytes]:
    """Have small objects lie side by side: to be called before anything is imported.

    The interpreter takes memory a megabyte at a time, from gaps among the libraries, where large
    pages find no room. So take at the start, in one piece, what imports will need, and give all of
    it back to the interpreter but one object in each half megabyte, so that it keeps the piece.
    """
    blocks = [b""] * (_GATHERED // _BLOCK)
    for place in range(len(blocks)):
        blocks[place] = bytes(_BLOCK - sys.getsizeof(b""))
    return blocks[:: (1 << 19) // _BLOCK]


def _settle() -> None:
    """Make forks cheap: nothing for the collector to look at, large pages (measured: 5 to 2 ms)."""
    gc.collect()
    libc = ctypes.CDLL(None)
    for line in Path("/proc/self/maps").read_text().splitlines():
        fields = line.split()
        if fields[1] == "rw-p" and (len(fields) < 6 or fields[5] == "[heap]"):
            low, high = (int(part, 16) for part in fields[0].split("-"))
            low, high = -(-low // _HUGE) * _HUGE, high // _HUGE * _HUGE
            if low < high:  # a kernel before 6.1 refuses, and nothing is lost
                libc.madvise(ctypes.c_void_p(low), ctypes.c_size_t(high - low), _MADV_COLLAPSE)


def _send(control: socket.socket, message: msgspec.Struct) -> None:
    control.sendall(wire.encode_control(message))


def _receive(control: socket.socket) -> tuple[wire.ToWarm | None, int | None]:
    """One message, and the descriptor that came with it; None when the supervisor is gone."""
    data, ancillary, _, _ = control.recvmsg(1 << 16, socket.CMSG_SPACE(4), socket.MSG_CMSG_CLOEXEC)
    descriptor = None
    for level, kind, content in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            descriptor = int.from_bytes(content[:4], sys.byteorder)
    return (wire.decode_to_warm(data) if data else None), descriptor
