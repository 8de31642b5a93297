"""What was pushed to an LMS, a record a student: not to do it twice, and to see what others do."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from grader.store.record_file import DamagedRecordError, read_record, write_record


class Pushed(Struct, frozen=True):
    """Of one student.

    Attributes:
        where: the address of the assignment in the LMS.
        grade: as the LMS got it; "" if it got none.
        is_raw: whether it was before the late penalty.
        pages: digests of the pages of feedback that were attached, the last one at the end.
    """

    student: str
    where: str
    grade: str
    is_raw: bool
    pages: tuple[str, ...]
    at: datetime


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Pushed).decode


def write_pushed(folder: Path, pushed: Pushed) -> None:
    """Keep it, in the place of the student's earlier one.

    Raises:
        GraderError: it can't be written.
    """
    write_record(_file(folder, pushed.student), _encode(pushed))


def read_pushed(folder: Path, student: str, where: str) -> Pushed | None:
    """What the student got there; None if nothing was pushed, or the record is damaged."""
    try:
        body = read_record(_file(folder, student))
        kept = None if body is None else _decode(body)
    except (DamagedRecordError, msgspec.DecodeError):
        return None
    return kept if kept and (kept.student, kept.where) == (student, where) else None


def _file(folder: Path, student: str) -> Path:
    return folder / student.encode().hex()
