"""What people write: phrases, words; and what a file keeps of where it comes from."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

PHRASE = 4
"""Words in a phrase."""
SHORTEST_ID = 8
"""Characters: a metadata entry of fewer is a setting, not a mark of one file."""
DEEPEST, MOST_MARKS, LONGEST_MARK = 8, 200, 200
"""Of metadata: of a file that was made to be a burden no more is looked at."""
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_SETTINGS = frozenset(
    ("kernelspec", "language_info", "vscode", "interpreter", "jupytext", "varInspector", "toc")
)
"""Of the machine and of the editor: whoever has the same has them, too, in every file."""
_VERSION = re.compile(r"v?\d+(\.\w+)+(-\w+)?")
_OF_A_FILE = re.compile(r"(?=(?:.*\d){2})(?=.*[A-Za-z]|\d{10})[\w/+=:.-]+", re.ASCII)


def is_mark(value: str) -> bool:
    """Whether it looks as if it were drawn for one file: an id, a hash, a moment. Words of people
    and of extensions, versions and names of files are what many have.

    >>> is_mark("Xy12Zw34"), is_mark("2022-08-30T09:14:51.231Z"), is_mark("Table of Contents")
    (True, True, False)
    """
    return (
        len(value) >= SHORTEST_ID
        and _OF_A_FILE.fullmatch(value) is not None
        and _VERSION.fullmatch(value) is None
        and not value.endswith((".ipynb", ".py"))
    )


def words_of(text: str) -> list[tuple[str, int, int]]:
    """Each word in small letters, without accents, and where it stands."""
    return [
        (_plain(found[0]), found.start(), found.end())
        for found in _WORD.finditer(text)
        if len(found[0]) < 50
    ]


def _plain(word: str) -> str:
    if word.isascii():
        return word.lower()
    parts = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in parts if not unicodedata.combining(c))


def phrases(
    words: Sequence[tuple[str, int, int]], *, of: int = PHRASE
) -> Iterator[tuple[str, int, int]]:
    """Each run of so many words; a text of fewer is one phrase, if it has two."""
    if 2 <= len(words) < of:
        of = len(words)
    for place in range(len(words) - of + 1):
        run = words[place : place + of]
        if of >= 2:
            yield " ".join(word for word, _, _ in run), run[0][1], run[-1][2]


def marks_of(metadata: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Entries of metadata that may be one file's alone: their path and what they say."""
    theirs = {name: value for name, value in metadata.items() if name not in _SETTINGS}
    yield from islice(_marks(theirs, "", DEEPEST), MOST_MARKS)


def _marks(metadata: Mapping[str, Any], path: str, deeper: int) -> Iterator[tuple[str, str]]:
    for name, value in islice(metadata.items(), MOST_MARKS if deeper else 0):
        place = (f"{path}.{name}" if path else str(name))[:LONGEST_MARK]
        if isinstance(value, Mapping):
            yield from _marks(value, place, deeper - 1)
        elif isinstance(value, (list, tuple)):
            for item in value[:MOST_MARKS]:
                if isinstance(item, Mapping):
                    yield from _marks(item, place, deeper - 1)
                elif isinstance(item, str) and is_mark(item[:LONGEST_MARK]):
                    yield place, item[:LONGEST_MARK]
        elif isinstance(value, str) and is_mark(value[:LONGEST_MARK]):
            yield place, value[:LONGEST_MARK]
