"""A download from an LMS, opened: a folder or a zip, however hostile, as a list of files.

Whoever hands in chooses names and contents, and some LMS hand them on as they are. Nothing here is
extracted by the zip's own rules: each entry is looked at by its name and its declared size first,
and refused with a reason where it is none that belongs on a disk. Reading is bounded.
"""

from __future__ import annotations

import io
import os
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from grader.errors import GraderError

MOST_ENTRIES = 100_000
LARGEST_FILE = 200 * 1024**2
LARGEST_SUM = 20 * 1024**3
LARGEST_DIRECTORY = 64 * 1024**2
"""Of a zip: so much of it is read before anything is known of it."""

LARGEST_RATIO = 1000
"""Deflate reaches 1,032; notebooks 10 to 30."""

LONGEST_NAME, LONGEST_PATH = 200, 1000  # bytes; most file systems allow 255 and 4,096

UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError)
"""What reading an entry may raise: a wrong sum, an unknown method, a password."""


@dataclass(frozen=True)
class File:
    """A file of a download. `name`: its path in there, with slashes."""

    name: str
    size: int
    read: Callable[[], bytes]

    def renamed(self, name: str) -> File:
        return File(name, self.size, self.read)


@dataclass(frozen=True)
class Refused:
    """An entry that is not taken, and why, in words."""

    name: str
    reason: str


@dataclass(frozen=True)
class Download:
    """Everything that is in there. `path`: what was opened."""

    path: Path
    files: tuple[File, ...]
    refused: tuple[Refused, ...]


@contextmanager
def opened(path: Path) -> Iterator[Download]:
    """Open a folder or a zip; its files can be read as long as it is open.

    Raises:
        GraderError: it is neither, or a zip that can't be read at all.
    """
    if path.is_dir():
        yield _of_folder(path)
    elif path.is_file():
        with path.open("rb") as stream:
            try:
                with _zip(stream) as archive:
                    files, refused = _listed(archive)
                    yield Download(path, files, refused)
            except BadArchiveError as error:
                raise GraderError(
                    str(error),
                    at=str(path),
                    fix="give the zip as the LMS made it, or the folder that it was unpacked to",
                ) from None
    else:
        raise GraderError(
            "there is no such download", at=str(path), fix="give a zip or a folder that is there"
        )


class NotNowError(Exception):
    """A file can't be read now, but perhaps later: its hand-in is not to be filed without it."""


class BadArchiveError(Exception):
    """The whole archive is refused; the message says why."""


def unpacked(file: File) -> tuple[tuple[File, ...], tuple[Refused, ...]]:
    """The files of a zip that was handed in; below a folder of its name.

    The contents are read at once: a zip within a zip cannot be read in pieces.

    Raises:
        BadArchiveError: it is none, or more than may be.
    """
    try:
        content = file.read()
    except UNREADABLE as error:
        raise BadArchiveError(f"it can't be read: {in_words(error)}") from None
    with _zip(io.BytesIO(content)) as archive:
        files, refused = _listed(archive)
        base = file.name.rpartition(".")[0] or file.name
        within = []
        total = 0
        for each in files:
            total += each.size
            if total > LARGEST_FILE:
                raise BadArchiveError(f"it unpacks to more than {LARGEST_FILE // 1024**2} MB")
            try:
                read = _always(each.read())
            except UNREADABLE as error:
                refused = (*refused, Refused(each.name, f"it can't be read: {in_words(error)}"))
                continue
            within.append(File(f"{base}/{each.name}", each.size, read))
    return tuple(within), tuple(Refused(f"{file.name}: {r.name}", r.reason) for r in refused)


def in_words(error: BaseException) -> str:
    """An error of a zip or of the system, without a path of this machine."""
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return " ".join(said.split())[:200] or type(error).__name__


def why_no_path(name: str) -> str:
    """Why a name can't be a file's path below a folder; "" if it can."""
    parts = name.split("/")
    if not name or name.startswith("/") or "\\" in name or (len(name) > 1 and name[1] == ":"):
        return "its name is no relative path"
    if any(part in ("", ".", "..") for part in parts):
        return "its name leads out of its folder, or nowhere"
    try:
        longest, whole = max(len(part.encode()) for part in parts), len(name.encode())
    except UnicodeEncodeError:
        return "its name is not text"
    if not name.isprintable():
        return "its name has a control character"
    if longest > LONGEST_NAME or whole > LONGEST_PATH:
        return f"its name is too long ({whole:,} bytes)"
    return ""


