"""Canvas, "Download Submissions": a flat zip. The names are those of `lib/content_zipper.rb`:

    NAME_[LATE_]USER_FILE_ORIGINAL      a file
    NAME_[LATE_]USER_text.html          a text, or `link.html`
    [LATE_]anon_ANON_FILE_ORIGINAL      of an anonymous assignment

There is the latest attempt only, and no time: the entries' dates are when the zip was made.
"""

from __future__ import annotations

import re
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


def _delivery(
    user: str, entries: Sequence[tuple[re.Match[str], File]], expected_name: str
) -> Delivery:
    first, _ = entries[0]
    given = {found: _original(found) for found, _ in entries}
    names = set(given.values())
    named: dict[str, File] = {}
    in_lms: list[tuple[str, str]] = []
    for found, file in entries:
        name = given[found]
        clash = CLASH.fullmatch(name)
        plain = f"{clash['stem']}{clash['end'] or ''}" if clash else name
        if plain == expected_name and plain not in names and plain not in named:
            name = plain
        if name in named:  # two files of one name: the numbers tell them apart
            name = f"{found.groupdict().get('file')}-{name}"
        named[name] = file.renamed(name)
        in_lms.append((name, file.name))
    is_anonymous = user.startswith("anon_")
    name = "" if is_anonymous else first["name"]
    return Delivery(
        label=user if is_anonymous else f"{name}_{user}",
        owners=(Owner(number="" if is_anonymous else user, name=name, squeezed=True),),
        files=tuple(named.values()),
        undated="a Canvas zip has no times",
        names_in_lms=tuple(in_lms),
    )


def _original(found: re.Match[str]) -> str:
    parts = found.groupdict()
    return parts["original"] or f"{parts['kind']}.html"
