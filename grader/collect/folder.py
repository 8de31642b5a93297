"""Reads a folder laid out like `submissions/HW/`; changes nothing in it.

    STUDENT/ATTEMPT/files, manifest.csv: student,attempt,file,submitted_at,sha256,source
    STUDENT/*.ipynb,       manifest.csv: student,file,submitted_at (file relative to the folder)
    either, without a manifest: then no hand-in time is known

What is odd about one hand-in becomes its `problem` or a flag; nothing that was handed in is lost.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from grader.course.roster import why_unsafe
from grader.course.tables import Row, read_rows
from grader.errors import GraderError
from grader.records.submissions import InLms, Submission, as_text

MANIFEST = "manifest.csv"
IGNORED = frozenset({"_unmatched", "__MACOSX", "__pycache__"})
WANTED = "a time with its offset is needed, such as 2026-02-03T16:40:00+08:00"
NUMBER = re.compile("[1-9][0-9]{0,5}")  # of an attempt
LAST = datetime.max.replace(tzinfo=UTC)


def names_in_lms(folder: Path) -> list[InLms]:
    """What the LMS calls the hand-ins, by the manifest; empty if there is none.

    Args:
        folder: `submissions/HW`.

    Raises:
        GraderError: if the manifest can't be read.
    """
    manifest = folder / MANIFEST
    rows = read_rows(manifest, required=("student",)) if manifest.is_file() else []
    return [
        InLms(
            student=row["student"],
            attempt=int(row["attempt"]),
            source=row["source"],
            file=row["lms_file"],
            submitted_at=_time(row["submitted_at"]),
        )
        for row in rows
        if NUMBER.fullmatch(row["attempt"])
    ]


@dataclass(frozen=True, slots=True)
class _HandIn:
    """One attempt before it is numbered: its files, of which one is to be chosen.

    They are texts, for there are thousands, and a `Path` holds six times as much.
    """

    student: str
    files: tuple[str, ...]
    number: int | None = None
    submitted_at: datetime | None = None
    problem: str = ""
    sha256: str = ""  # as the manifest has it
    source: str = ""


def collect_folder(folder: Path, expected_name: str) -> list[Submission]:
    """All attempts of everybody, in order of student and attempt.

    Args:
        folder: `submissions/HW`.
        expected_name: what the notebook should be called, "hw1.ipynb".

    Raises:
        GraderError: if there is no such folder, or its manifest can't be read at all.
    """
    if not folder.is_dir():
        raise GraderError(
            f"there are no hand-ins for {folder.name}",
            at=str(folder),
            fix=f"put them there, as STUDENT/{expected_name}, or name the folder above it with "
            "--submissions DIR",
        )
    hand_ins = _hand_ins(folder, expected_name)
    owners: dict[str, str | None] = {}
    for each in hand_ins:
        for file in each.files:
            if owners.setdefault(file, each.student) != each.student:
                owners[file] = None  # of several
    submissions = []
    while hand_ins:  # of a class of thousands, nothing is kept twice
        submissions.append(_submission(hand_ins.pop(), folder, expected_name, owners))
    return sorted(submissions, key=lambda each: (each.student, each.attempt))


def _hand_ins(folder: Path, expected_name: str) -> list[_HandIn]:
    listed = _listed(folder, expected_name)
    return _numbered(listed, _unlisted(folder, listed))


def _listed(folder: Path, expected_name: str) -> list[_HandIn]:
    """The hand-ins of the manifest: rows of one student and attempt, or time, are one."""
    manifest = folder / MANIFEST
    if not manifest.is_file():
        return []
    groups: dict[tuple[str, str], list[Row]] = {}
    refused = []
    for row in read_rows(manifest, required=("student", "file", "submitted_at")):
        unsafe = why_unsafe(row["student"])
        if unsafe:
            refused.append(
                _HandIn(
                    student=f"invalid-line-{row.line}",
                    files=(),
                    problem=f"{_at(row)}: {row['student']!r} can't be a student's id: {unsafe}",
                )
            )
        else:
            key = row["attempt"] or row["submitted_at"]
            groups.setdefault((row["student"], key), []).append(row)
    return refused + [_hand_in(folder, groups.pop(key), expected_name) for key in list(groups)]


def _hand_in(folder: Path, rows: list[Row], expected_name: str) -> _HandIn:
    student, attempt = rows[0]["student"], rows[0]["attempt"]
    files = tuple(_named(folder, student, attempt, row["file"]) for row in rows)
    row = rows[files.index(_chosen(files, expected_name)[0])]  # the notebook's own time counts
    number = int(attempt) if NUMBER.fullmatch(attempt) else None
    problems = []
    if attempt and number is None:
        problems.append(f"{_at(row, 'attempt')}: {attempt!r} is no attempt's number")
    submitted_at = _time(row["submitted_at"])
    if submitted_at is None:
        problems.append(f"{_at(row, 'submitted_at')}: {row['submitted_at']!r}; {WANTED}")
    return _HandIn(
        student=student,
        files=tuple(map(str, files)),
        number=number,
        submitted_at=submitted_at,
        problem="; ".join(problems),
        sha256=row["sha256"].lower(),
        source=row["source"],
    )


def _named(folder: Path, student: str, attempt: str, file: str) -> Path:
    """Where a row's file is: in its attempt's folder, or relative to the whole folder.

    If it is at neither, a bare name is looked for in the student's own folder, a path that was
    written on Windows is read as one, and capital letters are as good as small ones.
    """
    from_windows = file.replace("\\", "/")
    for name in dict.fromkeys((file, from_windows)):
        inside, relative = folder / student / attempt / name, folder / name
        places = (inside, relative) if attempt else (relative, inside)
        # lazily: to look for a name in the folder of all hand-ins, one for each, takes minutes
        for place in chain(places, map(_as_written, places)):
            if _is_file(place):
                return place
    file = from_windows
    if file and not attempt and "/" not in file:
        within = [place / file for place in _attempts_of(folder / student)]
        found = [place for place in within if _is_file(place)]
        if len(found) == 1:
            return found[0]
    return folder / student / attempt / file if attempt else folder / file


def _as_written(place: Path) -> Path:
    """The one file that has this name but for capital letters; else the place itself."""
    try:
        names = _files(place.parent) if place.parent.is_dir() else ()
    except (OSError, ValueError):
        return place
    alike = [each for each in names if each.name.casefold() == place.name.casefold()]
    return alike[0] if len(alike) == 1 else place


def _attempts_of(home: Path) -> list[Path]:
    return [each for each in _folders(home) if NUMBER.fullmatch(each.name)] if home.is_dir() else []


def _at(row: Row, column: str = "") -> str:
    """Where something is in the manifest; without its folder, for students read it too."""
    return f"{MANIFEST}, line {row.line}{f', column {column}' if column else ''}"


def _time(text: str) -> datetime | None:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    # a year far away is a slip, and can't be moved between zones
    return time if time.tzinfo is not None and 1970 <= time.year < 3000 else None


def _unlisted(folder: Path, listed: list[_HandIn]) -> list[_HandIn]:
    """What lies in students' folders without a row in the manifest; and what in nobody's."""
    named = {file for each in listed for file in each.files}
    covered = {os.path.dirname(file) for file in named} | _attempts_with(named, folder)
    why = f"{MANIFEST} has no row for it"
    found: list[_HandIn] = []
    for home in _folders(folder):
        unsafe = why_unsafe(home.name)
        if unsafe:
            said = f"the folder {home.name!r} can't be a student's: {unsafe}"
            found.append(_HandIn(f"invalid-folder-{len(found) + 1}", (), problem=said))
            continue
        places = [place for place in (home, *_folders(home)) if _files(place)]
        if not places and all(each.student != home.name for each in listed):
            places = _places_below(home)
        for place in places:
            if str(place) not in covered:
                is_attempt = place.parent == home and NUMBER.fullmatch(place.name)
                number = int(place.name) if is_attempt else None
                files = tuple(map(str, _files(place)))
                found.append(_HandIn(home.name, files, number, problem=why))
    lost = [file for file in _files(folder) if _is_notebook(file) and str(file) not in named]
    for count, file in enumerate(lost, 1):
        said = f"the notebook {file.name!r} lies in no student's folder"
        found.append(_HandIn(f"invalid-file-{count}", (), problem=said))
    return found


def _attempts_with(files: Collection[str], folder: Path) -> set[str]:
    """The folders of attempts in which these files lie, however deep: a zip is beside what was in
    it, and no hand-in of its own."""
    top = len(folder.parts)
    parts = [Path(file).parts for file in files if Path(file).is_relative_to(folder)]
    return {
        str(folder.joinpath(*each[top : top + 2]))
        for each in parts
        if len(each) > top + 2 and NUMBER.fullmatch(each[top + 1])
    }


def _places_below(home: Path) -> list[Path]:
    """The folders with notebooks, however deep; with any files, if there is no notebook at all."""
    places = []
    for name, folders, _ in os.walk(home):  # follows no links
        folders[:] = sorted(each for each in folders if not _is_ignored(Path(each)))
        places.append(Path(name))
    filled = [place for place in places if _files(place)]
    return [place for place in filled if any(map(_is_notebook, _files(place)))] or filled[:1]


def _folders(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir() and not _is_ignored(path))


def _files(folder: Path) -> tuple[Path, ...]:
    return tuple(
        sorted(path for path in folder.iterdir() if not path.is_dir() and not _is_ignored(path))
    )


def _is_ignored(path: Path) -> bool:
    return path.name.startswith(".") or path.name in IGNORED


def _numbered(listed: Sequence[_HandIn], unlisted: Sequence[_HandIn]) -> list[_HandIn]:
    """Each with a number. Those without one come after the others, by time, the unknown last:
    the latest attempt counts, and it is not for us to say that an undated one is not the latest.
    """
    used: dict[str, set[int]] = {}
    numbered = []
    waiting = []
    by_time = {
        each.student
        for each in listed
        if each.number is None and any(_is_file(Path(file)) for file in each.files)
    }
    for each in [*listed, *unlisted]:
        numbers = used.setdefault(each.student, set())
        is_undated = each.student in by_time and each.submitted_at is None
        if each.number is None or each.number in numbers or is_undated:
            waiting.append(each)
        else:
            numbers.add(each.number)
            numbered.append(each)
    for each in sorted(waiting, key=lambda each: (each.submitted_at or LAST, each.number or 0)):
        number = max(used[each.student], default=0) + 1
        used[each.student].add(number)
        numbered.append(replace(each, number=number))
    return numbered


def _submission(
    hand_in: _HandIn, folder: Path, expected_name: str, owners: Mapping[str, str | None]
) -> Submission:
    """The hand-in, with the file that was chosen.

    Args:
        owners: the files of all hand-ins, and the student that each is listed for; None if it is
            listed for several.
    """
    assert hand_in.number is not None
    without_file = Submission(
        student=hand_in.student,
        attempt=hand_in.number,
        path=None,
        submitted_at=hand_in.submitted_at,
        source=hand_in.source,
        problem=hand_in.problem,
    )
    if not hand_in.files:
        return without_file
    files = tuple(map(Path, hand_in.files))
    file, flags = _chosen(files, expected_name)
    trouble, digest = _looked_at(file, folder)
    if trouble:
        problem = "; ".join(part for part in (trouble, hand_in.problem) if part)
        return replace(without_file, problem=as_text(problem))
    if hand_in.sha256 and hand_in.sha256 != digest:
        flags.append("sha256-differs")
    beside = (each for each in _files(file.parent) if str(each) not in owners)
    others = {*files, *beside} - {file}
    if any(map(_is_notebook, others)):
        flags.append("several-notebooks")
    if owners[str(file)] is None:
        flags.append("shared-file")
    return replace(without_file, path=str(file), sha256=digest, flags=tuple(flags))


def _chosen(files: tuple[Path, ...], expected_name: str) -> tuple[Path, list[str]]:
    """The notebook of an attempt, or its first file if it has none; and flags."""
    notebooks = sorted({file for file in files if _is_notebook(file)})
    for notebook in notebooks:
        if notebook.name == expected_name:
            return notebook, []
    chosen = notebooks[0] if notebooks else files[0]
    name = " ".join(chosen.name.replace(";", ",").split())  # flags are joined by ";"
    return chosen, [f"renamed:{as_text(name)}"]


def _looked_at(file: Path, folder: Path) -> tuple[str, str]:
    """Why a file can't be graded, or "", and the SHA-256 of what is in it."""
    try:
        if not file.resolve().is_relative_to(folder.resolve()):
            return f"{file.name} is outside of the folder of hand-ins", ""
        if file.is_dir() and not _is_notebook(file):  # the row names no file
            return "there is no file in it that can be graded", ""
        if not file.is_file():
            return f"{file.relative_to(folder)} is not there{_instead(file.parent)}", ""
        if not _is_notebook(file):
            return f"handed in as {file.name}: a notebook (.ipynb) is asked for", ""
        with file.open("rb") as stream:
            return "", hashlib.file_digest(stream, "sha256").hexdigest()
    except (OSError, ValueError, RuntimeError) as error:  # a NUL, a loop of links, no permission
        why = error.strerror if isinstance(error, OSError) else error  # and not the whole path
        return f"{file.name!r} can't be read: {why}", ""


def _instead(folder: Path) -> str:
    names = [file.name for file in _files(folder)] if folder.is_dir() else []
    return f"; its folder has {', '.join(names[:5])}" if names else ""


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _is_notebook(file: Path) -> bool:
    return file.suffix.lower() == ".ipynb"
