"""What was odd when a class was graded, for whoever exports its scores later."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from grader.store.record_file import DamagedRecordError, read_record, write_record


def write_alarms(file: Path, alarms: Iterable[str]) -> None:
    """Keep them, in words, in the place of the earlier ones.

    Raises:
        GraderError: they can't be written.
    """
    write_record(file, json.dumps(list(alarms)).encode())


def read_alarms(file: Path) -> tuple[str, ...]:
    """What was kept; one that says so if it cannot be read."""
    try:
        body = read_record(file)
        kept = [] if body is None else json.loads(body)
        if not isinstance(kept, list):
            raise DamagedRecordError(f"{file.name} holds something else")
    except (DamagedRecordError, ValueError):
        again = f"grader grade {file.parent.name}"
        return (f"whether the references were in doubt cannot be read any more: run `{again}`",)
    return tuple(map(str, kept))
