"""Canvas, "Download Submissions": a flat zip. The names are those of `lib/content_zipper.rb`:

    NAME_[LATE_]USER_FILE_ORIGINAL      a file
    NAME_[LATE_]USER_text.html          a text, or `link.html`
    [LATE_]anon_ANON_FILE_ORIGINAL      of an anonymous assignment

There is the latest attempt only, and no time: the entries' dates are when the zip was made.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from pathlib import PurePosixPath

from grader.collect.lms.delivery import Delivery, Owner
from grader.collect.lms.download import File

NAMED = re.compile(
    r"(?P<name>.+?)_(?:LATE_)?(?P<user>\d+)_(?:(?P<file>\d+)_(?P<original>.+)|(?P<kind>text|link)\.html)"
)
ANONYMOUS = re.compile(r"(?:LATE_)?(?P<user>anon_[^_]+)_(?P<file>\d+)_(?P<original>.+)")
CLASH = re.compile(
    r"(?P<stem>[^.]*?)-(?:\d{1,3}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?P<end>\.[^/]*)?"
)
"""A name that was taken gets a counter before its whole extension; after some, a UUID."""


def is_canvas(names: Sequence[str]) -> bool:
    """Whether these are the files of such a zip: all of them, for any name may look like it."""
    return bool(names) and all(_parsed(PurePosixPath(name).name) for name in names)


def canvas(files: Sequence[File], expected_name: str) -> list[Delivery]:
    """The hand-ins, by user id.

    Args:
        expected_name: of the notebook: `hw1-1.ipynb` is `hw1.ipynb` if there is no other.
    """
    by_user: dict[str, list[tuple[re.Match[str], File]]] = {}
    for file in files:
        found = _parsed(PurePosixPath(file.name).name)
        if found is not None:
            by_user.setdefault(found["user"], []).append((found, file))
    return [_delivery(user, entries, expected_name) for user, entries in by_user.items()]


def _parsed(name: str) -> re.Match[str] | None:
    return ANONYMOUS.fullmatch(name) or NAMED.fullmatch(name)


def number_in(name: str) -> str:
    """The number of a file by which Canvas knows it, from its name in the zip; "" if it has none.

    >>> number_in("doejane_LATE_4711_990001_hw1-1.py"), number_in("doejane_4711_text.html")
    ('990001', '')
    """
    found = _parsed(PurePosixPath(name).name)
    return (found.groupdict().get("file") if found else "") or ""


def with_own_names(
    entries: Sequence[tuple[str, str, File]], expected_name: str
) -> list[tuple[str, File]]:
    """Each file with the name that the student gave it, as far as one hand-in can have that twice.

    Args:
        entries: the number of a file, what Canvas calls it, and the file.
        expected_name: of the notebook.
    """
    names = {name for _, name, _ in entries}
    taken: set[str] = set()
    named: list[tuple[str, File]] = []
    for number, given, file in entries:
        name = given
        clash = CLASH.fullmatch(name)
        plain = f"{clash['stem']}{clash['end'] or ''}" if clash else name
        if plain == expected_name and plain not in names and _folded(plain) not in taken:
            name = plain
        if _folded(name) in taken:  # two files of one name: the numbers tell them apart
            name = f"{number}-{name}"
        taken.add(_folded(name))
        named.append((name, file.renamed(name)))
    return named


def _folded(name: str) -> str:
    """The same for names that some disks take for one."""
    return unicodedata.normalize("NFC", name).casefold()


def _delivery(
    user: str, entries: Sequence[tuple[re.Match[str], File]], expected_name: str
) -> Delivery:
    first, _ = entries[0]
    named = with_own_names(
        [(found.groupdict().get("file") or "", _original(found), file) for found, file in entries],
        expected_name,
    )
    is_anonymous = user.startswith("anon_")
    name = "" if is_anonymous else first["name"]
    return Delivery(
        label=user if is_anonymous else f"{name}_{user}",
        owners=(Owner(number="" if is_anonymous else user, name=name, squeezed=True),),
        files=tuple(file for _, file in named),
        undated="a Canvas zip has no times",
        names_in_lms=tuple(
            (name, file.name) for (name, _), (_, file) in zip(named, entries, strict=True)
        ),
    )


def _original(found: re.Match[str]) -> str:
    parts = found.groupdict()
    return parts["original"] or f"{parts['kind']}.html"
