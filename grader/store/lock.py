"""One command at a time writes the results of an assignment."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from grader.errors import GraderError
from grader.store.record_file import not_written, remove_unfinished


@contextmanager
def only_one(folder: Path, command: str) -> Iterator[None]:
    """Hold the lock of the folder of an assignment's records, which is made if it is not there.

    The system gives the lock back when a process ends, however it ends.

    Raises:
        GraderError: another process has it: which, since when, doing what.
    """
    from filelock import FileLock, Timeout

    holder = folder / "holder.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / "lock", timeout=0)
        lock.acquire()
    except Timeout as error:
        raise GraderError(
            f"another command is at work on {folder.name}: {_said(holder)}",
            at=str(folder / "lock"),
            fix="wait until it is done, or stop it",
        ) from error
    except OSError as error:
        raise not_written(folder / "lock", error, 0) from error
    try:
        remove_unfinished(folder)
        me = {
            "command": command,
            "process": os.getpid(),
            "machine": platform.node(),
            "since": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        try:
            holder.write_text(json.dumps(me), "utf-8")
        except OSError as error:
            raise not_written(holder, error, 200) from error
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def _said(holder: Path) -> str:
    try:
        who = json.loads(holder.read_text("utf-8"))
        return (
            f"{who['command']}, process {who['process']} on {who['machine']}, since {who['since']}"
        )
    except (OSError, ValueError, KeyError, TypeError):
        return "it has just begun"
