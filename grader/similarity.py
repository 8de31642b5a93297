"""`grader similar`: reads hand-ins and evidence, ranks pairs, writes pages of those to look at.

Nothing runs and nothing is sent anywhere. Numbers are compared where there is stored evidence of
the very file; without `grade` before, code, text and files are compared alone.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from grader.errors import GraderError
from grader.opened import OpenCourse
from grader.records.looks import Look
from grader.similar import (
    FALSE_ALARMS,
    HandIn,
    Pair,
    Ranking,
    Work,
    kinds_of,
    ranked,
    side_by_side,
    summary_of,
)
from grader.similar.compared import Compared, Found
from grader.similar.traces import CHANNELS
from grader.similar_reading import (
    Advance,
    Reading,
    earlier_classes,
    everybody,
    keep,
    reading_of,
    refuse_another,
)

MOST_PAGES = 200
"""Pairs that get a page: whoever has looked at so many knows what is going on."""
NOT_TRIVIAL, MOST_NAMED = 50, 10
"""Traces of a hand-in that can't be the same by chance; students of a group that are named."""
_YEAR = re.compile(r"[A-Za-z0-9][\w.-]{0,60}")


def compare(
    opened: OpenCourse,
    assignment_id: str,
    *,
    threshold: float = FALSE_ALARMS,
    below: int = 10,
    groups: Mapping[str, str] | None = None,
    given: Sequence[Path] = (),
    also: Sequence[tuple[str, str]] = (),
    keep_as: str = "",
    advance: Advance = lambda done, total, who, failed: None,
) -> Compared:
    """Rank the pairs of an assignment's hand-ins, and write a page of each that is to be looked at.

    Args:
        threshold: the expected number of false alarms.
        below: how many pairs below the threshold are listed.
        groups: who hands in together, by student; they are not compared with one another.
        given: files of what everybody got besides the released notebook.
        also: pairs that get a page, wherever they stand.
        keep_as: a year, under which the class' fingerprints are kept for later ones.
        advance: told after each hand-in.

    Raises:
        GraderError: the configuration is wrong, one of a pair has handed nothing in, or something
            can't be written.
    """
    if keep_as and not _YEAR.fullmatch(keep_as):
        raise GraderError(
            f"{keep_as!r} is no name for a year", fix="letters, digits, dots, such as 2026-S1"
        )
    reading = reading_of(opened, assignment_id, given=given, to_keep=bool(keep_as))
    if keep_as:
        refuse_another(reading, keep_as)
    present = [
        HandIn(student, kinds_of(traces), together=(groups or {}).get(student, ""))
        for student, _, traces in everybody(reading, advance)
    ]
    past, years = earlier_classes(reading)
    places = {each.student: place for place, each in enumerate(present)}
    for one, two in also:
        _refuse_pair(reading, one, two, places, groups or {})
    wanted = [(min(places[one], places[two]), max(places[one], places[two])) for one, two in also]
    reading.notes += _all_alike(present)
    ranking = ranked(present, past, threshold=threshold, below=below, also=wanted)
    if keep_as:
        keep(reading, keep_as, present)
    looks = {(look.student, look.other): look for look in _looks(opened, reading.assignment.id)}
    return _shown(reading, ranking, looks, also, years)


def _refuse_pair(
    reading: Reading, one: str, two: str, names: Container[str], groups: Mapping[str, str]
) -> None:
    """Who is not compared shares nothing, and that would read as if they had been.

    Raises:
        GraderError: these two are no pair, or one of them has handed nothing in.
    """
    if one == two:
        raise GraderError("a pair is two students", fix="name two")
    for name in (one, two):
        if name not in names:
            raise GraderError(
                f"{name} has handed in nothing that can be read",
                at=str(reading.opened.submissions / reading.assignment.id),
                fix="name two as `grader similar` lists them; of earlier years there are no pages",
            )
    if one in groups and groups[one] == groups.get(two):
        raise GraderError(
            f"{one} and {two} hand in together, so they are not compared",
            fix="to see them side by side all the same, leave --groups out",
        )


