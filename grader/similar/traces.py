"""What a hand-in consists of, as traces: things that two people who work alone rarely share.

A trace is 64 bits, of the code, of what it computed, of what was written or of the file itself. Of
earlier years these bits are all that is kept. Where each stood, and what it says, is read again
from the two files when a pair is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from grader.similar.code import every_fingerprint, fingerprints, own_names, parsed, read_code
from grader.similar.shapes import shapes
from grader.similar.text import marks_of, phrases, words_of
from grader.similar.winnowing import digest

Kind = Literal[
    "tokens",
    "shape",
    "wrong",
    "rounding",
    "training",
    "phrase",
    "comment",
    "word",
    "string",
    "name",
    "constant",
    "id",
    "metadata",
]
Channel = Literal["code", "numbers", "text", "file"]

CHANNELS: Mapping[Channel, Mapping[Kind, float]] = {
    "code": {"shape": 1.0, "tokens": 0.1},
    "numbers": {"wrong": 1.0, "rounding": 1.0, "training": 1.0},
    "text": {
        "phrase": 1.0,
        "comment": 1.0,
        "word": 1.0,
        "string": 1.0,
        "name": 0.5,
        "constant": 0.5,
    },
    "file": {"id": 1.0, "metadata": 1.0},
}
"""What counts together, and how much. Runs of tokens overlap, ten to a shape: a tenth each. Names
and constants come from the lecture, often: the half. Measured by `benchmarks.similar`."""

WEIGHTS: Mapping[Kind, float] = {
    kind: weight for kinds in CHANNELS.values() for kind, weight in kinds.items()
}
LONGEST_CELL = 50_000
"""Characters of a cell that are looked at."""
LONGEST_WORK = 300_000
"""The same of all cells: some ten seconds. Long work has a tenth of it."""
MOST_CELLS = 2_000
LONGEST_STRING = 200
_ID = re.compile(rb'"id"\s*:\s*"([A-Za-z0-9_-]{1,64})"')


@dataclass(frozen=True, slots=True)
class Place:
    """Of a trace: the cell, from 0 over all cells, and the characters in its source."""

    cell: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Trace:
    """`says`: in a few words, where it has some; `place`: None where it is in no cell."""

    key: int
    kind: Kind
    says: str = ""
    place: Place | None = None


@dataclass(frozen=True)
class CellText:
    """A cell as it was handed in; `id` is "" where the file has none."""

    kind: str
    source: str
    id: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Work:
    """What is compared of a file. `is_cut`: it has more, which is not."""

    cells: tuple[CellText, ...]
    metadata: Mapping[str, Any] = field(default_factory=dict)
    is_cut: bool = False


def ids_in(raw: bytes) -> frozenset[str]:
    """The ids of cells that a file has itself.

    Whoever reads an older file, or one with an id twice, makes up an id of its own each time.
    """
    return frozenset(found.decode() for found in _ID.findall(raw))


def work_in(notebook: Mapping[str, Any], *, ids: Collection[str] | None = None) -> Work:
    """Of a notebook in nbformat 4. Lines end in a newline, whatever the file has.

    Args:
        ids: of cells that count, see `ids_in`; all, by default.
    """
    cells = []
    room = LONGEST_WORK
    is_cut = len(notebook["cells"]) > MOST_CELLS
    for cell in notebook["cells"][:MOST_CELLS]:
        source = cell.get("source", "")
        whole = source if isinstance(source, str) else "".join(map(str, source))
        whole = whole.replace("\r\n", "\n").replace("\r", "\n")
        text = whole[: min(LONGEST_CELL, room)]
        is_cut |= len(text) < len(whole)
        room -= len(text)
        metadata = cell.get("metadata")
        id = str(cell.get("id") or "")
        cells.append(
            CellText(
                str(cell.get("cell_type", "")),
                text,
                id if ids is None or id in ids else "",
                metadata if isinstance(metadata, Mapping) else {},
            )
        )
    metadata = notebook.get("metadata")
    return Work(tuple(cells), metadata if isinstance(metadata, Mapping) else {}, is_cut)


@dataclass(frozen=True)
class Given:
    """What everybody got, and is nobody's: of the released notebook, and what came beside it."""

    sources: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    keys: frozenset[int] = frozenset()
    words: frozenset[str] = frozenset()
    lines: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()

    @staticmethod
    def of(*works: Work, more_names: Collection[str] = ()) -> Given:
        """`more_names`: such as the functions that are asked for."""
        cells = [cell for work in works for cell in work.cells]
        code = [cell.source for cell in cells if cell.kind == "code"]
        names = own_names(code, ()) | set(more_names)
        keys: set[int] = set()
        for source in code:
            read = read_code(source, set())
            keys.update(each.key for each in every_fingerprint(read))
            keys.update(each.key for each in shapes(source, set()))
            keys.update(digest("constant", number) for number, _ in read.numbers)
            keys.update(digest("string", text) for text, _ in read.texts)
            for comment, _ in read.comments:
                keys.update(digest("comment", run) for run, _, _ in _comment_runs(comment))
        for path, value in (mark for work in works for mark in _marks_in(work)):
            keys.add(digest("metadata", f"{path}={value}"))
        texts = [cell.source for cell in cells]
        for text in texts:
            keys.update(digest("phrase", run) for run, _, _ in phrases(words_of(text)))
        return Given(
            sources=frozenset(_squeezed(text) for text in texts),
            names=frozenset(names),
            keys=frozenset(keys),
            words=frozenset(word for text in texts for word, _, _ in words_of(text)),
            lines=frozenset(line.strip() for text in texts for line in text.split("\n")),
            ids=frozenset(cell.id for cell in cells if cell.id),
        )


