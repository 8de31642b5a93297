"""Scores in short, as they stood: after the last run, and when they were last exported."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from grader.records.scores import Standing
from grader.store.record_file import DamagedRecordError, read_record, write_record

_encode = msgspec.msgpack.Encoder(decimal_format="string").encode
_decode = msgspec.msgpack.Decoder(list[Standing]).decode


def write_standings(file: Path, standings: Sequence[Standing]) -> None:
    """Keep them, in the place of the earlier ones.

    Raises:
        GraderError: they can't be written.
    """
    write_record(file, _encode(standings))


def read_standings(file: Path) -> list[Standing] | None:
    """What was kept; None if nothing was, or it is damaged: then there is nothing to compare."""
    try:
        body = read_record(file)
        return None if body is None else _decode(body)
    except (DamagedRecordError, msgspec.DecodeError):
        return None
