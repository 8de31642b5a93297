"""Which walls there are around student code, and how a process behind them is started."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Literal

from grader.errors import GraderError
from grader.execute import bootstrap, bubblewrap
from grader.execute.cold import ColdProcess
from grader.execute.conditions import Conditions
from grader.execute.fonts import font_list
from grader.execute.process import EndedError, FrameLimit, LateError, Process
from grader.execute.remedies import not_contained
from grader.execute.worker import START_SECONDS, NotWarmError, WarmProcess, Worker, WorkerError
from grader.records.limits import MEGABYTE, Limits
from grader.runner import wire

Sandbox = Literal["full", "degraded", "user", "off"]
"""`full`: namespaces, Landlock, seccomp, limits, no network. `degraded`, where there are no
namespaces: Landlock, a stricter seccomp, limits; one process, and its folder is on the disk.
`user`, which root alone can start: a process of a user that nobody else is; what others may read it
may, and there is a network. `off`: a process with your rights."""

Start = Callable[[Limits], AbstractContextManager[Process]]
"""Start a process for one submission, which may take so much."""

SUBMISSIONS_OF_A_WORKER = 200
"""So many, and the worker is replaced: whatever might have gathered in it is gone."""


@contextmanager
def starts(
    sandbox: Sandbox,
    conditions: Conditions,
    jobs: int,
    stop: threading.Event,
    *,
    many: bool = True,
    first: int = 0,
) -> Iterator[list[Start]]:
    """As many ways to start a process as there are to be at a time; each is used by one thread.

    Args:
        many: whether each is to be used so often that a worker may take longer to start, so that
            it is faster afterwards. What a notebook does is the same.
        first: the number of the first; as root the number chooses the user, so that several who
            start processes on one machine choose other numbers.

    Raises:
        GraderError: the sandbox cannot be had here. Nothing of a student's has run then.
    """
    with ExitStack() as stack:
        fonts = stack.enter_context(font_list())
        if sandbox in ("off", "user"):
            users = [_own_user(number) if sandbox == "user" else None for number in range(jobs)]
            yield [_cold(conditions, fonts, stop, user) for user in users]
            return
        data = stack.enter_context(_data(conditions))
        slot_of = _Slot if sandbox == "full" else _DegradedSlot
        slots = [
            slot_of(number, data, fonts, conditions, stop, many=many)
            for number in range(first, first + jobs)
        ]
        for slot in slots:
            stack.callback(slot.close)
        try:
            with slots[0](conditions.limits) as process:
                process.receive(START_SECONDS)  # every wall was built: it says that it is ready
        except NotWarmError as error:
            raise GraderError(
                f"a warm process does not start: {error}",
                fix="install what is missing, or take it out of `preload` in assignment.toml",
            ) from error
        except (WorkerError, EndedError) as error:
            raise not_contained(str(error)) from error
        except LateError as error:
            raise not_contained("a worker does not start in time") from error
        yield list(slots)


def cold_start(conditions: Conditions) -> Start:
    """A way to start processes without walls, for a single notebook: the self-check's."""
    return _cold(conditions, None, threading.Event())


def _own_user(number: int) -> int:
    """A user that no other command has: all that is theirs is ended with a submission."""
    return bubblewrap.UNUSED_UID + 1000 + os.getpid() % 2000 + number


def _cold(
    conditions: Conditions, fonts: Path | None, stop: threading.Event, user: int | None = None
) -> Start:
    @contextmanager
    def start(limits: Limits) -> Iterator[Process]:
        with _work_folder() as name:
            folder = Path(name)
            _write_files(conditions, folder)
            if fonts is not None:
                shutil.copytree(fonts, folder, dirs_exist_ok=True)
            if user is not None:
                for path in (folder, *folder.rglob("*")):
                    os.chown(path, user, user)
            limit = FrameLimit.of(limits)
            with ColdProcess(
                folder,
                limit,
                stop,
                threads=conditions.threads,
                user=user,
                processes=limits.processes,
            ) as process:
                yield process

    return start


