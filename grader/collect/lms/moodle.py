"""Moodle, "Download all submissions" of an assignment (`mod/assign/classes/downloader.php`):

    Jane Doe_12345_assignsubmission_file/sub/hw1.ipynb
    Jane Doe_12345_assignsubmission_file_hw1.ipynb        without folders

12345 is the participant of this assignment, as in the column `Identifier` of the grading worksheet,
and not the person's id; a group has its own number, and the default group has none. There is the
latest attempt only, and no time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from grader.collect.lms.delivery import Delivery, Owner
from grader.collect.lms.download import File
from grader.course.tables import read_rows

FOLDER = re.compile(r"(?P<who>.*?)(?:_(?P<number>\d+))?_assignsubmission_(?:file|onlinetext)_?")
FLAT = re.compile(
    r"(?P<who>.*?)(?:_(?P<number>\d+))?_assignsubmission_(?:file|onlinetext)_(?P<rest>.+)"
)
IDENTIFIER = re.compile(r"\D*(\d+)")  # "Participant 12345", in any language


def is_moodle(names: Sequence[str]) -> bool:
    """Whether these are the files of such a zip."""
    return bool(names) and all(_parsed(name) for name in names)


def moodle(files: Sequence[File], worksheet: Mapping[str, Owner]) -> list[Delivery]:
    """The hand-ins, by participant.

    Args:
        worksheet: what the grading worksheet says of each participant, by number.
    """
    by_label: dict[str, list[tuple[str, File]]] = {}
    owners: dict[str, tuple[str, str]] = {}
    labels: dict[str, str] = {}
    for file in files:
        if (parsed := _parsed(file.name)) is None:
            continue
        who, number, rest = parsed
        label = labels.setdefault(number or who, f"{who}_{number}" if number else who)
        by_label.setdefault(label, []).append((rest, file))
        owners.setdefault(label, (number, who))
    return [
        Delivery(
            label=label,
            owners=(_owner(*owners[label], worksheet),),
            files=tuple({rest: file.renamed(rest) for rest, file in entries}.values()),
            undated="a Moodle zip has no times",
            names_in_lms=tuple((rest, file.name) for rest, file in entries),
        )
        for label, entries in by_label.items()
    ]


def read_worksheet(file: Path) -> dict[str, Owner]:
    """What a grading worksheet says of each participant, by number.

    Raises:
        GraderError: the file is none.
    """
    found = {}
    for row in read_rows(file, required=("identifier",)):
        number = IDENTIFIER.fullmatch(row["identifier"])
        if number:
            found[number[1]] = Owner(
                student=row["id number"],
                number=number[1],
                login=row["username"],
                email=row["email address"],
                name=row["full name"],
            )
    return found


def _owner(number: str, who: str, worksheet: Mapping[str, Owner]) -> Owner:
    known = worksheet.get(number)
    is_blind = who in ("", "Participant")
    name = "" if is_blind else who
    if known is None:
        return Owner(number=number, name=name)
    return known if known.name else replace(known, name=name)


def _parsed(name: str) -> tuple[str, str, str] | None:
    """Who, the participant's number or "", and the file's name in the hand-in."""
    folder, slash, rest = name.partition("/")
    if slash:
        # the whole download may lie in a folder of its own
        found = FOLDER.fullmatch(folder)
        return (found["who"], found["number"] or "", rest) if found else _parsed(rest)
    flat = FLAT.fullmatch(name)
    return (flat["who"], flat["number"] or "", flat["rest"]) if flat else None
