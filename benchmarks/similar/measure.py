"""What each contender finds of the copies that were planted, and what ours finds where none are."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from benchmarks.similar.contenders import Scores, copydetect, notebooks, ours, tokens_alone
from benchmarks.similar.copies import classroom
from grader.similar import Ranking

Places = tuple[int, int]
RECALLS = (0.25, 0.5, 0.75, 0.9)


@dataclass
class Ranked:
    """Of one contender: each class' pairs, the highest first, True for a copy; how many copies
    there are; and the CPU or wall seconds that it took."""

    name: str
    rows: list[list[bool]] = field(default_factory=list)
    copies: list[int] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def average_precision(self) -> float:
        """The area under the curve of precision over recall, the mean of the classes."""
        return sum(map(average_precision, self.rows, self.copies)) / max(len(self.rows), 1)

    def precision_at(self, recall: float) -> float:
        """The mean of the classes; 0 in one where so many are not found."""
        found = [
            precision_at(row, n, recall) for row, n in zip(self.rows, self.copies, strict=True)
        ]
        return sum(found) / max(len(found), 1)


@dataclass
class Planted:
    """Classes with copies.

    Attributes:
        found: by disguise, how many of how many copies are above the default threshold.
        false: pairs above it that are no copies.
    """

    students: int
    contenders: list[Ranked]
    found: dict[str, tuple[int, int]]
    false: int


@dataclass
class Clean:
    """Classes without copies: in each, how many pairs are above the default threshold, and what is
    expected of the most surprising one by chance."""

    students: int
    alarms: list[int]
    nearest: list[float]


def average_precision(row: Sequence[bool], copies: int) -> float:
    hits, total = 0, 0.0
    for place, is_copy in enumerate(row, start=1):
        if is_copy:
            hits += 1
            total += hits / place
    return total / copies if copies else 0.0


def precision_at(row: Sequence[bool], copies: int, recall: float) -> float:
    hits = 0
    for place, is_copy in enumerate(row, start=1):
        hits += is_copy
        if hits >= recall * copies:
            return hits / place
    return 0.0


def planted(classes: int, students: int, copies: int, *, seed: int, peers: bool) -> Planted:
    """Classes with copies before all contenders."""
    contenders = [Ranked("grader similar"), Ranked("token winnowing alone")]
    contenders += [Ranked("copydetect")] if peers else []
    found: dict[str, tuple[int, int]] = {}
    false = 0
    for number in range(classes):
        name = f"{seed} planted {number}"
        room = classroom(name, students, copies=copies)
        files = notebooks(room.solutions, name)
        started = time.process_time()
        ranking = ours(room.solutions, files)
        took = time.process_time() - started
        results: list[tuple[Scores, float]] = [(_scores(ranking), took)]
        started = time.process_time()
        results.append((tokens_alone(files), time.process_time() - started))
        if peers:
            results.append(copydetect(files))
        for contender, (scores, seconds) in zip(contenders, results, strict=True):
            contender.rows.append(_row(scores, room.pairs))
            contender.copies.append(len(room.pairs))
            contender.seconds += seconds
        above = {(pair.first, pair.second) for pair in ranking.above}
        false += len(above - set(room.pairs))
        for places, disguise in room.pairs.items():
            hit, of = found.get(disguise, (0, 0))
            found[disguise] = hit + (places in above), of + 1
        _progress("classes with copies", number, classes)
    return Planted(students, contenders, found, false)


def clean(classes: int, students: int, *, seed: int) -> Clean:
    """Classes in which everybody worked alone."""
    result = Clean(students, [], [])
    for number in range(classes):
        name = f"{seed} clean {number}"
        room = classroom(name, students, copies=0)
        ranking = ours(room.solutions, notebooks(room.solutions, name))
        result.alarms.append(len(ranking.above))
        result.nearest.append(ranking.pairs[0].expected if ranking.pairs else float("inf"))
        _progress("classes without", number, classes)
    return result


def _scores(ranking: Ranking) -> Scores:
    """By the sum of surprises: what is expected by chance has a least."""
    return {(pair.first, pair.second): sum(pair.surprise.values()) for pair in ranking.pairs}


def _row(scores: Scores, pairs: Mapping[Places, str]) -> list[bool]:
    """The pairs from the highest score down; of equal ones, those that are no copies first."""
    order = sorted(scores, key=lambda places: (-scores[places], places in pairs))
    return [places in pairs for places in order]


def _progress(what: str, number: int, of: int) -> None:
    if sys.stderr.isatty():
        end = "\n" if number + 1 == of else ""
        print(f"\r{what}: {number + 1} of {of}", end=end, file=sys.stderr, flush=True)
