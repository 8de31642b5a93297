"""Where a gradebook is. Imports no database: most commands need no more than this."""

from __future__ import annotations

import getpass
import os
import platform
from dataclasses import dataclass
from pathlib import Path

FILE = "gradebook.db"


@dataclass(frozen=True)
class Address:
    """`url` is SQLAlchemy's; `file` is the one of SQLite, or None where a server has it."""

    url: str
    file: Path | None

    def __str__(self) -> str:
        return self.url if self.file is None else str(self.file)

    @property
    def is_there(self) -> bool:
        """Whether it may hold something: a file that is not there does not."""
        return self.file is None or self.file.exists()


def gradebook_at(folder: Path, url: str = "") -> Address:
    """The gradebook of a course: the file in `folder`, or what the URL of course.toml names."""
    if url:
        return Address(url.replace("postgresql://", "postgresql+psycopg://", 1), None)
    file = folder / FILE
    return Address(f"sqlite:///{file.absolute()}", file)


def author() -> str:
    """Who is at the keyboard: GRADER_AUTHOR, or the name by which the system knows them."""
    try:
        name = os.environ.get("GRADER_AUTHOR", "").strip() or getpass.getuser()
        return name.encode(errors="replace").decode()  # bytes that are no text are no name
    except (OSError, KeyError):  # a container whose user has no name
        return f"uid {os.getuid()}" if hasattr(os, "getuid") else "unknown"


def source_of_lines(address: Address) -> str:
    """Whose `decisions.csv` it is: with a server, each TA may have one."""
    if address.file is not None:
        return "decisions.csv"
    return f"decisions.csv of {author()} on {platform.node()}"