class _Slot:
    """One place for a worker, which is replaced when it is worn or odd."""

    def __init__(
        self,
        number: int,
        data: Path,
        fonts: Path,
        conditions: Conditions,
        stop: threading.Event,
        *,
        many: bool,
    ) -> None:
        self._number = number
        self._data = data
        self._fonts = fonts
        self._conditions = conditions
        self._stop = stop
        self._many = many
        self._worker: Worker | None = None

    def __call__(self, limits: Limits) -> AbstractContextManager[Process]:
        return self._start(limits, None)

    def close(self) -> None:
        if self._worker is not None:
            self._worker.close()
            self._worker = None

    def _start(self, limits: Limits, degraded: wire.Degraded | None) -> WarmProcess:
        worker = self._worker
        if worker is not None and (worker.is_odd or worker.used >= SUBMISSIONS_OF_A_WORKER):
            self.close()
        if self._worker is None:
            self._worker = self._new_worker()
        walls = _walls(limits, self._conditions.files, degraded)
        return self._worker.start(walls, FrameLimit.of(limits), self._stop)

    def _new_worker(self) -> Worker:
        preload = self._conditions.preload
        command = bubblewrap.command(
            self._number, self._data, self._fonts, preload, many=self._many
        )
        threads = self._conditions.threads
        environment = bootstrap.environment(bubblewrap.WORK, "/tmp", threads=threads)
        return Worker(command, environment, self._stop)


class _DegradedSlot(_Slot):
    """As a slot, without the outer wall; each submission has a folder on the disk."""

    @contextmanager
    def __call__(self, limits: Limits) -> Iterator[Process]:
        with _work_folder() as work:
            uid = bubblewrap.UNUSED_UID + self._number if os.geteuid() == 0 else 0
            degraded = wire.Degraded(work, str(self._data), tuple(bubblewrap.readable()), uid)
            with self._start(limits, degraded) as process:
                yield process

    def _new_worker(self) -> Worker:
        command = bootstrap.warm_command(
            str(bootstrap.RUNNER_FOLDER), self._conditions.preload, many=self._many
        )
        threads = self._conditions.threads
        environment = bootstrap.environment(str(self._fonts), threads=threads)
        return Worker(command, environment, self._stop)


@contextmanager
def _work_folder() -> Iterator[str]:
    """A folder on the disk for one submission, which is gone afterwards."""
    folder = tempfile.mkdtemp(prefix="grader-")
    try:
        yield folder
    finally:
        with suppress(OSError):
            _remove(folder)


def _remove(folder: str) -> None:
    """Remove a folder level by level: students nest deeper than paths and recursion can go."""
    moved = 0
    unused = secrets.token_hex(8)
    while entries := list(os.scandir(folder)):
        for entry in entries:
            if not entry.is_dir(follow_symlinks=False):
                os.unlink(entry)
                continue
            os.chmod(entry, 0o700)
            for below in list(os.scandir(entry)):
                if below.is_dir(follow_symlinks=False):
                    os.chmod(below, 0o700)
                    moved += 1
                    os.rename(below, os.path.join(folder, f"{unused}-{moved}"))
                else:
                    os.unlink(below)
            os.rmdir(entry)
    os.rmdir(folder)


def _walls(
    limits: Limits, files: Sequence[tuple[str, bytes]], degraded: wire.Degraded | None
) -> wire.Walls:
    """The limits as the guard takes them."""
    return wire.Walls(
        memory_bytes=limits.memory_bytes,
        cpu_seconds=max(1, round(limits.cpu_seconds)),
        processes=limits.processes,
        open_files=limits.open_files,
        file_bytes=limits.file_bytes,
        work_bytes=limits.work_bytes + sum(len(content) for _, content in files) + MEGABYTE,
        scratch_bytes=limits.work_bytes,
        inodes=limits.files + 2 * len(files) + 16,
        kept=tuple(
            path
            for path in bubblewrap.interpreter()
            if any(Path(path).is_relative_to(room) for room in bubblewrap.ROOMS)
        ),
        degraded=degraded,
    )


@contextmanager
def _data(conditions: Conditions) -> Iterator[Path]:
    """A folder with the assignment's files, readable to any user."""
    with tempfile.TemporaryDirectory(prefix="grader-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        _write_files(conditions, folder)
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
        yield folder


def _write_files(conditions: Conditions, folder: Path) -> None:
    for file, content in conditions.files:
        target = folder / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
