"""The pages: of the class, and of one pair side by side. Nothing of them is for students."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from grader.report.files import page_name
from grader.report.pages import page
from grader.similar.traces import CHANNELS, Kind

if TYPE_CHECKING:
    from grader.similar.compared import Compared
    from grader.similar.ranking import Pair, Ranking
    from grader.similar.side_by_side import SideBySide

KINDS: Mapping[Kind, str] = {
    "shape": "expressions and statements",
    "tokens": "runs of code",
    "wrong": "wrong answers, the same to the last bit, that no known mistake explains",
    "rounding": "right answers, rounded the same way to the last bit",
    "training": "the same trained parameters, to the last bit: settings, steps and rounding",
    "phrase": "phrases",
    "comment": "comments",
    "word": "words that are not in the released notebook",
    "string": "texts in the code",
    "name": "names of variables",
    "constant": "constants",
    "id": "ids of cells that are not the released notebook's",
    "metadata": "entries of the file's metadata",
}


def expected_in_words(expected: float, *, least: float = 0.0) -> str:
    """How often chance alone would give such a pair, in a class like this.

    Args:
        least: what cannot be told from anything less.

    >>> expected_in_words(3.2), expected_in_words(0.5), expected_in_words(0.0004)
    ('3.2 times in every class', 'once in 2 classes', 'once in 2,500 classes')
    >>> expected_in_words(111.04)
    '111 times in every class'
    >>> expected_in_words(1 / 1200, least=1 / 1200)
    'less than once in 1,200 classes'
    """
    if expected > 1:
        times = f"{expected:.1f}" if expected < 10 else f"{expected:.0f}"
        return f"{times} times in every class" if expected < 1e3 else "in every class"
    classes = 1 / max(expected, 1e-12)
    if classes < 1_000_000:
        rounded = float(f"{classes:.2g}")
        less = "less than " if expected <= least else ""
        return f"{less}once in {rounded:,.0f} classes" if rounded > 1 else "once in every class"
    return "less than once in a million classes"


def one_in(power: float, *, least: float = 1e-6) -> str:
    """Of so many pairs one, for a power of ten; no more exact, and no more, than it is known.

    >>> one_in(2.3), one_in(11.2, least=1 / 1200)
    ('about one pair in 200', 'less than one pair in 1,000')
    """
    most = min(1 / least, 1e6)
    less = power >= math.log10(most)
    number = float(f"{most if less else 10**power:.1g}")
    return f"{'less than' if less else 'about'} one pair in {number:,.0f}"


def shares_in_words(shares: Mapping[Kind, int]) -> str:
    """Such as "code 41, numbers 6 (1 wrong), text 3"."""
    parts = []
    for channel, kinds in CHANNELS.items():
        number = sum(shares.get(kind, 0) for kind in kinds)
        if number:
            wrong = shares.get("wrong", 0) if channel == "numbers" else 0
            parts.append(f"{channel} {number}" + (f" ({wrong} wrong)" if wrong else ""))
    return ", ".join(parts)


def class_page(compared: Compared, now: datetime) -> str:
    """Of all pairs to look at."""
    return page(
        "similar.html",
        places=2,
        compared=compared,
        now=now,
        expected=partial(expected_in_words, least=compared.ranking.least),
        threshold=expected_in_words(compared.ranking.threshold),
        shares=shares_in_words,
    )


def pair_file(one: str, other: str) -> str:
    """The name of a pair's page: the same whichever comes first, and different for other pairs."""
    first, second = sorted((one, other))
    both = f"{page_name(first).removesuffix('.html')}--{page_name(second).removesuffix('.html')}"
    if len(both.encode()) > 150 or "--" in first + second:
        digest = hashlib.sha256(f"{first}\0{second}".encode(errors="replace")).hexdigest()[:16]
        both = f"{both.encode()[:100].decode(errors='ignore')}-{digest}"
    return f"{both}.html"


def pair_page(
    title: str,
    ranking: Ranking,
    pair: Pair,
    beside: SideBySide,
    *,
    students: Sequence[str],
    names: Sequence[str],
    times: Sequence[datetime | None],
    now: datetime,
) -> str:
    """Two hand-ins, with what is marked in both."""
    listed: dict[Kind, list[object]] = {}
    for each in beside.listed:
        listed.setdefault(each.kind, []).append(each)
    both = (beside.left, beside.right)
    linked = [{p.passage for cell in cells for p in cell.pieces} for cells in both]
    sides = [
        {
            "side": ("left", "right")[place],
            "other": ("right", "left")[place],
            "student": students[place],
            "name": names[place],
            "time": times[place],
            "cells": both[place],
            "linked": linked[1 - place],
        }
        for place in (0, 1)
    ]
    return page(
        "similar_pair.html",
        places=2,
        title=title,
        ranking=ranking,
        pair=pair,
        beside=beside,
        sides=sides,
        listed=listed,
        kinds=KINDS,
        channels=pair.surprise.items(),
        expected=expected_in_words(pair.expected, least=ranking.least),
        one_in=partial(one_in, least=ranking.least),
        now=now,
    )
