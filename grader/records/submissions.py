"""What was handed in, by whom, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Student:
    """One row of the roster; `id` and `name` are always there."""

    id: str
    name: str
    login: str = ""
    lms_id: str = ""
    email: str = ""
    section: str = ""


@dataclass(frozen=True, slots=True)
class Submission:
    """One attempt of one person.

    Attributes:
        attempt: from 1.
        path: of the notebook to grade, or None if there is none; then `problem` says why. A text,
            for a `Path` holds six times as much, and there is one for each of thousands.
        submitted_at: with an offset, or None if it is not known; then `problem` may say why.
        flags: what was odd about the hand-in, such as `renamed:my homework.ipynb`.
    """

    student: str
    attempt: int
    path: str | None
    submitted_at: datetime | None
    sha256: str = ""
    source: str = ""
    problem: str = ""
    flags: tuple[str, ...] = ()

    @property
    def file(self) -> Path | None:
        """The notebook to grade."""
        return None if self.path is None else Path(self.path)

    @property
    def file_name(self) -> str:
        """Of the notebook, "" if there is none. Bytes that are no text, which some archives leave
        in names, are `?`: what is kept and shown is text."""
        return "" if self.path is None else as_text(Path(self.path).name)


def as_text(name: str) -> str:
    """A name on the disk as UTF-8 can hold it."""
    return name.encode(errors="replace").decode()


@dataclass(frozen=True, slots=True)
class InLms:
    """What the LMS calls a hand-in that was collected from it.

    Attributes:
        attempt: by our count, from 1.
        source: `canvas`, `moodle`, `gradescope`, `nbgrader` or `folder`.
        file: the graded file's name in the download, with its folders; "" if it is not known.
    """

    student: str
    attempt: int
    source: str
    file: str
    submitted_at: datetime | None = None
