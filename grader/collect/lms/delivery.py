"""What an LMS gives of one hand-in: who, when, which files. No LMS is known here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from grader.collect.lms.download import File


@dataclass(frozen=True)
class Owner:
    """What a download says of a person; each field may be "".

    Attributes:
        student: the id of our roster, where the download has it.
        number: by which the LMS knows the person in this download: Canvas's user id, Moodle's
            participant.
        squeezed: whether `name` is without spaces and capital letters, as Canvas writes it.
    """

    student: str = ""
    number: str = ""
    login: str = ""
    email: str = ""
    name: str = ""
    squeezed: bool = False

    @property
    def words(self) -> str:
        """For people: what there is of it."""
        known = (self.name, self.student, self.login, self.email)
        numbered = f"number {self.number}" if self.number else ""
        return ", ".join(part for part in (*known, numbered) if part) or "nobody"


@dataclass(frozen=True)
class Delivery:
    """One hand-in.

    Attributes:
        label: what the download calls it; unique in there, and the same in the next download.
        owners: one, or the members of a group.
        files: their names are relative to the hand-in.
        submitted_at: with an offset; None where the LMS does not say.
        undated: why there is no time, in words, where the download should have one.
        names_in_lms: what the LMS calls the files, by their names here.
        attempt: which attempt it is by the LMS's own count, where that is known.
        numbers: by which the LMS knows its files, without those that are in another attempt, too.
        is_far: whether its files lie in the LMS: they are read once, and not for a dry run.
    """

    label: str
    owners: tuple[Owner, ...]
    files: tuple[File, ...]
    submitted_at: datetime | None = None
    undated: str = ""
    names_in_lms: tuple[tuple[str, str], ...] = ()
    attempt: int | None = None
    numbers: frozenset[str] = frozenset()
    is_far: bool = False
