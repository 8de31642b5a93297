"""Puts hand-ins where grading finds them: `submissions/HW/STUDENT/ATTEMPT/`, and a manifest.

An attempt is one folder, which appears whole or not at all; the manifest is written last, whole. So
what was killed half-way is completed by the next run, and collecting twice changes nothing: what is
there is known by its content.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
import shutil
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Literal

from grader.collect.folder import MANIFEST, NUMBER
from grader.collect.lms.delivery import Delivery
from grader.collect.lms.download import (
    UNREADABLE,
    BadArchiveError,
    File,
    Refused,
    in_words,
    unpacked,
    why_no_path,
)
from grader.course.tables import read_rows
from grader.errors import GraderError

COLUMNS = ("student", "attempt", "file", "submitted_at", "sha256", "source", "lms_file")
UNMATCHED = "_unmatched"
UNFINISHED = ".unfinished-"
DEEPEST = 3
"""Zips within zips."""

LARGEST_HAND_IN = 500 * 1024**2
"""All of its files together; one hand-in is in memory at a time."""

What = Literal["new", "dated", "unchanged", "older"]


@dataclass(frozen=True)
class Filed:
    """What has become of one hand-in of one student.

    Attributes:
        what: `new`: an attempt more; `dated`: it was there without a time, and has one now;
            `older`: than an attempt that is there, so it is kept among the unmatched.
        file: that will be graded; "" if there is none.
        refused: files of it that were not taken.
    """

    student: str
    label: str
    what: What
    attempt: int
    file: str
    submitted_at: datetime | None
    refused: tuple[Refused, ...] = ()


@dataclass
class Filing:
    """A folder `submissions/HW/`, while hand-ins are put into it.

    Args:
        notebook_of: which of the files is to be graded; "" if there is none.
        number_in: the LMS's number of a file, from what it calls the file; "" if it has none.
    """

    folder: Path
    source: str
    notebook_of: Callable[[Mapping[str, bytes]], str]
    is_dry: bool = False
    number_in: Callable[[str], str] = lambda name: ""
    _rows: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    _columns: tuple[str, ...] = COLUMNS
    _digests: dict[tuple[str, int], dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        manifest = self.folder / MANIFEST
        if manifest.is_file():
            rows = read_rows(manifest, required=("student", "file", "submitted_at"))
            by_hand = next((row for row in rows if not row["attempt"]), None)
            if by_hand is not None:
                raise GraderError(
                    "the folder was filled by hand: a hand-in of it has no number, so nobody can "
                    "say which attempt is the latest",
                    at=by_hand.at("attempt"),
                    fix="move its hand-ins and manifest.csv away and collect again (leave "
                    "decisions.csv there: what is taken out of it counts no more), or put such "
                    "files into STUDENT/1/ and give them the attempt 1",
                )
            others = [name for name in (rows[0].places if rows else ()) if name not in COLUMNS]
            self._columns = (*COLUMNS, *others)
            for row in rows:
                cells = {column: row[column] for column in self._columns}
                self._rows[row["student"], row["attempt"]] = cells
        for left in self.folder.glob(f"{UNFINISHED}*"):
            shutil.rmtree(left, ignore_errors=True)

    def put(self, student: str, delivery: Delivery, submitted_at: datetime | None) -> Filed:
        """File a hand-in of one student.

        Raises:
            NotNowError: one of its files can't be read now. Nothing of it is filed.
        """
        label = delivery.label
        if there := self._known(student, delivery):
            what, time = self._date(student, there, submitted_at)
            file = self._rows[student, str(there)]["file"]
            return Filed(student, label, what, there, file, time)
        place = self._place(student, delivery.attempt, submitted_at)
        aside = f"{student}-{submitted_at:%Y%m%dT%H%M%S}" if submitted_at and not place else ""
        if delivery.is_far and aside and self._is_kept(aside):
            return Filed(student, label, "older", 0, "", submitted_at)
        if delivery.is_far and self.is_dry:
            return Filed(student, label, "older" if aside else "new", place, "", submitted_at)
        contents, refused = _read(delivery.files)
        digests = {name: hashlib.sha256(data).hexdigest() for name, data in contents.items()}
        chosen = self.notebook_of(contents)
        for number in reversed(self._attempts(student)):
            if self._of(student, number) != digests:
                continue
            if self._is_another(student, number, delivery, submitted_at):
                continue  # the same file, handed in again
            self._note(student, number, chosen, digests, delivery)
            what, time = self._date(student, number, submitted_at)
            return Filed(student, label, what, number, chosen, time, refused)
        if aside:
            self.keep(aside, contents)
            return Filed(student, label, "older", 0, "", submitted_at, refused)
        if not self.is_dry:
            _write_whole(self.folder / student / str(place), contents, self.folder)
        self._digests[student, place] = digests
        self._note(student, place, chosen, digests, delivery)
        self._date(student, place, submitted_at)
        return Filed(student, label, "new", place, chosen, submitted_at, refused)

    def date(self, times: Mapping[str, datetime]) -> tuple[list[Filed], list[tuple[str, str]]]:
        """Give times to attempts that have none.

        Args:
            times: by the LMS's number of a file.

        Returns:
            What is dated now; and of what has no time still, the student and the file.
        """
        filed, undated = [], []
        for (student, attempt), cells in self._rows.items():
            if not NUMBER.fullmatch(attempt) or self._time(student, int(attempt)) is not None:
                continue
            time = times.get(self.number_in(cells.get("lms_file", "")))
            if time is None:
                undated.append((student, cells["file"]))
                continue
            self._date(student, int(attempt), time)
            label = cells["lms_file"]
            filed.append(Filed(student, label, "dated", int(attempt), cells["file"], time))
        return filed, undated

    def keep_unmatched(self, delivery: Delivery) -> tuple[Refused, ...]:
        """Keep a hand-in that is nobody's, under its label."""
        if delivery.is_far and (self.is_dry or self._is_kept(delivery.label)):
            return ()
        contents, refused = _read(delivery.files)
        self.keep(delivery.label, contents)
        return refused

    def keep(self, label: str, contents: Mapping[str, bytes]) -> None:
        """Below `_unmatched/`; what was there under that label is replaced."""
        if self.is_dry:
            return
        _write_whole(self.folder / UNMATCHED / _safe(label), contents, self.folder)

    def release(self, labels: Sequence[str]) -> None:
        """Forget what was kept under these labels: it has an owner now."""
        for label in labels:
            place = self.folder / UNMATCHED / _safe(label)
            if not self.is_dry and place.is_dir():
                shutil.rmtree(place)

    def write_manifest(self) -> None:
        """The manifest, with a row for each attempt; other rows and columns stay as they are."""
        if self.is_dry:
            return
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, self._columns, lineterminator="\n", restval="")
        writer.writeheader()
        ordered = sorted(self._rows.items(), key=lambda item: (item[0][0], item[0][1].zfill(6)))
        writer.writerows(cells for _, cells in ordered)
        manifest = self.folder / MANIFEST
        new = text.getvalue().encode()
        if manifest.is_file() and manifest.read_bytes() == new:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        unfinished = self.folder / f"{UNFINISHED}{os.getpid()}-{MANIFEST}"
        with unfinished.open("wb") as stream:
            stream.write(new)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(unfinished, manifest)

    def _known(self, student: str, delivery: Delivery) -> int | None:
        """The attempt that this very hand-in is, by the LMS's numbers of its files."""
        for number in self._attempts(student):
            name = self._rows.get((student, str(number)), {}).get("lms_file", "")
            if self.number_in(name) in delivery.numbers:
                return number
        return None

    def _place(self, student: str, wanted: int | None, submitted_at: datetime | None) -> int:
        """The number that a hand-in gets which is not there; 0 if it is older than what is there.

        The LMS's own number, if by their times all that is there comes before or behind it. What
        has no row was filed by a run that was stopped, by its own number.
        """
        times = {number: self._time(student, number) for number in self._attempts(student)}
        known = [time for time in times.values() if time is not None]
        if wanted is not None and submitted_at is not None and wanted not in times:
            in_order = all(
                time is not None and (number < wanted) == (time < submitted_at)
                for number, time in times.items()
                if (student, str(number)) in self._rows
            )
            if in_order:
                return wanted
        if submitted_at is not None and known and submitted_at < max(known):
            return 0
        return max(max(times, default=0) + 1, wanted or 1)

    def _is_another(
        self, student: str, number: int, delivery: Delivery, submitted_at: datetime | None
    ) -> bool:
        """Whether it was handed in besides the attempt that has the same files."""
        known = self._time(student, number)
        row = self._rows.get((student, str(number)))
        if delivery.attempt is not None and row is None:
            return number != delivery.attempt  # filed by a run that was stopped: by its number
        if known is None or submitted_at is None or submitted_at == known:
            return False
        if delivery.attempt is None or row is None:
            return submitted_at > known
        return number != delivery.attempt or bool(self.number_in(row["lms_file"]))

    def _date(
        self, student: str, number: int, submitted_at: datetime | None
    ) -> tuple[What, datetime | None]:
        """Give an attempt its time, if it has none; a time that is there stays."""
        known = self._time(student, number)
        if known is not None or submitted_at is None:
            return "unchanged", known
        self._rows[student, str(number)]["submitted_at"] = submitted_at.isoformat()
        return "dated", submitted_at

    def _note(
        self,
        student: str,
        number: int,
        chosen: str,
        digests: Mapping[str, str],
        delivery: Delivery,
    ) -> None:
        cells = self._rows.setdefault((student, str(number)), {})
        first = chosen or next(iter(sorted(digests)), "")
        new = {
            "student": student,
            "attempt": str(number),
            "file": first,
            "sha256": digests.get(first, ""),
            "source": self.source,
            "lms_file": dict(delivery.names_in_lms).get(first, ""),
        }
        for column, value in new.items():
            cells[column] = cells.get(column) or value

    def _is_kept(self, label: str) -> bool:
        return (self.folder / UNMATCHED / _safe(label)).is_dir()

    def _attempts(self, student: str) -> list[int]:
        home = self.folder / student
        there = [each.name for each in home.iterdir()] if home.is_dir() else []
        made = [number for who, number in self._digests if who == student]
        return sorted({int(name) for name in there if NUMBER.fullmatch(name)} | set(made))

    def _of(self, student: str, number: int) -> dict[str, str]:
        """The SHA-256 of each file of an attempt, by its name."""
        if (student, number) not in self._digests:
            home = self.folder / student / str(number)
            self._digests[student, number] = {
                path.relative_to(home).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
                for path in sorted(home.rglob("*"))
                if path.is_file() and not path.is_symlink()
            }
        return self._digests[student, number]

    def _time(self, student: str, number: int) -> datetime | None:
        text = self._rows.get((student, str(number)), {}).get("submitted_at", "")
        try:
            time = datetime.fromisoformat(text)
        except ValueError:
            return None
        return time if time.tzinfo is not None else None


