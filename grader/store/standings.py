"""Scores in short, as they stood: after the last run, and when they were last exported."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from grader.records.scores import Standing
from grader.store.record_file import DamagedRecordError, read_record, write_record

_encode = msgspec.msgpack.Encoder(decimal_format="string").encode
_decode_all = msgspec.msgpack.Decoder(list[msgspec.Raw]).decode
_decode = msgspec.msgpack.Decoder(Standing).decode


def write_standings(file: Path, standings: Iterable[Standing]) -> None:
    """Keep them, in the place of the earlier ones.

    Raises:
        GraderError: they can't be written.
    """
    write_record(file, _encode([msgspec.Raw(_encode(each)) for each in standings]))


def read_standings(file: Path) -> Iterator[Standing] | None:
    """What was kept, one after the other: of a class of thousands few are looked at at a time.

    None if nothing was, or it is damaged: then there is nothing to compare.
    """
    try:
        body = read_record(file)
        if body is None:
            return None
        kept = _decode_all(body)
        for each in kept:
            _decode(each)  # another version's is noticed before anything is made of it
    except (DamagedRecordError, msgspec.DecodeError):
        return None
    return map(_decode, kept)
