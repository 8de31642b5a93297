"""One pair, to be looked at: what both have, where it stands on each side, and what many have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from grader.similar.pairing import Rarity
from grader.similar.traces import CHANNELS, Given, Kind, Trace, Work, changed_cells

MOST_LISTED = 40
"""Things of one kind that are listed: more nobody reads."""
MOST_PLACES = 8
"""Of one thing: where more passages have it, no other leads there."""
SHORTEST_SLIP = 5
"""Letters of a word that may be a slip of the pen: shorter ones have too many neighbours."""


@dataclass(frozen=True)
class Piece:
    """A part of a cell's source: `passage` numbers what is rare and on both sides, 0 is none;
    `is_common`: on both sides, and with many others; `is_given`: lines that everybody got;
    `is_first`: of the passage, on this side."""

    text: str
    passage: int = 0
    is_common: bool = False
    is_given: bool = False
    is_first: bool = False


@dataclass(frozen=True)
class ShownCell:
    """`number` counts all cells from 1."""

    number: int
    kind: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Listed:
    """Something that both have, in words, and how many have it; `meant`: what may have been, where
    it looks like a slip of the pen."""

    kind: Kind
    says: str
    has: int
    meant: str = ""


@dataclass(frozen=True)
class SideBySide:
    """`passages`: how many hand-ins have the rarest part of each, by its number less one."""

    left: tuple[ShownCell, ...]
    right: tuple[ShownCell, ...]
    passages: tuple[int, ...]
    listed: tuple[Listed, ...]
    hand_ins: int


def side_by_side(
    works: tuple[Work, Work],
    traces: tuple[Sequence[Trace], Sequence[Trace]],
    given: Given,
    rarity: Rarity,
) -> SideBySide:
    """What two hand-ins share. `traces` include those of what they computed."""
    both = {trace.key for trace in traces[0]} & {trace.key for trace in traces[1]}
    rare = {key for key in both if rarity.is_rare(key)}
    spans = [_spans(each, rare) for each in traces]
    passages = _joined(spans[0])
    numbers = _numbered(passages, spans[1])
    common = [_spans(each, both - rare) for each in traces]
    counts = tuple(min(rarity.counts.get(key, 2) for key in keys) for _, _, _, keys in passages)
    in_order = [(*passage[:3], number) for number, passage in enumerate(passages, start=1)]
    left = _shown(works[0], given, in_order, common[0])
    right = _shown(works[1], given, numbers, common[1])
    listed = _listed(traces[0], rare, rarity, given)
    return SideBySide(left, right, counts, listed, rarity.hand_ins)


_IN_PLACE: Collection[Kind] = ("tokens", "shape", "phrase", "comment", "string", "word")

COMMON, GIVEN = -1, -2
"""Marks of characters; above 0 they number a passage."""

Span = tuple[int, int, int, frozenset[int]]
"""Cell, start, end, and the keys of the traces there."""


def _spans(traces: Sequence[Trace], keys: Collection[int]) -> list[Span]:
    return sorted(
        (each.place.cell, each.place.start, each.place.end, frozenset((each.key,)))
        for each in traces
        if each.key in keys and each.place is not None and each.kind in _IN_PLACE
    )


def _joined(spans: Sequence[Span]) -> list[Span]:
    """Spans that overlap are one passage."""
    found: list[tuple[int, int, int, set[int]]] = []
    for cell, start, end, keys in spans:
        if found and found[-1][0] == cell and start <= found[-1][2]:
            last = found[-1]
            last[3].update(keys)
            found[-1] = (cell, last[1], max(last[2], end), last[3])
        else:
            found.append((cell, start, end, set(keys)))
    return [(cell, start, end, frozenset(keys)) for cell, start, end, keys in found]


def _numbered(passages: Sequence[Span], spans: Sequence[Span]) -> list[tuple[int, int, int, int]]:
    """The passages of the other side, each with the number of the one that it shares most with."""
    where: dict[int, list[int]] = {}
    for place, (_, _, _, keys) in enumerate(passages, start=1):
        for key in keys:
            where.setdefault(key, []).append(place)
    found = []
    for cell, start, end, keys in _joined(spans):
        # of what is there again and again, the first few places: else the work is squared
        shared = Counter(place for key in keys for place in where.get(key, ())[:MOST_PLACES])
        if shared:
            _, number = max((most, -place) for place, most in shared.items())
            found.append((cell, start, end, -number))
    return found


def _shown(
    work: Work,
    given: Given,
    passages: Sequence[tuple[int, int, int, int]],
    common: Sequence[Span],
) -> tuple[ShownCell, ...]:
    marked: dict[int, list[tuple[int, int, int]]] = {}
    for cell, start, end, _ in common:
        marked.setdefault(cell, []).append((start, end, COMMON))
    for cell, start, end, passage in passages:
        marked.setdefault(cell, []).append((start, end, passage))
    cells = []
    seen: set[int] = set()
    for number in changed_cells(work, given):
        source = work.cells[number].source
        marks = [0] * len(source)
        for start, end, mark in marked.get(number, ()):
            marks[start:end] = [mark] * len(marks[start:end])
        _leave_out_what_was_given(marks, source, given)
        pieces = []
        begin = 0
        for k in range(1, len(source) + 1):
            if k == len(source) or marks[k] != marks[begin]:
                mark = marks[begin]
                is_first = mark > 0 and mark not in seen
                seen.add(mark)
                pieces.append(
                    Piece(source[begin:k], max(mark, 0), mark == COMMON, mark == GIVEN, is_first)
                )
                begin = k
        cells.append(ShownCell(number + 1, work.cells[number].kind, tuple(pieces)))
    return tuple(cells)


def _leave_out_what_was_given(marks: list[int], source: str, given: Given) -> None:
    """A run of tokens goes on over a docstring: lines that everybody got are marked nowhere."""
    start = 0
    for line in source.split("\n"):
        end = start + len(line) + 1
        if line.strip() in given.lines:
            marks[start:end] = [GIVEN] * len(marks[start:end])
        start = end


def _listed(
    traces: Sequence[Trace], rare: Collection[int], rarity: Rarity, given: Given
) -> tuple[Listed, ...]:
    """What is best told in words, the rarest first; code is seen where it stands."""
    order = [kind for kinds in CHANNELS.values() for kind in kinds]
    found: dict[tuple[Kind, str], int] = {}
    for each in traces:
        if each.key in rare and each.says and each.kind not in ("phrase", "tokens", "shape"):
            thing = (each.kind, each.says)
            has = rarity.counts.get(each.key, 1)
            found[thing] = min(has, found.get(thing, has))
    by_kind: dict[Kind, list[Listed]] = {}
    for (kind, says), has in sorted(found.items(), key=lambda item: (item[1], item[0])):
        by_kind.setdefault(kind, []).append(Listed(kind, says, has))
    shown = [one for kind in order for one in by_kind.get(kind, [])[:MOST_LISTED]]
    return tuple(
        replace(one, meant=_meant(one.says, given)) if one.kind == "word" else one for one in shown
    )


def _meant(word: str, given: Given) -> str:
    """The word of the released notebook that is one slip of the pen away, or ""."""
    from rapidfuzz.distance import OSA

    if len(word) < SHORTEST_SLIP or not word.isalpha():
        return ""
    near = (
        other
        for other in sorted(given.words)
        if other.isalpha()
        and not word.startswith(other)  # another form of the word is no slip
        and not other.startswith(word)
        and OSA.distance(word.lower(), other, score_cutoff=1) == 1
    )
    return next(near, "")


def summary_of(
    traces: tuple[Mapping[int, Kind], Mapping[int, Kind]], rarity: Rarity
) -> dict[Kind, int]:
    """How many rare traces of each kind two hand-ins share."""
    found: dict[Kind, int] = {}
    for key, kind in traces[0].items():
        if key in traces[1] and rarity.is_rare(key):
            found[kind] = found.get(kind, 0) + 1
    return found
