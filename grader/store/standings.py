"""Scores in short, as they stood: after the last run, and when they were last exported."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from grader.records.scores import Standing
from grader.store.record_file import DamagedRecordError, read_record, write_record

_ARRAY, _ARRAY_OF = struct.Struct(">BI"), 0xDD
"""How MessagePack begins an array of up to 2^32 - 1 items."""
_encoder = msgspec.msgpack.Encoder(decimal_format="string")
_decode_all = msgspec.msgpack.Decoder(list[msgspec.Raw]).decode
_decode = msgspec.msgpack.Decoder(Standing).decode


def write_standings(file: Path, standings: Iterable[Standing]) -> None:
    """Keep them, in the place of the earlier ones.

    Raises:
        GraderError: they can't be written.
    """
    body = bytearray(_ARRAY.pack(_ARRAY_OF, 0))
    count = 0
    for each in standings:  # one after the other: a class is thousands
        _encoder.encode_into(each, body, -1)
        count += 1
    body[: _ARRAY.size] = _ARRAY.pack(_ARRAY_OF, count)
    write_record(file, body)


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
