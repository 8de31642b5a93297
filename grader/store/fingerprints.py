"""The traces of a class, for classes that come after it: numbers of 64 bits, and whose they are.

They are keyed by the course's secret. Without it they tell whose hand-ins are alike, and no word of
anybody's can be read or guessed; with it a guess can be tried.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from msgspec import Struct

from grader.store.record_file import DamagedRecordError, read_record, write_record

SUFFIX = ".fingerprints"


@dataclass(frozen=True)
class Fingerprints:
    """Of one hand-in: its traces by kind."""

    student: str
    traces: Mapping[int, str]


@dataclass(frozen=True)
class ClassOf:
    """One class.

    Attributes:
        year: what people call it.
        due: of the assignment then. The same deadline is the same class.
        made_by: the version of what makes traces, and whose secret: others cannot be compared.
    """

    year: str
    due: str
    made_by: str
    hand_ins: tuple[Fingerprints, ...]


class _HandIn(Struct, array_like=True, frozen=True):
    student: str
    kinds: dict[str, bytes]


class _Class(Struct, array_like=True, frozen=True):
    year: str
    due: str
    made_by: str
    hand_ins: tuple[_HandIn, ...]


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Class).decode


def write_fingerprints(folder: Path, kept: ClassOf) -> Path:
    """Keep a class, in the place of what was kept of that year.

    Raises:
        GraderError: it can't be written.
    """
    file = folder / f"{kept.year}{SUFFIX}"
    hand_ins = tuple(_HandIn(each.student, _packed(each.traces)) for each in kept.hand_ins)
    write_record(file, _encode(_Class(kept.year, kept.due, kept.made_by, hand_ins)))
    return file


def read_fingerprints(folder: Path) -> Iterator[ClassOf | DamagedRecordError]:
    """The classes that are kept; in the place of one that is damaged, what is wrong with it."""
    for file in sorted(folder.glob(f"*{SUFFIX}")):
        try:
            body = read_record(file)
            if body is None:
                continue
            kept = _decode(body)
            hand_ins = tuple(Fingerprints(h.student, _unpacked(h.kinds)) for h in kept.hand_ins)
        except DamagedRecordError as error:
            yield error
        except (msgspec.DecodeError, ValueError) as error:
            yield DamagedRecordError(f"{file.name}: {error}")
        else:
            yield ClassOf(kept.year, kept.due, kept.made_by, hand_ins)


def _packed(traces: Mapping[int, str]) -> dict[str, bytes]:
    by_kind: dict[str, list[int]] = {}
    for key, kind in traces.items():
        by_kind.setdefault(kind, []).append(key)
    return {
        kind: np.array(sorted(keys), dtype="<u8").tobytes()
        for kind, keys in sorted(by_kind.items())
    }


def _unpacked(kinds: Mapping[str, bytes]) -> Mapping[int, str]:
    keys: Sequence[tuple[str, list[int]]] = [
        (kind, np.frombuffer(packed, dtype="<u8").tolist()) for kind, packed in kinds.items()
    ]
    return {key: kind for kind, those in keys for key in those}
