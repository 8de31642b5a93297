"""nbgrader's `submitted/STUDENT/ASSIGNMENT/`, with a `timestamp.txt` beside the notebooks:
`2026-02-03 17:00:01.250000 UTC`, where the zone is UTC, a name of the IANA, or an offset.

Other abbreviations (PST, CEST) are taken for UTC by nbgrader, silently; here they are refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from grader.collect.lms.delivery import Delivery, Owner
from grader.collect.lms.download import UNREADABLE, File

TIMESTAMP = "timestamp.txt"
STAMP = re.compile(
    r"(\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)\s*([A-Za-z_+:\-/0-9]*)", re.ASCII
)


def is_nbgrader(names: Sequence[str], assignment: str) -> bool:
    """Whether these are the files of such a folder."""
    return any(_parsed(name, assignment) for name in names) and all(
        _parsed(name, None) for name in names
    )


def nbgrader(files: Sequence[File], assignment: str) -> list[Delivery]:
    """The hand-ins for one assignment; those for others are left alone."""
    by_student: dict[str, list[tuple[File, str]]] = {}
    for file in files:
        if found := _parsed(file.name, assignment):
            student, rest = found
            by_student.setdefault(student, []).append((file.renamed(rest), file.name))
    return [_delivery(student, within) for student, within in by_student.items()]


def time_of(text: str) -> datetime:
    """The time of a `timestamp.txt`.

    Raises:
        ValueError: there is none, or its zone is not known for sure.
    """
    found = STAMP.fullmatch(text.strip())
    if not found:
        raise ValueError(f"{text.strip()[:40]!r} is no time")
    time, zone = datetime.fromisoformat(found[1]), found[2]
    if zone in ("UTC", "GMT", "Z"):
        return time.replace(tzinfo=UTC)
    if re.fullmatch(r"[+-]\d\d:?\d\d", zone):
        return datetime.fromisoformat(f"{found[1]}{zone}")
    if "/" in zone:
        try:
            return time.replace(tzinfo=ZoneInfo(zone))
        except (ZoneInfoNotFoundError, ValueError):
            pass
    said = f"the zone {zone!r} may mean several" if zone else "it has no zone"
    raise ValueError(f"{said}: UTC, an offset, or a name such as Asia/Singapore is needed")


def _delivery(student: str, named: Sequence[tuple[File, str]]) -> Delivery:
    """Args:
    named: the files, each with its name in the download.
    """
    files = [file for file, _ in named]
    stamp = next((file for file in files if file.name == TIMESTAMP), None)
    time, why = None, f"there is no {TIMESTAMP}"
    if stamp is not None:
        try:
            time, why = time_of(stamp.read().decode("utf-8", "replace")), ""
        except (ValueError, *UNREADABLE) as error:
            why = f"{TIMESTAMP}: {error}"
    handed_in = tuple(file for file in files if file is not stamp)
    owner = Owner(student=student, login=student)
    in_lms = tuple((file.name, name) for file, name in named)
    return Delivery(student, (owner,), handed_in, time, why, in_lms)


def _parsed(name: str, assignment: str | None) -> tuple[str, str] | None:
    """Student, and the file's name in the hand-in. None for `assignment` takes any."""
    parts = name.split("/")
    if "submitted" in parts[:2]:
        parts = parts[parts.index("submitted") + 1 :]
    if len(parts) < 3 or (assignment is not None and parts[1] != assignment):
        return None
    return parts[0], "/".join(parts[2:])
