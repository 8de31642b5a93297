"""Writing result files: whole or not at all, under names that are safe for every id."""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from grader.errors import GraderError

LONGEST_NAME = 180  # bytes; file systems take 255, and a temporary name is longer


def write_whole(path: Path, content: str | bytes | Iterable[str]) -> None:
    """Write `content`; text, or its parts, as UTF-8. A reader sees the old file or all of the new.

    Raises:
        GraderError: it can't be written: the disk is full, say.
    """
    parts: Iterable[str | bytes] = [content] if isinstance(content, str | bytes) else content
    with whole(path, size=len(content) if isinstance(content, str | bytes) else None) as file:
        file.writelines(
            part.encode(errors="replace") if isinstance(part, str) else part for part in parts
        )


@contextmanager
def whole(path: Path, *, size: int | None = None) -> Iterator[BinaryIO]:
    """A file to write to. It is at `path` once the block has ended, and only if it ended well.

    Args:
        size: about how many bytes, where it is known, for the error.

    Raises:
        GraderError: it can't be written.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with open(temporary, "wb") as file:
            yield file
        os.replace(temporary, path)
    except OSError as error:
        size_said = "" if size is None else f": {-(-size // 1024)} KB are needed"
        raise GraderError(
            f"a result can't be written: {error.strerror}{size_said}",
            at=str(path),
            fix="mend that, and run the command again: what is done is kept",
        ) from error
    finally:
        temporary.unlink(missing_ok=True)


def write_zip(path: Path, entries: Iterable[tuple[str, bytes]]) -> None:
    """Write a zip of files by name, whole or not at all; one of them is in memory at a time.

    The same files give the same bytes, whenever it is made.

    Raises:
        GraderError: it can't be written.
    """
    with whole(path) as file, zipfile.ZipFile(file, "w") as archive:
        for name, content in entries:
            entry = zipfile.ZipInfo(name)  # with the date that means none
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)


def remove_unfinished(folder: Path) -> None:
    """Remove what commands that were killed had begun to write."""
    for file in folder.glob("**/.*.tmp"):
        file.unlink(missing_ok=True)


def page_name(student: str) -> str:
    """The file name of a student's page: `A0123.html` for A0123, one name for one id.

    What could leave the folder or hide the file is percent-encoded.
    """
    safe = "".join(
        c if c.isalnum() or c in "-_.@+ " else quote(c, safe="", errors="replace") for c in student
    )
    if safe[:1] in (".", " ", ""):
        safe = f"%{ord(safe[0]):02X}{safe[1:]}" if safe else "%"
    if len(safe.encode()) > LONGEST_NAME:
        digest = hashlib.sha256(student.encode(errors="replace")).hexdigest()[:16]
        safe = f"{safe.encode()[:100].decode(errors='ignore')}-{digest}"
    return f"{safe}.html"
