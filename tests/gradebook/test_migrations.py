"""The tables that the migrations make are those that the code uses; older and newer gradebooks."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import grader.gradebook.migrations
from grader.errors import GraderError
from grader.gradebook import gradebook_at
from grader.gradebook.database import migrate, reading, writing
from grader.gradebook.tables import VERSION, metadata


def test_the_last_migration_is_the_version_of_the_tables():
    folder = Path(grader.gradebook.migrations.__file__).parent
    assert ScriptDirectory(str(folder)).get_heads() == [VERSION]


def test_migrating_from_nothing_gives_the_tables_that_are_used(tmp_path):
    address = gradebook_at(tmp_path)
    engine = sa.create_engine(address.url)
    with engine.begin() as connection:
        migrate(connection, "", VERSION, address)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()
    with reading(address) as connection:
        assert connection is not None


def test_a_new_gradebook_needs_no_migration(tmp_path):
    address = gradebook_at(tmp_path)
    with reading(address) as connection:
        assert connection is None
    with writing(address) as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_a_gradebook_of_a_newer_grader_is_refused_and_left_alone(tmp_path):
    address = gradebook_at(tmp_path)
    with writing(address):
        pass
    assert address.file is not None
    with sqlite3.connect(address.file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    for way in (reading, writing):
        with pytest.raises(GraderError, match="a newer grader has written this"), way(address):
            pass


def test_a_database_of_something_else_is_refused(tmp_path):
    address = gradebook_at(tmp_path)
    assert address.file is not None
    with sqlite3.connect(address.file) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    with pytest.raises(GraderError, match="tables of something else"), writing(address):
        pass


def test_a_gradebook_of_the_first_version_keeps_what_is_in_it(tmp_path):
    address = gradebook_at(tmp_path)
    engine = sa.create_engine(address.url)
    with engine.begin() as connection:
        migrate(connection, "", "0001", address)
        connection.execute(
            sa.text(
                "INSERT INTO change VALUES (7, 'then', 'ta', 'decision', 'grader', 'hw', 'ill')"
            )
        )
    engine.dispose()
    with reading(address) as connection:
        assert connection is not None
        assert connection.execute(sa.text("SELECT id, reason FROM change")).all() == [(7, "ill")]
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    assert (tmp_path / "gradebook.db.before-0002").is_file()