def _zip(stream: IO[bytes]) -> zipfile.ZipFile:
    size = _directory_bytes(stream)
    if size > LARGEST_DIRECTORY:
        raise BadArchiveError(
            f"the zip's table of contents alone has {size // 1024**2:,} MB: that is no hand-in"
        )
    try:
        # Canvas writes UTF-8 and does not always say so; else it would be read as code page 437
        archive = zipfile.ZipFile(stream, metadata_encoding="utf-8")
    except UnicodeDecodeError:
        archive = zipfile.ZipFile(stream)
    except (*UNREADABLE, ValueError, struct.error) as error:
        raise BadArchiveError(f"it is no zip that can be read: {in_words(error)}") from None
    if len(archive.infolist()) > MOST_ENTRIES:
        raise BadArchiveError(f"the zip has more than {MOST_ENTRIES:,} entries")
    return archive


def _directory_bytes(stream: IO[bytes]) -> int:
    """The size of the table of contents, as the end of the zip declares it: `zipfile` reads so much
    into memory (APPNOTE.TXT 6.3.10, sections 4.3.14 to 4.3.16)."""
    stream.seek(0, os.SEEK_END)
    tail_bytes = min(stream.tell(), 22 + 0xFFFF + 20 + 56)
    stream.seek(-tail_bytes, os.SEEK_END)
    tail = stream.read(tail_bytes)
    stream.seek(0)
    end = tail.rfind(b"PK\5\6")
    if end < 0 or len(tail) < end + 22:
        raise BadArchiveError("it is no zip: its end is missing, perhaps of a broken download")
    (size,) = struct.unpack_from("<L", tail, end + 12)
    large = tail.rfind(b"PK\6\6", 0, end)  # zip64
    if large >= 0 and len(tail) >= large + 48:
        size = max(size if size != 0xFFFFFFFF else 0, struct.unpack_from("<Q", tail, large + 40)[0])
    return int(size)


def _listed(archive: zipfile.ZipFile) -> tuple[tuple[File, ...], tuple[Refused, ...]]:
    files: list[File] = []
    refused: list[Refused] = []
    taken: dict[str, str] = {}
    total = 0
    for info in archive.infolist():
        name = info.orig_filename if "\0" in info.orig_filename else info.filename
        if name.endswith("/") and not why_no_path(name[:-1]):
            continue
        reason = why_no_path(name) or _why_not(info)
        key = unicodedata.normalize("NFC", name).casefold()
        if not reason and key in taken:
            reason = f"its name differs from {taken[key]!r} in capital letters only, or not at all"
        if not reason and total + info.file_size > LARGEST_SUM:
            reason = f"the files before it have {LARGEST_SUM // 1024**3} GB already"
        if reason:
            refused.append(Refused(_shown(name), reason))
            continue
        taken[key] = name
        total += info.file_size
        files.append(File(name, info.file_size, lambda info=info: archive.read(info)))  # type: ignore[misc]
    return tuple(files), tuple(refused)


def _why_not(info: zipfile.ZipInfo) -> str:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return "it is a link"
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "it is a device, or another thing that is no file"
    if info.flag_bits & 1:
        return "it has a password"
    if info.file_size > LARGEST_FILE:
        return _too_large(info.file_size)
    if info.file_size > LARGEST_RATIO * max(info.compress_size, 1024):
        return "it unpacks to a thousand times its size"
    return ""


def _too_large(size: int) -> str:
    return f"it has {size // 1024**2:,} MB, and {LARGEST_FILE // 1024**2} are allowed"


def _of_folder(folder: Path) -> Download:
    files: list[File] = []
    refused: list[Refused] = []
    for place, folders, names in os.walk(folder):  # follows no links
        folders.sort()
        for name in sorted(names):
            path = Path(place, name)
            inside = path.relative_to(folder).as_posix()
            mode = path.lstat()
            reason = why_no_path(inside)
            if stat.S_ISLNK(mode.st_mode):
                reason = "it is a link"
            elif not stat.S_ISREG(mode.st_mode):
                reason = "it is a device, or another thing that is no file"
            elif mode.st_size > LARGEST_FILE:
                reason = _too_large(mode.st_size)
            if reason:
                refused.append(Refused(_shown(inside), reason))
            else:
                files.append(File(inside, mode.st_size, path.read_bytes))
            if len(files) + len(refused) > MOST_ENTRIES:
                raise GraderError(
                    f"the folder has more than {MOST_ENTRIES:,} files", at=str(folder)
                )
    return Download(folder, tuple(files), tuple(refused))


def _always(content: bytes) -> Callable[[], bytes]:
    return lambda: content


def _shown(name: str) -> str:
    """A name that may be printed: short, and without control characters."""
    text = "".join(each if each.isprintable() else "?" for each in name)
    text = text.encode("utf-8", "replace").decode()
    return text if len(text) <= 80 else f"{text[:76]}..."
