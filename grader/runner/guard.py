"""The process between the warm one and the student's: builds the walls, watches, reports.

    warm process          no student code ever; forks a guard for each submission
      guard               new namespaces; mounts; starts the two below; watches what they take
        init              pid 1 of the new pid namespace: sleeps; its end ends all in there
        student's process drops everything that it has left, then runs the notebook

The guard is outside of the student's pid namespace: nothing in there can see it or signal it. To
end a submission is to end the init, however many processes the student started. The guard writes
one `Report` into a pipe that it shares with the warm process alone.

Where a machine gives no namespaces (`degraded`), there is no init and no room of its own: Landlock
leaves the student's process its work directory, and the strict filter of `seccomp` no second
process, so that ending this one is enough.
"""

from __future__ import annotations

import gc
import os
import resource
import shutil
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import msgspec

from . import isolation, seccomp, wire
from .channel import behind_null

WATCH_SECONDS = 0.05
STOPPED_SECONDS = 1.0
INIT = ("/bin/sleep", "infinity")
WORK = "/home/student"
SCRATCH = ("/tmp", "/dev/shm")
DATA = "/data"
COVERED = (DATA, "/runner")  # the runner's own files: it has imported what it needs
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom",
           "/dev/ptmx", "/dev/pts")  # fmt: skip
PAGE = resource.getpagesize()
TICKS = os.sysconf("SC_CLK_TCK")


class Report(msgspec.Struct, frozen=True, array_like=True):
    """How a submission ended.

    Attributes:
        status: the wait status of the student's process; 0 if it was told to end.
        cause: what ended it.
        cpu_seconds: of the student's processes, as far as the kernel tells.
        missing: the wall that could not be built, and why; "" if all were.
    """

    status: int
    cause: wire.Cause
    cpu_seconds: float = 0.0
    peak_bytes: int = 0
    missing: str = ""

    @staticmethod
    def of_missing(wall: str) -> Report:
        return Report(0, "no-wall", missing=wall)


TOLD = 200
"""Bytes of what the student's process says of a wall that is missing."""


def guard(walls: wire.Walls, channel: int, report: int, student: Callable[[], None]) -> NoReturn:
    """Be the guard. Never returns; writes a `Report` into the descriptor `report`.

    Args:
        channel: the descriptor on which the student's process talks to the supervisor.
        student: what the student's process does inside of the walls.
    """
    gc.disable()  # a page that it writes to is a page that it must copy
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD, signal.SIGTERM})
    base = Usage.of_this_process()
    try:
        if walls.degraded is None:
            said = _with_namespaces(walls, base, channel, student)
        else:
            said = _without_namespaces(walls, walls.degraded, base, channel, student)
    except Exception as error:  # whatever it is, there is no wall
        said = Report.of_missing(_said(error))
    os.write(report, msgspec.msgpack.encode(said))
    os._exit(0)


