"""Scores in short, as they stood: after the last run, and when they were last exported.

One after the other, each behind its length: a class is thousands, and few are looked at at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from grader.records.scores import Standing
from grader.store.record_file import DamagedRecordError, read_parts, write_record

_LENGTH_BYTES = 4
_encode = msgspec.msgpack.Encoder(decimal_format="string").encode
_decode = msgspec.msgpack.Decoder(Standing).decode


def write_standings(file: Path, standings: Iterable[Standing]) -> None:
    """Keep them, in the place of the earlier ones.

    Raises:
        GraderError: they can't be written.
    """
    packed = map(_encode, standings)
    write_record(file, (len(each).to_bytes(_LENGTH_BYTES, "big") + each for each in packed))


def read_standings(file: Path) -> Iterator[Standing] | None:
    """What was kept, in its order.

    None if nothing was, or it is damaged: then there is nothing to compare.
    """
    try:
        if not file.exists():
            return None
        for _ in _standings(file):  # another version's is noticed before anything is made of it
            pass
    except (DamagedRecordError, msgspec.DecodeError, ValueError):
        return None
    return _standings(file)


def _standings(file: Path) -> Iterator[Standing]:
    waiting = b""
    for part in read_parts(file) or ():
        waiting += part
        start = 0
        while len(waiting) >= (begin := start + _LENGTH_BYTES):
            end = begin + int.from_bytes(waiting[start:begin], "big")
            if len(waiting) < end:
                break
            yield _decode(waiting[begin:end])
            start = end
        waiting = waiting[start:]
    if waiting:
        raise ValueError(f"{file.name} ends in the middle of a standing")
