"""Opens a gradebook, makes or migrates its tables, and lets one command at a time write.

SQLite: a transaction that writes takes the file's lock at its beginning and waits for others.
PostgreSQL: it takes an advisory lock, so that "before" in the history is what was there before.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError, NoSuchModuleError

from grader.errors import GraderError
from grader.gradebook.address import Address
from grader.gradebook.tables import VERSION, metadata

WAIT_SECONDS = 60
"""For another command to be done with its writing, which takes a fraction of a second."""

_WRITERS_LOCK = 5242
_VERSION_TABLE = "alembic_version"


@contextmanager
def reading(address: Address) -> Iterator[Connection | None]:
    """A transaction that reads; None where there is no gradebook yet.

    Raises:
        GraderError: it cannot be read, or another version of the grader has made it.
    """
    if not address.is_there:
        yield None
        return
    with _opened(address) as engine, engine.connect() as connection:
        version = _version(connection)
        if version == VERSION:
            yield connection
            return
    if version is None:
        yield None
        return
    with writing(address) as connection:  # an older one becomes one of today first
        pass
    with _opened(address) as engine, engine.connect() as connection:
        yield connection


@contextmanager
def writing(address: Address) -> Iterator[Connection]:
    """A transaction that writes all or nothing, and nobody else meanwhile.

    The tables are made, or brought to today's version, if they are not.

    Raises:
        GraderError: it cannot be written, or a newer version of the grader has made it.
    """
    if address.file is not None:
        address.file.parent.mkdir(parents=True, exist_ok=True)
    with (
        _opened(address) as engine,
        engine.execution_options(writes=True).begin() as connection,
    ):
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_WRITERS_LOCK)))
        _make_current(connection, address)
        yield connection


@contextmanager
def _opened(address: Address) -> Iterator[Engine]:
    """The engine; what the database refuses becomes words for a person."""
    try:
        if address.file is not None:
            engine = sa.create_engine(
                address.url, connect_args={"timeout": WAIT_SECONDS}, poolclass=sa.NullPool
            )
            event.listen(engine, "connect", _leave_transactions_to_us)
            event.listen(engine, "begin", _begin)
        else:
            engine = sa.create_engine(address.url, poolclass=sa.NullPool)
    except (ImportError, NoSuchModuleError) as error:
        raise GraderError(
            f"the gradebook is in PostgreSQL, and its driver is not installed: {error}",
            at=str(address),
            fix='pip install "grader[postgresql]"',
        ) from error
    try:
        yield engine
    except DBAPIError as error:
        raise _in_words(error, address) from error
    except UnicodeEncodeError as error:
        raise GraderError(
            f"{error.object!r:.80} has a character that no gradebook keeps",
            at=str(address),
            fix="take it out",
        ) from error
    finally:
        engine.dispose()


def _leave_transactions_to_us(connection: Any, record: object) -> None:
    connection.isolation_level = None  # or Python's sqlite3 begins one where it likes
    connection.execute("PRAGMA foreign_keys = ON")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _in_words(error: DBAPIError, address: Address) -> GraderError:
    said = str(error.orig).strip().splitlines()
    words = said[0] if said else type(error.orig).__name__
    if "locked" in words:
        fix = f"another command has been writing for {WAIT_SECONDS} seconds: wait, or stop it"
    elif "readonly" in words or "unable to open" in words:
        fix = "you need to be allowed to write to the file and to its folder"
    elif "full" in words:
        fix = "make room on the disk and run the command again"
    elif "not a database" in words or "malformed" in words:
        fix = "put a backup in its place: grader gradebook restore FILE"
    elif "NUL" in words:
        fix = "take the character NUL out: PostgreSQL keeps none"
    elif address.file is None:
        fix = (
            "is the server there, and may you in? The key `gradebook` of course.toml says where; a "
            "password comes from PGPASSWORD or ~/.pgpass"
        )
    else:
        fix = "grader gradebook restore FILE puts a backup in its place"
    return GraderError(f"the gradebook can't be used: {words}", at=str(address), fix=fix)


def _version(connection: Connection) -> str | None:
    """Of the tables that are there; None if there are none."""
    if not sa.inspect(connection).has_table(_VERSION_TABLE):
        return None
    found: str | None = connection.execute(
        sa.text(f"SELECT version_num FROM {_VERSION_TABLE}")
    ).scalar()
    return found


def _make_current(connection: Connection, address: Address) -> None:
    version = _version(connection)
    if version == VERSION:
        return
    if version is None:
        if sa.inspect(connection).get_table_names():
            raise GraderError(
                "this database has tables of something else",
                at=str(address),
                fix="give the gradebook a database of its own",
            )
        metadata.create_all(connection)  # a fifth of what it costs to import Alembic
        connection.execute(
            sa.text(f"CREATE TABLE {_VERSION_TABLE} (version_num VARCHAR(32) NOT NULL)")
        )
        connection.execute(
            sa.text(f"INSERT INTO {_VERSION_TABLE} VALUES (:version)"), {"version": VERSION}
        )
        return
    migrate(connection, version, VERSION, address)


def migrate(connection: Connection, old: str, new: str, address: Address) -> None:
    """Bring the tables from one version to another, in the open transaction.

    Raises:
        GraderError: `old` is not known here.
    """
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    known = {each.revision for each in ScriptDirectory.from_config(config).walk_revisions()}
    if old and old not in known:
        raise GraderError(
            f"a newer grader has written this gradebook: its version is {old}, and this one knows "
            f"{', '.join(sorted(known))}",
            at=str(address),
            fix="use the grader that wrote it, or a newer one",
        )
    if old and address.file is not None:  # nobody else writes it meanwhile: the lock is ours
        shutil.copy2(address.file, address.file.with_name(f"{address.file.name}.before-{new}"))
    command.upgrade(config, new)