def _all_alike(present: Sequence[HandIn]) -> list[str]:
    """What the ranking can't say: what very many have is common, and so surprises nobody."""
    alike: dict[frozenset[int], list[str]] = {}
    for each in present:
        written = frozenset(
            key for key, kind in each.traces.items() if kind not in CHANNELS["file"]
        )
        if len(written) >= NOT_TRIVIAL:
            alike.setdefault(written, []).append(each.student)
    return [
        f"{len(who)} hand-ins are the same in code, numbers and text: {', '.join(who[:MOST_NAMED])}"
        + (f" and {len(who) - MOST_NAMED} more" if len(who) > MOST_NAMED else "")
        for who in alike.values()
        if len(who) > 2
    ]


def _looks(opened: OpenCourse, assignment: str) -> list[Look]:
    if not opened.gradebook.is_there:
        return []
    from grader.gradebook.database import reading
    from grader.gradebook.pairs import kept_looks

    with reading(opened.gradebook) as connection:
        return [] if connection is None else kept_looks(connection, assignment)


def _shown(
    reading: Reading,
    ranking: Ranking,
    looks: Mapping[tuple[str, str], Look],
    also: Sequence[tuple[str, str]],
    years: tuple[str, ...],
) -> Compared:
    from grader.report.files import write_whole
    from grader.results import make_folder
    from grader.similar.pages import class_page, pair_file

    folder = reading.opened.results / reading.assignment.id / "similar"
    make_folder(folder)
    wanted = {tuple(sorted(each)) for each in also}
    now = datetime.now(reading.opened.course.timezone)
    title = f"{reading.assignment.id}: {reading.assignment.title}"
    if ranking.is_calibrated and ranking.threshold < ranking.least:
        reading.notes.append(
            f"so few pairs tell nothing rarer than {ranking.least:.1g} from anything else: at this "
            "threshold none is listed"
        )
    found: list[Found] = []
    pages: set[Path] = set()
    for pair in ranking.pairs:
        first, second = ranking.hand_ins[pair.first], ranking.hand_ins[pair.second]
        key = (first.student, second.student)
        is_above = ranking.is_above(pair)
        is_wanted = not second.year and tuple(sorted(key)) in wanted
        look = _valid(looks, reading, first, second)
        page = None
        is_to_see = is_above and look is None and len(pages) < MOST_PAGES
        if (is_wanted or is_to_see) and not second.year:
            page = folder / pair_file(*key)
            write_whole(page, _pair_page(reading, ranking, pair, title, now))
            pages.add(page)
        shares = summary_of((first.traces, second.traces), ranking.rarity)
        found.append(Found(first.student, second.label, pair, is_above, shares, look, page))
    compared = Compared(
        title=title,
        ranking=ranking,
        found=tuple(found),
        groups=_groups(ranking, found),
        present=len(reading.submissions),
        without_numbers=tuple(reading.without_numbers),
        years=years,
        notes=tuple(dict.fromkeys(reading.notes)),
        page=folder / "index.html",
    )
    for old in folder.glob("*.html"):  # of an earlier run: who was told apart since has no page
        if old not in pages:
            old.unlink()
    write_whole(compared.page, class_page(compared, now))
    return compared


def _valid(
    looks: Mapping[tuple[str, str], Look], reading: Reading, one: HandIn, two: HandIn
) -> Look | None:
    """The look at the two files as they are now."""
    now = Look.at((one.label, _file_of(reading, one)), (two.label, _file_of(reading, two)))
    look = looks.get((now.student, now.other))
    return look if look is not None and look.files == now.files else None


def _file_of(reading: Reading, hand_in: HandIn) -> str:
    """What stays the same while it is the same hand-in."""
    return f"of:{hand_in.year}" if hand_in.year else reading.submissions[hand_in.student].sha256


