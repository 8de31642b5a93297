"""A folder or a zip of no LMS: `STUDENT/files`, however deep, or one file a student.

s01/hw1.ipynb        s01/work/hw1.ipynb
s01.ipynb            s01_hw1.ipynb
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

from grader.collect.lms.delivery import Delivery, Owner
from grader.collect.lms.download import File

WHY = "a plain folder has no times"


def plain(files: Sequence[File], students: Sequence[str]) -> list[Delivery]:
    """The hand-ins, by the outermost folder, or by a file's name.

    Args:
        students: ids, logins and names that may stand before the rest of a file's name.
    """
    files = _without_common_folder(files, {each.casefold() for each in students})
    by_folder: dict[str, list[File]] = {}
    alone: list[Delivery] = []
    for file in files:
        folder, slash, rest = file.name.partition("/")
        if slash:
            by_folder.setdefault(folder, []).append(file.renamed(rest))
        else:
            stem = PurePosixPath(file.name).name.partition(".")[0]
            first = stem.split("_")[0]
            known = {each.casefold() for each in students}
            who = first if first.casefold() in known else stem
            alone.append(Delivery(file.name, (_owner(who),), (file,), undated=WHY))
    folders = [
        Delivery(folder, (_owner(folder),), tuple(within), undated=WHY)
        for folder, within in by_folder.items()
    ]
    return folders + alone


def _owner(who: str) -> Owner:
    return Owner(student=who, login=who, name=who)


def _without_common_folder(files: Sequence[File], students: set[str]) -> Sequence[File]:
    """As a zip of a folder has one around all, which is nobody's name."""
    while files:
        folders = {file.name.partition("/")[0] for file in files}
        (first, *others) = folders
        nested = all("/" in file.name for file in files)
        if others or not nested or first.casefold() in students:
            break
        if any(file.name.count("/") < 2 for file in files) and len(files) == 1:
            break  # one student's folder
        files = [file.renamed(file.name.partition("/")[2]) for file in files]
    return files