def _safe(label: str) -> str:
    """A folder's name for a label: itself, if it can be one."""
    if "/" in label or label.startswith(".") or why_no_path(label):
        return hashlib.sha256(label.encode("utf-8", "replace")).hexdigest()[:16]
    return label


def _read(files: Sequence[File]) -> tuple[dict[str, bytes], tuple[Refused, ...]]:
    """The contents of a hand-in, with what lies in its zips."""
    contents: dict[str, bytes] = {}
    refused: list[Refused] = []
    folders: set[str] = set()
    total = 0
    waiting = deque((file, 0) for file in files)
    while waiting:
        file, depth = waiting.popleft()
        reason = why_no_path(file.name)
        if not reason and any(part.startswith(".") for part in file.name.split("/")):
            continue  # .DS_Store and the like
        if not reason and file.name.split("/")[0] == "__MACOSX":
            continue
        above = {str(folder) for folder in PurePosixPath(file.name).parents}
        is_taken = not contents.keys().isdisjoint({file.name, *above})
        if not reason and (is_taken or file.name in folders):  # `a` and `a/b` are so, too
            reason = "another file has its name"
        if not reason and total + file.size > LARGEST_HAND_IN:
            reason = f"the hand-in has more than {LARGEST_HAND_IN // 1024**2} MB"
        if reason:
            refused.append(Refused(file.name, reason))
            continue
        total += file.size
        try:
            contents[file.name] = file.read()
            folders |= above
        except UNREADABLE as error:
            refused.append(Refused(file.name, f"it can't be read: {in_words(error)}"))
            continue
        if file.name.lower().endswith(".zip"):
            if depth == DEEPEST:
                refused.append(Refused(file.name, f"it is {DEEPEST} zips deep already"))
                continue
            try:
                within, odd = unpacked(file)
            except BadArchiveError as error:
                refused.append(Refused(file.name, str(error)))
                continue
            refused += odd
            waiting += [(each, depth + 1) for each in within]
    return contents, tuple(refused)


def _write_whole(target: Path, contents: Mapping[str, bytes], folder: Path) -> None:
    """A folder with these files: it is there with all of them, or not at all."""
    unfinished = folder / f"{UNFINISHED}{os.getpid()}-{target.name}"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    for name, data in contents.items():
        path = unfinished / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        shutil.rmtree(target)
    os.rename(unfinished, target)
