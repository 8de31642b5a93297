"""All that a course cannot make again, in one file: the gradebook, and the secret of its cases.

A zip of one table a file, one row a line of JSON: it can be read without this program, and goes
from SQLite to PostgreSQL and back.
"""

from __future__ import annotations

import json
import os
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from grader.errors import GraderError
from grader.gradebook import tables
from grader.gradebook.address import Address
from grader.gradebook.database import reading, writing

FORMAT = "grader backup 1"
_HEAD = "backup.json"
_AT_ONCE = 1000


@dataclass(frozen=True)
class Counted:
    """How many rows of each table; `files` are those of the course beside it."""

    rows: dict[str, int]
    files: tuple[str, ...]


def write_backup(address: Address, course: Path, files: tuple[str, ...], target: Path) -> Counted:
    """Write the gradebook and these files of the course's folder to `target`, whole or not at all.

    Raises:
        GraderError: there is no gradebook yet, or the file can't be written, or is something else.
    """
    if target.exists() and not (target.is_file() and zipfile.is_zipfile(target)):
        raise GraderError(
            "there is something else in the place of the backup",
            at=str(target),
            fix="another name, such as backup-2026-03-01.zip",
        )
    unfinished = target.with_name(f".{target.name}.unfinished")
    there = tuple(name for name in files if (course / name).is_file())
    try:
        with reading(address) as connection:
            if connection is None:
                raise GraderError(
                    "there is no gradebook yet", at=str(address), fix="grade something first"
                )
            target.parent.mkdir(parents=True, exist_ok=True)
            unfinished.unlink(missing_ok=True)
            # it holds grades, and the secret: nobody else reads it at any time
            number = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with (
                os.fdopen(number, "wb") as file,
                zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
            ):
                rows = {
                    table.name: _write_table(connection, table, archive)
                    for table in tables.metadata.sorted_tables
                }
                for name in there:
                    archive.write(course / name, f"course/{name}")
                head = {"format": FORMAT, "version": tables.VERSION, "rows": rows, "files": there}
                archive.writestr(_HEAD, json.dumps(head, indent=1))
        unfinished.replace(target)
    except OSError as error:
        raise GraderError(
            f"the backup can't be written: {error.strerror}", at=str(target), fix="another place"
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)
    return Counted(rows, there)


def restore_backup(source: Path, address: Address, course: Path, *, replace: bool) -> Counted:
    """Put the gradebook of a backup in the place of the one that is there, all or nothing.

    The course's files come back only where they are missing.

    Args:
        replace: there may be one with something in it.

    Raises:
        GraderError: it is no backup, it is of a newer version, or there is a gradebook already.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            if (bad := archive.testzip()) is not None:
                raise zipfile.BadZipFile(bad)
            head = json.loads(archive.read(_HEAD))
            if head["format"] != FORMAT:
                raise KeyError(head["format"])
            if head["version"] != tables.VERSION:
                raise GraderError(
                    f"the backup is of version {head['version']}, and this grader's is "
                    f"{tables.VERSION}",
                    at=str(source),
                    fix="restore it with the grader that wrote it: the next one migrates it",
                )
            files = {
                name: archive.read(f"course/{name}")
                for name in head["files"]
                if Path(name).name == name
            }
            _refuse_another_secret(files, course, source)
            _move_aside_what_is_damaged(address)
            with writing(address) as connection:
                is_empty = not connection.execute(sa.select(tables.change.c.id).limit(1)).first()
                if not is_empty and not replace:
                    raise GraderError(
                        "there is a gradebook with something in it",
                        at=str(address),
                        fix="back it up, and restore with --replace",
                    )
                for table in reversed(tables.metadata.sorted_tables):
                    connection.execute(sa.delete(table))
                try:
                    for table in tables.metadata.sorted_tables:
                        _read_table(connection, table, archive, head["rows"][table.name])
                except SQLAlchemyError as error:
                    raise ValueError(str(error).splitlines()[0]) from error
                _continue_numbering(connection)
                back = _put_back(files, course)
            return Counted(head["rows"], back)
    except _DAMAGED as error:
        raise GraderError(
            f"it is no backup of a gradebook, or it is damaged: {error}",
            at=str(source),
            fix="a file that `grader gradebook backup` wrote",
        ) from error


_DAMAGED = (
    *(OSError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError),
    *(KeyError, ValueError, TypeError, AttributeError),
)
"""What reading a zip, and rows that are none, may raise."""


def _move_aside_what_is_damaged(address: Address) -> None:
    """What is no database, or a damaged one, is kept under another name: the backup's place is
    there."""
    file = address.file
    if file is None or not file.is_file():
        return
    try:
        with reading(address) as connection:
            if connection is None:
                return
            found = connection.execute(sa.text("PRAGMA quick_check")).scalar()
        if found == "ok":
            return
    except GraderError as error:
        if "not a database" not in error.problem and "malformed" not in error.problem:
            raise
    for ending in ("", "-journal", "-wal", "-shm"):  # they would be taken for the new one's
        part = file.with_name(file.name + ending)
        if part.exists():
            part.replace(file.with_name(f"{file.name}.damaged{ending}"))


def _put_back(files: Mapping[str, bytes], course: Path) -> tuple[str, ...]:
    """The course's files, where they are missing."""
    back = []
    for name, content in files.items():
        place = course / name
        if place.exists():
            continue
        try:
            place.write_bytes(content)
            place.chmod(0o600)
        except OSError as error:
            raise GraderError(
                f"{name} of the backup can't be written: {error.strerror}; nothing is restored",
                at=str(place),
                fix="mend that, and restore again",
            ) from error
        back.append(name)
    return tuple(back)


def _refuse_another_secret(files: Mapping[str, bytes], course: Path, source: Path) -> None:
    name = "course.secret"
    if name not in files or not (course / name).exists():
        return
    if files[name].strip() != (course / name).read_bytes().strip():
        raise GraderError(
            "the backup is of a course with another secret, or of another course",
            at=str(source),
            fix=f"if it is the right one, move {course / name} away first",
        )


def _write_table(connection: Connection, table: sa.Table, archive: zipfile.ZipFile) -> int:
    number = 0
    with archive.open(f"{table.name}.jsonl", "w") as stream:
        for row in connection.execute(sa.select(table).order_by(*table.primary_key)).mappings():
            stream.write(json.dumps(dict(row), ensure_ascii=False).encode() + b"\n")
            number += 1
    return number


def _read_table(
    connection: Connection, table: sa.Table, archive: zipfile.ZipFile, expected: int
) -> None:
    number = 0
    for rows in _rows(archive, table.name):
        connection.execute(sa.insert(table), rows)
        number += len(rows)
    if number != expected:
        raise ValueError(f"{table.name} has {number} rows, and {expected} were written")


def _rows(archive: zipfile.ZipFile, name: str) -> Iterator[list[dict[str, Any]]]:
    rows: list[dict[str, Any]] = []
    with archive.open(f"{name}.jsonl") as stream:
        for line in stream:
            rows.append(json.loads(line))
            if len(rows) == _AT_ONCE:
                yield rows
                rows = []
    if rows:
        yield rows


def _continue_numbering(connection: Connection) -> None:
    """PostgreSQL numbers on from where it was, not from the rows that came in."""
    if connection.dialect.name != "postgresql":
        return
    for table in (tables.change, tables.event, tables.decision, tables.pair):
        most = connection.execute(sa.select(sa.func.max(table.c.id))).scalar() or 0
        sequence = sa.func.pg_get_serial_sequence(table.name, "id")
        connection.execute(sa.select(sa.func.setval(sequence, most + 1, False)))