def traces_of(work: Work, given: Given) -> Iterator[Trace]:
    """The traces of a file; those of what it computes are in `grader.similar.numbers`.

    A cell that is as it was released has none. A trace may come several times.
    """
    changed = set(changed_cells(work, given))
    code = [work.cells[number].source for number in changed if work.cells[number].kind == "code"]
    own = own_names(code, given.names)
    for number, cell in enumerate(work.cells):
        if cell.id and cell.id not in given.ids:
            yield Trace(digest("id", cell.id), "id", _said(cell.id), Place(number, 0, 0))
        if number not in changed:
            continue
        found = _in_code if cell.kind == "code" else _in_text
        for trace in found(cell.source, number, own, given):
            if trace.key not in given.keys:
                yield trace
    for path, value in _marks_in(work):
        key = digest("metadata", f"{path}={value}")
        if key not in given.keys:
            yield Trace(key, "metadata", _said(f"{path}: {value}"))
    parsed.cache_clear()  # trees of one hand-in are many megabytes, and the next one has others


def _marks_in(work: Work) -> Iterator[tuple[str, str]]:
    for cell in work.cells:
        for path, value in marks_of(cell.metadata):
            yield f"cell.{path}", value
    yield from marks_of(work.metadata)


def _said(text: str) -> str:
    """No more of it than anybody reads."""
    return text if len(text) <= LONGEST_STRING else f"{text[:LONGEST_STRING]}..."


def changed_cells(work: Work, given: Given) -> list[int]:
    """The places of the cells that are not as they were released."""
    return [
        number
        for number, cell in enumerate(work.cells)
        if cell.source.strip() and _squeezed(cell.source) not in given.sources
    ]


def kinds_of(traces: Iterable[Trace]) -> dict[int, Kind]:
    """All that is compared of them."""
    return {trace.key: trace.kind for trace in traces}


def _in_code(source: str, number: int, own: set[str], given: Given) -> Iterator[Trace]:
    code = read_code(source, own)
    for each in fingerprints(code, given.keys):
        yield Trace(each.key, "tokens", "", Place(number, each.start, each.end))
    for each in shapes(source, own):
        yield Trace(each.key, "shape", "", Place(number, each.start, each.end))
    for comment, start in code.comments:
        said = _said(comment)
        for run, _, _ in _comment_runs(comment):
            place = Place(number, start, start + len(comment) + 1)
            yield Trace(digest("comment", run), "comment", said, place)
    for text, start in code.texts:
        if 3 < len(text) < LONGEST_STRING:
            yield Trace(
                digest("string", text), "string", text, Place(number, start, start + len(text))
            )
    for name, start in code.names:
        if len(name) > 1:
            place = Place(number, start, start + len(name))
            yield Trace(digest("name", name), "name", _said(name), place)
    for constant, start in code.numbers:
        if len(constant) > 1:
            place = Place(number, start, start + len(constant))
            yield Trace(digest("constant", constant), "constant", _said(constant), place)


def _comment_runs(comment: str) -> Sequence[tuple[str, int, int]]:
    return list(phrases(words_of(comment), of=3))


def _in_text(source: str, number: int, own: set[str], given: Given) -> Iterator[Trace]:
    words = words_of(source)
    for run, start, end in phrases(words):
        yield Trace(digest("phrase", run), "phrase", source[start:end], Place(number, start, end))
    for word, start, end in words:
        if word not in given.words and len(word) > 2:
            yield Trace(digest("word", word), "word", source[start:end], Place(number, start, end))


def _squeezed(source: str) -> str:
    """What a front end may change of a cell that nobody touched is no change."""
    return "\n".join(line.rstrip() for line in source.strip().split("\n"))