def _with_namespaces(
    walls: wire.Walls, base: Usage, channel: int, student: Callable[[], None]
) -> Report:
    isolation.unshare()
    _furnish(walls)
    try:
        init = os.posix_spawn(INIT[0], INIT, {}, setsigmask=())  # the first child: pid 1
    except OSError as error:
        raise isolation.StepError("init", error.errno or 0) from error

    def confine() -> None:
        isolation.mount_proc()
        os.chdir(WORK)
        _limit(walls, base)
        isolation.drop_capabilities()
        isolation.confine_files(("/",), (WORK, *SCRATCH), DEVICES)
        seccomp.install(seccomp.program())

    def tree() -> list[str]:
        return [name for name in os.listdir("/proc") if name.isdigit() and name != "1"]

    try:
        return _run(walls, base, channel, confine, student, tree)
    finally:
        os.kill(init, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(-1, 0)  # the student's process, if it was not waited for, or the init
            os.waitpid(-1, 0)  # the init's end is known when nothing in the namespace is left


def _furnish(walls: wire.Walls) -> None:
    """Rooms to write in, with the data files; what the runner was made of is covered."""
    isolation.keep_mounts_private()
    kept = {path: os.open(path, os.O_PATH) for path in walls.kept}
    isolation.mount_room(WORK, walls.work_bytes, walls.inodes)
    for path in SCRATCH:
        isolation.mount_room(path, walls.scratch_bytes, walls.inodes)
    for path, place in kept.items():
        isolation.bind(place, path)
        os.close(place)
    _copy(DATA, WORK)
    for path in COVERED:
        isolation.cover(path)


def _without_namespaces(
    walls: wire.Walls,
    degraded: wire.Degraded,
    base: Usage,
    channel: int,
    student: Callable[[], None],
) -> Report:
    isolation.die_with_parent(signal.SIGTERM)
    _copy(degraded.data, degraded.work)
    if degraded.uid:
        _give(degraded.work, degraded.uid)

    def confine() -> None:
        if degraded.uid:
            os.setgroups(())
            os.setgid(degraded.uid)
            os.setuid(degraded.uid)
        isolation.die_with_parent(signal.SIGKILL)
        os.chdir(degraded.work)
        os.environ["HOME"] = os.environ["TMPDIR"] = degraded.work
        _limit(walls, base)
        isolation.drop_capabilities()
        readable = (*degraded.readable, "/proc/self")
        isolation.confine_files(readable, (degraded.work,), DEVICES)
        seccomp.install(seccomp.program(alone=os.getpid()))

    pids: list[str] = []
    try:
        return _run(walls, base, channel, confine, student, lambda: pids, pids.append)
    finally:
        for pid in pids:
            with suppress(ProcessLookupError, ChildProcessError):
                os.kill(int(pid), signal.SIGKILL)
                os.waitpid(int(pid), 0)


def _copy(source: str, target: str) -> None:
    shutil.copytree(source, target, dirs_exist_ok=True, copy_function=shutil.copyfile)


def _give(folder: str, uid: int) -> None:
    for path in (Path(folder), *Path(folder).rglob("*")):
        os.chown(path, uid, uid)


def _limit(walls: wire.Walls, base: Usage) -> None:
    isolation.limit(
        memory=walls.memory_bytes + base.virtual,
        cpu_seconds=walls.cpu_seconds,
        file_bytes=walls.file_bytes,
        processes=walls.processes + 2,  # with the init and the guard
        open_files=walls.open_files,
    )


def _run(
    walls: wire.Walls,
    base: Usage,
    channel: int,
    confine: Callable[[], None],
    student: Callable[[], None],
    tree: Callable[[], list[str]],
    started: Callable[[str], None] = lambda pid: None,
) -> Report:
    """Start the student's process, and watch it until it has ended or has to be."""
    built, told = os.pipe()
    process = os.fork()
    if process == 0:
        _student(channel, told, confine, student)
    started(str(process))
    os.close(told)
    os.close(channel)
    failure = os.read(built, TOLD).decode(errors="replace")
    os.close(built)
    return Report.of_missing(failure) if failure else _watched(process, walls, base, tree)


def _said(error: BaseException) -> str:
    """What an OSError says of itself; of what nobody expected, its name too."""
    return str(error) if isinstance(error, OSError) else f"{type(error).__name__}: {error}"


def _student(
    channel: int, told: int, confine: Callable[[], None], student: Callable[[], None]
) -> NoReturn:
    """The student's process: behind the walls, then the work."""
    try:
        os.setsid()  # or kill(0) would reach the guard's group
        for name in os.listdir("/proc/self/fd"):
            if int(name) not in (0, 1, 2, channel, told):
                with suppress(OSError):  # the listing's own descriptor is gone by now
                    os.close(int(name))
        os.close(*behind_null(2))  # what the warm process may say there is for the grader
        confine()
    except BaseException as error:  # no student's code runs without its walls
        os.write(told, _said(error).encode(errors="replace")[:TOLD])
        os._exit(1)
    os.close(told)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    gc.enable()
    try:
        student()
    finally:
        os._exit(0)  # no atexit of a student's


@dataclass(frozen=True)
class Usage:
    """What processes take together; sizes in bytes."""

    resident: int = 0
    virtual: int = 0
    cpu_seconds: float = 0.0
    is_stopped: bool = False

    @staticmethod
    def of_this_process() -> Usage:
        virtual, resident = Path("/proc/self/statm").read_text().split()[:2]
        return Usage(int(resident) * PAGE, int(virtual) * PAGE)

    @staticmethod
    def of(pids: list[str]) -> Usage:
        """Of processes that /proc shows; those that have ended meanwhile count nothing."""
        resident = 0
        ticks = 0
        stopped = False
        for pid in pids:
            with suppress(OSError, ValueError):
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                stopped |= fields[0] == "T"
                ticks += sum(int(field) for field in fields[11:15])
                resident += int(fields[21]) * PAGE
        return Usage(resident, 0, ticks / TICKS, stopped)


def _proportional(pids: list[str]) -> int:
    """As `resident`, with pages that several processes share counted once: exact, but slow."""
    total = 0
    for pid in pids:
        with suppress(OSError, ValueError, IndexError):
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
            total += int(rollup.partition("\nPss:")[2].split()[0]) * 1024
    return total


def _watched(process: int, walls: wire.Walls, base: Usage, tree: Callable[[], list[str]]) -> Report:
    """Wait for the student's process to end, or for what ends it.

    Args:
        tree: the ids of all processes of the student's.
    """
    most = walls.memory_bytes + base.resident
    peak = 0
    cpu = 0.0
    stopped = 0.0
    while True:
        caught = signal.sigtimedwait({signal.SIGCHLD, signal.SIGTERM}, WATCH_SECONDS)
        pids = tree()
        seen = Usage.of(pids)
        peak, cpu = max(peak, seen.resident), max(cpu, seen.cpu_seconds)
        if caught is not None and caught.si_signo == signal.SIGTERM:
            os.kill(process, signal.SIGKILL)
            used = os.wait4(process, 0)[2]  # exact; /proc counts in hundredths of a second
            cpu = max(cpu, used.ru_utime + used.ru_stime)
            return Report(0, "itself", cpu, max(peak, used.ru_maxrss * 1024))
        done, status, used = os.wait4(process, os.WNOHANG)
        if done:
            cpu = max(cpu, used.ru_utime + used.ru_stime)
            by_cpu = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU
            cause: wire.Cause = "cpu" if by_cpu else "itself"
            return Report(status, cause, cpu, max(peak, used.ru_maxrss * 1024))
        if seen.resident > most and _proportional(pids) > most:
            return Report(0, "memory", cpu, peak)
        if seen.cpu_seconds > walls.cpu_seconds:
            return Report(0, "cpu", cpu, peak)
        stopped = stopped + WATCH_SECONDS if seen.is_stopped else 0.0
        if stopped >= STOPPED_SECONDS:
            return Report(0, "stopped", cpu, peak)
