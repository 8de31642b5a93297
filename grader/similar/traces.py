"""What a hand-in consists of, as traces: things that two people who work alone rarely share.

A trace is 64 bits, of the code, of what it computed, of what was written or of the file itself. Of
earlier years these bits are all that is kept. Where each stood, and what it says, is read again
from the two files when a pair is looked at.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from grader.similar.code import every_fingerprint, fingerprints, own_names, read_code
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
MOST_CELLS = 2_000
LONGEST_STRING = 200


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
    """What is compared of a file."""

    cells: tuple[CellText, ...]
    metadata: Mapping[str, Any] = field(default_factory=dict)


def work_in(notebook: Mapping[str, Any]) -> Work:
    """Of a notebook in nbformat 4. Lines end in a newline, whatever the file has."""
    cells = []
    for cell in notebook["cells"][:MOST_CELLS]:
        source = cell.get("source", "")
        text = source if isinstance(source, str) else "".join(map(str, source))
        text = text.replace("\r\n", "\n").replace("\r", "\n")[:LONGEST_CELL]
        metadata = cell.get("metadata")
        cells.append(
            CellText(
                str(cell.get("cell_type", "")),
                text,
                str(cell.get("id") or ""),
                metadata if isinstance(metadata, Mapping) else {},
            )
        )
    metadata = notebook.get("metadata")
    return Work(tuple(cells), metadata if isinstance(metadata, Mapping) else {})


@dataclass(frozen=True)
class Given:
    """What everybody got, and is nobody's: of the released notebook."""

    sources: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    keys: frozenset[int] = frozenset()
    words: frozenset[str] = frozenset()
    lines: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()

    @staticmethod
    def of(work: Work, *, more_names: Collection[str] = ()) -> Given:
        """`more_names`: such as the functions that are asked for."""
        code = [cell.source for cell in work.cells if cell.kind == "code"]
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
        texts = [cell.source for cell in work.cells]
        for text in texts:
            keys.update(digest("phrase", run) for run, _, _ in phrases(words_of(text)))
        return Given(
            sources=frozenset(_squeezed(text) for text in texts),
            names=frozenset(names),
            keys=frozenset(keys),
            words=frozenset(word for text in texts for word, _, _ in words_of(text)),
            lines=frozenset(line.strip() for text in texts for line in text.split("\n")),
            ids=frozenset(cell.id for cell in work.cells if cell.id),
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
            yield Trace(digest("id", cell.id), "id", cell.id, Place(number, 0, 0))
        for path, value in marks_of(cell.metadata):
            yield Trace(digest("metadata", f"cell.{path}={value}"), "metadata", f"{path}: {value}")
        if number not in changed:
            continue
        found = _in_code if cell.kind == "code" else _in_text
        for trace in found(cell.source, number, own, given):
            if trace.key not in given.keys:
                yield trace
    for path, value in marks_of(work.metadata):
        yield Trace(digest("metadata", f"{path}={value}"), "metadata", f"{path}: {value}")


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
        for run, _, _ in _comment_runs(comment):
            place = Place(number, start, start + len(comment) + 1)
            yield Trace(digest("comment", run), "comment", comment, place)
    for text, start in code.texts:
        if 3 < len(text) < LONGEST_STRING:
            yield Trace(
                digest("string", text), "string", text, Place(number, start, start + len(text))
            )
    for name, start in code.names:
        if len(name) > 1:
            yield Trace(digest("name", name), "name", name, Place(number, start, start + len(name)))
    for constant, start in code.numbers:
        if len(constant) > 1:
            place = Place(number, start, start + len(constant))
            yield Trace(digest("constant", constant), "constant", constant, place)


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
