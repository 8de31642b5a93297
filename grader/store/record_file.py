"""One record, one file: written whole or not at all, and checked when it is read."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from grader.errors import GraderError

_MAGIC = b"grader record 1\n"
_DIGEST_BYTES = 32
_PIECE_BYTES = 1 << 16
UNFINISHED = ".unfinished-"
"""Begins the name of a file that is being written."""


class DamagedRecordError(Exception):
    """A file that does not hold what was written to it."""


def write_record(path: Path, body: bytes | Iterable[bytes]) -> None:
    """Put `body`, or its parts, at `path`.

    A reader, and whoever comes after a crash, sees all of it or none.

    Raises:
        GraderError: the disk is full, or nothing can be written there. What was there stays.
    """
    packing = zlib.compressobj(1)
    parts = [body] if isinstance(body, bytes) else body
    packed = b"".join([*map(packing.compress, parts), packing.flush()])
    content = b"".join((_MAGIC, hashlib.sha256(packed).digest(), packed))
    unfinished = path.with_name(f"{UNFINISHED}{os.getpid()}-{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(unfinished, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())  # before the name is: else a crash leaves a name for nothing
        os.replace(unfinished, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise not_written(path, error, len(content)) from error


def not_written(path: Path, error: OSError, size: int) -> GraderError:
    """What to say when `size` bytes could not be written to `path`."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return GraderError(
            f"the disk is full: {-(-size // 1024)} KB more are needed for the next record alone",
            at=str(path.parent),
            fix="make room there and run the command again: what is done is kept",
        )
    if path.is_dir() or error.errno in (errno.ENOTDIR, errno.EEXIST):
        return GraderError(
            f"a record can't be written: {error.strerror}",
            at=str(path if path.is_dir() else path.parent),
            fix="something else is in its place: move that away and run the command again",
        )
    return GraderError(
        f"a record can't be written: {error.strerror}",
        at=str(path.parent),
        fix="make a folder of it that you may write to, or name another with --out DIR",
    )


def read_record(path: Path) -> bytes | None:
    """What was written to `path`; None if nothing was.

    Raises:
        DamagedRecordError: it is not what was written.
    """
    packed = _checked(path)
    return None if packed is None else zlib.decompress(packed)


def read_parts(path: Path) -> Iterator[bytes] | None:
    """As `read_record`, piece by piece, for what is too large to be held whole."""
    packed = _checked(path)
    return None if packed is None else _unpacked(packed)


def _unpacked(packed: memoryview) -> Iterator[bytes]:
    unpacking = zlib.decompressobj()
    rest: bytes | memoryview = packed
    while not unpacking.eof:
        yield unpacking.decompress(rest, _PIECE_BYTES)
        rest = unpacking.unconsumed_tail


def is_whole(path: Path) -> bool:
    """Whether a record is there, and is what was written."""
    try:
        return _checked(path) is not None
    except DamagedRecordError:
        return False


def _checked(path: Path) -> memoryview | None:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise DamagedRecordError(f"{path.name}: {error.strerror}") from error
    start = len(_MAGIC) + _DIGEST_BYTES
    packed = memoryview(content)[start:]
    digest = hashlib.sha256(packed).digest()
    if not content.startswith(_MAGIC) or digest != content[len(_MAGIC) : start]:
        raise DamagedRecordError(f"{path.name} is not what was written")
    return packed


def remove_unfinished(folder: Path) -> None:
    """Remove what commands that were killed had begun to write."""
    for file in folder.glob(f"**/{UNFINISHED}*"):
        file.unlink(missing_ok=True)
