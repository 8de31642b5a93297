"""From each LMS, through grading, and back to it: every student once, in the right column, with the
right score, and nothing else touched. Students' pages, too: each to its own student.

The downloads are in `downloads.py`, and what the LMS make of our files is in `readers.py`.
"""

from __future__ import annotations

import json
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from tests.cli.tiny import a_course, add_assignment, grader, write_table
from tests.export import downloads, readers
from tests.export.downloads import HW, OTHER, Person

pytestmark = [
    pytest.mark.slow,
    pytest.mark.scale,
]

ASSIGNMENT = f"""
title = "Round trip"
due = {downloads.DUE:%Y-%m-%dT%H:%M:%S}
notebook = "hw.ipynb"
canvas = "HW 1 ({HW})"
"""
QUESTIONS = "from grader.questions import Case, Question, Returns\n\nQUESTIONS = []\n" + "".join(
    f"""

def q{j}(x):
    return x


QUESTIONS.append(Question("Q{j}", "Question {j}", checks=[Returns("q{j}", q{j}, [Case("3", (3.5,))])]))
"""
    for j in range(downloads.QUESTIONS)
)
PEOPLE = downloads.a_class()
GRADED = [p for p in PEOPLE if p.score is not None]
EXCUSED = [p for p in PEOPLE if p.is_excused and p.days is not None]
HANDED_IN = [p for p in PEOPLE if p.days is not None]


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One course for all: a notebook that one LMS brought need not run again for the next."""
    root = a_course(tmp_path_factory.mktemp("round") / "course")
    write_table(root / "roster.csv", downloads.roster(PEOPLE))
    points = "\n".join(f"Q{j} = {worth}" for j, worth in enumerate(downloads.POINTS))
    add_assignment(root, settings=ASSIGNMENT, questions=QUESTIONS, points=points)
    return root


@pytest.fixture
def root(course: Path) -> Path:
    shutil.rmtree(course / "submissions/hw", ignore_errors=True)
    return course


def collected(root: Path, entries: dict[str, str], *more: str) -> dict:
    download = downloads.zipped(root / "download.zip", entries)
    done = grader("collect", "hw", str(download), "--json", *more, cwd=root)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["unmatched"] == []
    assert found["undated"] == []
    assert {each["student"] for each in found["filed"]} == {p.id for p in HANDED_IN}
    return found


def graded(root: Path) -> None:
    header = ("student", "question", "kind", "value", "reason")
    excuses = [(p.id, "", "excuse", "", "ill") for p in PEOPLE if p.is_excused]
    write_table(root / "submissions/hw/decisions.csv", [header, *excuses])
    done = grader("grade", "hw", cwd=root)
    assert done.returncode == 0, done.stderr


def exported(root: Path, to: str, *more: str) -> tuple[bytes, bytes, str]:
    """The grades, the pages, and what was said."""
    done = grader("export", "hw", "--to", to, *more, "--feedback", cwd=root)
    assert done.returncode == 0, done.stderr
    file, archive = map(Path, done.stdout.splitlines()[-2:])
    assert not list((root / "reports").rglob("*.tmp"))
    return file.read_bytes(), archive.read_bytes(), " ".join(done.stderr.split())


def is_page_of(text: str, person: Person) -> bool:
    """Whether it is the page of this student, or of this student's group, and of nobody else."""
    marks = {f"owner-{p.k:03}" for p in PEOPLE if f"owner-{p.k:03}" in text}
    return marks == {person.mark} and (person.is_member or f"<bdi>{person.id}</bdi>" in text)


def is_copied(grades: bytes, template: Path, key: str, *, but: str) -> bool:
    """Whether all cells but the grades stand in the template so, letter by letter: names, too."""
    text = template.read_bytes().decode("utf-8-sig")
    names, *there = readers.csv_rows(text, ";" if ";" in text.splitlines()[0] else ",")
    header, *found = readers.csv_rows(grades.decode())
    theirs = {row[names.index(key)]: dict(zip(names, row, strict=True)) for row in there}
    ours = [dict(zip(header, row, strict=True)) for row in found]
    cells = [(row[key], name, cell) for row in ours for name, cell in row.items() if name != but]
    return bool(cells) and all(theirs[who][name] == cell for who, name, cell in cells)


def times(root: Path, column: str, mark: str) -> list[str]:
    return ["--times", str(write_table(root / "times.csv", downloads.times(PEOPLE, column, mark)))]


def test_canvas(root):
    _, entries = downloads.canvas(PEOPLE)
    group = [("team_5_5010", p.id) for p in PEOPLE if p.is_member]
    owners = write_table(root / "owners.csv", [("label", "student"), *group])
    collected(root, entries, *times(root, "user_id", "lms_id"), "--owners", str(owners))
    graded(root)
    unassigned = GRADED[-1]
    template = root / "gradebook.csv"
    for shape in ("comma", "semicolon", "names"):
        lms, _ = downloads.canvas(PEOPLE)
        lms.unassigned = {(unassigned.lms_id, HW)}
        template.write_text(downloads.canvas_gradebook(lms, shape=shape), "utf-8", newline="")
        after = dict(lms.grades)
        for p in GRADED:
            if p != unassigned:
                after[p.lms_id, HW] = f"{p.score}"
        after |= {(p.lms_id, HW): "EX" for p in PEOPLE if p.is_excused}
        points, users = dict(lms.points), dict(lms.users)

        grades, pages, said = exported(root, "canvas", "--template", str(template))

        assert is_copied(grades, template, "ID", but=f"HW 1 ({HW})")
        lms.import_grades(grades)
        assert {key: value for key, value in lms.grades.items() if value} == after
        assert (lms.points, lms.users, lms.new) == (points, users, [])
        assert {assignment for _, assignment in lms.grades} == {OTHER, HW}
        assert "it takes it twice" in said
        assert f"{unassigned.id} is left out: the assignment is not assigned to them" in said
    lms.import_files(pages)
    assert lms.ignored == []
    assert set(lms.comments) == {p.lms_id for p in HANDED_IN}
    for p in HANDED_IN:
        (page,) = lms.comments[p.lms_id]
        assert is_page_of(page, p)


