"""Where the gradebook of a test is: in a file, or with GRADER_TEST_POSTGRES=1 in PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.gradebook.postgres import Postgres, a_server

USES_POSTGRES = bool(os.environ.get("GRADER_TEST_POSTGRES"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres | None]:
    if not USES_POSTGRES:
        yield None
        return
    with a_server() as server:
        yield server


@pytest.fixture
def settings(postgres: Postgres | None) -> Callable[[], str]:
    """Lines for a course.toml: each call names a gradebook of its own."""

    def line() -> str:
        return "" if postgres is None else f'gradebook = "{postgres.new_database()}"\n'

    return line


@pytest.fixture
def copied(settings: Callable[[], str], tmp_path: Path) -> Callable[[Path], Path]:
    """A copy of a course without a gradebook, with one of its own."""
    import shutil

    def copy(course: Path) -> Path:
        root = shutil.copytree(course, tmp_path / "course")
        file = root / "course.toml"
        file.write_text(file.read_text("utf-8") + settings(), "utf-8")
        return root

    return copy