def _groups(ranking: Ranking, found: Sequence[Found]) -> tuple[tuple[str, ...], ...]:
    from grader.similar.ranking import groups_of

    open_pairs = [
        (each.pair.first, each.pair.second) for each in found if each.is_above and not each.look
    ]
    return tuple(
        tuple(ranking.hand_ins[place].label for place in members)
        for members in groups_of(open_pairs)
        if len(members) > 2
    )


def _pair_page(reading: Reading, ranking: Ranking, pair: Pair, title: str, now: datetime) -> str:
    from grader.similar.pages import pair_page

    students = tuple(ranking.hand_ins[place].student for place in (pair.first, pair.second))
    read = [
        reading.read(reading.submissions[student], reading.receipt(student)) for student in students
    ]
    beside = side_by_side(
        (read[0][0], read[1][0]), (read[0][1], read[1][1]), reading.given, ranking.rarity
    )
    names = tuple(
        reading.opened.roster[student].name if student in reading.opened.roster else ""
        for student in students
    )
    times = tuple(reading.submissions[student].submitted_at for student in students)
    return pair_page(
        title, ranking, pair, beside, students=students, names=names, times=times, now=now
    )


def look_at(
    opened: OpenCourse, assignment_id: str, one: str, two: str, *, reason: str = ""
) -> int | None:
    """Keep that somebody looked at these two hand-ins, and that they are fine.

    Returns:
        The change's number; None if that is kept already.

    Raises:
        GraderError: these two are no pair, or one of them has handed nothing in.
    """
    from grader.gradebook.changes import ChangeSet
    from grader.gradebook.database import writing
    from grader.gradebook.pairs import keep_looks

    reading = reading_of(opened, assignment_id)
    for _ in everybody(reading, lambda done, total, who, failed: None, only=(one, two)):
        pass  # which of their files counts
    earlier = {each.label: each for each in earlier_classes(reading)[0]}
    _refuse_pair(reading, one, two, {*reading.submissions, *earlier}, {})
    if one in earlier and two in earlier:
        raise GraderError("two of earlier classes are no pair", fix="name one of this class")
    files = [
        (name, _file_of(reading, earlier.get(name) or HandIn(name, {}))) for name in (one, two)
    ]
    with writing(opened.gradebook) as connection:
        change = ChangeSet(
            connection, "look", "grader similar --fine", assignment=reading.assignment.id,
            reason=reason,
        )  # fmt: skip
        kept = keep_looks(change, reading.assignment.id, [Look.at(files[0], files[1], reason)])
        change.write()
        return change.number if kept else None


def groups_in(opened: OpenCourse, file: Path) -> Mapping[str, str]:
    """Who hands in together, by student.

    Raises:
        GraderError: somebody is not on the roster, or in two groups.
    """
    from grader.collect.lms.groups import read_groups
    from grader.collect.lms.owners import Roster

    return read_groups(file, Roster.of(opened.roster)).group_of


def write_for_dolos(
    opened: OpenCourse, assignment_id: str, folder: Path, *, given: Sequence[Path] = ()
) -> int:
    """Write the hand-ins to a new folder, as Dolos reads them; how many.

    Raises:
        GraderError: there is something at this place already.
    """
    from grader.export.dolos import Source, write_dolos
    from grader.records.submissions import Student

    reading = reading_of(opened, assignment_id, given=given)
    sources = (
        Source(
            opened.roster.get(student, Student(student, "")),
            reading.submissions[student].submitted_at,
            _code(work),
        )
        for student, work, _ in everybody(reading, lambda done, total, who, failed: None)
    )
    template = [source for work in reading.works_given for source in _code(work)]
    return write_dolos(folder, sources, template)


def _code(work: Work) -> list[str]:
    return [cell.source for cell in work.cells if cell.kind == "code"]