@pytest.mark.parametrize(
    "shape", ["folders", "flat", "old", "blind"] if downloads.IS_LARGE else ["old", "blind"]
)
def test_moodle(root, shape):
    lms, entries = downloads.moodle(PEOPLE, shape=shape)
    worksheet = root / "worksheet.csv"
    worksheet.write_text(downloads.moodle_worksheet(lms, shape=shape), "utf-8", newline="")
    team = "Default group" if shape == "old" else "Team 5_3"
    group = [(team, p.id) for p in PEOPLE if p.is_member]
    blind = [(f"Participant_{p.participant}", p.id) for p in HANDED_IN if not p.is_member]
    by_hand = [*group, *blind] if shape == "blind" else group  # where nobody is named
    owners = write_table(root / "owners.csv", [("label", "student"), *by_hand])
    options = ["--worksheet", str(worksheet), "--owners", str(owners)]
    collected(root, entries, *options, *times(root, "student", "id"))
    graded(root)
    before = {number: (p.grade, p.comment) for number, p in lms.participants.items()}

    grades, pages, said = exported(root, "moodle", "--template", str(worksheet))

    after = dict(before)
    # of a group in a blind worksheet nobody knows who is who
    told = [p for p in GRADED if not (shape == "blind" and p.is_member)]
    for p in told:
        if p.score > lms.maximum:
            assert f"{p.id} is left out: {p.score} is over Moodle's maximum" in said
        elif lms.participants[p.participant].is_locked:
            assert f"{p.id} is left out: its grade is locked in Moodle" in said
        else:
            after[p.participant] = (p.score, "keep me")
    assert is_copied(grades, worksheet, "Identifier", but="Grade")
    lms.import_worksheet(grades)
    assert {number: (p.grade, p.comment) for number, p in lms.participants.items()} == after
    assert lms.skipped == []

    lms.import_files(pages)
    told_pages = [p for p in HANDED_IN if not (shape == "blind" and p.is_member)]
    assert {n for n, p in lms.participants.items() if p.files} == {
        p.participant for p in told_pages
    }
    for p in told_pages:
        (page,) = lms.participants[p.participant].files.values()
        assert is_page_of(page, p)
        assert f"<bdi>{p.id}</bdi>" in page  # each member has one of their own


def test_gradescope(root):
    collected(root, downloads.gradescope(PEOPLE))
    graded(root)

    results, pages, said = exported(root, "gradescope")

    expected = {f"submission_{p.k + 88}": float(p.score) for p in GRADED if p.k != 11}
    assert readers.gradescope_scores(results) == expected
    assert "imports no results.json" in said
    files = readers.pages(pages)
    names = {f"submission_{(10 if p.is_member else p.k) + 88}/{p.id}.html": p for p in HANDED_IN}
    assert set(files) == set(names)
    for name, p in names.items():
        assert is_page_of(files[name], p)


def test_nbgrader_and_the_files_for_people(root):
    collected(root, downloads.nbgrader(PEOPLE))
    graded(root)

    table, pages, said = exported(root, "csv")

    for_people(readers.people_csv(table))
    found = readers.nbgrader_feedback(pages, "hw")
    assert set(found) == {(p.login, "hw") for p in HANDED_IN}
    for p in HANDED_IN:
        page, secret = found[p.login, "hw"]
        assert is_page_of(page, p)
        assert secret == f"secret-{p.k}"
    assert "half up to 2 decimal places" in said

    book, again, _ = exported(root, "excel")
    assert again == pages
    sheet = readers.workbook(book)["scores"]
    header, *rows = [["" if cell is None else cell.value for cell in row] for row in sheet.rows]
    for_people([dict(zip(header, row, strict=False)) for row in rows])
    assert sheet.formulas == 0


def for_people(rows: list[dict[str, str]]) -> None:
    """Every student once, with the name as it is, the score, and what each question gave."""
    assert [row["student"] for row in rows] == [p.id for p in PEOPLE]
    for row, p in zip(rows, PEOPLE, strict=True):
        assert row["name"] == p.name
        if p.score is not None:
            assert Decimal(row["score"]) == p.score
            k = 10 if p.is_member else p.k
            for j, worth in enumerate(downloads.POINTS):
                assert Decimal(row[f"Q{j}"]) == (worth if k >> j & 1 else 0)
        elif p.is_excused:
            assert row.get("score", "") == ""


def test_a_plain_folder(root):
    collected(root, downloads.plain(PEOPLE), *times(root, "login", "login"))
    graded(root)

    table, pages, said = exported(root, "csv")

    for_people(readers.people_csv(table))
    files = readers.pages(pages)
    assert set(files) == {f"{p.id}.html" for p in HANDED_IN}
    for p in HANDED_IN:
        assert is_page_of(files[f"{p.id}.html"], p)
    missing = ", ".join(p.id for p in PEOPLE if p.days is None)
    assert f"no page of {missing}: nothing handed in" in said
