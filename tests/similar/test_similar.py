"""`grader similar`, as a TA calls it: who is listed, what is kept, what leaves."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.similar.winnowing import digest
from grader.store.fingerprints import ClassOf, read_fingerprints
from tests.cli.tiny import (
    DOUBLE,
    SQUARE,
    HandIn,
    a_course,
    add_assignment,
    grader,
    write_notebook,
)
from tests.similar.conftest import HALF, RENAMED, REORDERED, REWRITTEN

pytestmark = pytest.mark.slow

Course = Callable[[], Path]


def similar(root: Path, *arguments: str) -> dict:
    done = grader("similar", "hw1", "--json", *arguments, cwd=root)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def above(document: dict) -> list[tuple[str, str]]:
    return [
        (pair["student"], pair["other"])
        for pair in document["pairs"]
        if pair["above"] and not pair["looked_at"]
    ]


def test_copies_in_disguise_are_listed_first_and_nobody_else(course: Course):
    root = course()
    done = grader("similar", "hw1", "--below", "2", "--csv", "pairs.csv", cwd=root)
    assert done.returncode == 0, done.stderr
    listed = re.findall(r"^  (s\d\d) and (s\d\d)$", done.stdout, re.MULTILINE)
    assert set(listed[:3]) == {RENAMED, REORDERED, REWRITTEN}
    assert listed[3] == HALF  # below the threshold, and first there
    assert "40 hand-ins: 780 pairs, 40 hand-ins with numbers" in done.stdout
    assert "to look at: 3" in done.stdout
    assert re.search(r"by chance once in [\d,]+ classes\n +code \d+, numbers \d+ \(1 wrong\)", done.stdout)  # fmt: skip
    assert "No verdict" in done.stdout
    assert max(len(line) for line in done.stdout.splitlines() if line[:5] != "page:") <= 80
    pages = {each.name for each in (root / "reports/hw1/similar").iterdir()}
    assert pages == {"index.html", "s17--s30.html", "s23--s29.html", "s10--s28.html"}
    rows = list(csv.DictReader((root / "pairs.csv").read_text("utf-8").splitlines()))
    assert {(row["student"], row["other"]) for row in rows if row["above"] == "yes"} == {RENAMED, REORDERED, REWRITTEN}  # fmt: skip


def test_a_look_is_kept_as_long_as_both_files_are_what_was_looked_at(course: Course):
    root = course()
    one, other = REORDERED
    done = grader("similar", "hw1", "--fine", other, one, "--reason", "one tutor", cwd=root)
    assert (done.returncode, done.stdout) == (0, "s29 and s23: looked at, fine; kept, change 1\n")
    # so is one below the threshold, and no longer among those that ask to be compared
    assert grader("similar", "hw1", "--fine", *HALF, cwd=root).returncode == 0
    said = grader("similar", "hw1", cwd=root).stdout
    _, looked, below = re.split(r"looked at, fine: 2|below the threshold: \d", said)
    assert "s26 and s35" in looked
    assert "s26 and s35" not in below
    assert grader("gradebook", "undo", "2", cwd=root).returncode == 0
    again = grader("similar", "hw1", "--fine", one, other, "--reason", "one tutor", cwd=root)
    assert "was kept already" in again.stdout
    first = similar(root)
    assert REORDERED not in above(first)
    (pair,) = [p for p in first["pairs"] if (p["student"], p["other"]) == REORDERED]
    assert (pair["looked_at"], pair["reason"], pair["page"]) == (True, "one tutor", None)
    said = grader("gradebook", "history", "hw1", "--student", one, cwd=root).stdout
    assert "looked at beside s29 (one tutor)" in said
    # taken back, it is to be looked at again
    undone = grader("gradebook", "undo", "1", cwd=root)
    assert undone.returncode == 0, undone.stderr
    assert REORDERED in above(similar(root))
    assert grader("gradebook", "undo", "4", cwd=root).returncode == 0
    assert REORDERED not in above(similar(root))
    # another file is another matter
    file = root / "submissions" / "hw1" / one / "hw1.ipynb"
    file.write_text(file.read_text("utf-8") + "\n", "utf-8")
    assert REORDERED in above(
        similar(root, "--threshold", "1")
    )  # its numbers are not known any more


def test_a_class_is_kept_as_fingerprints_and_the_next_one_is_compared_with_it(course: Course):
    root = course()
    similar(root, "--keep", "2022")
    (kept,) = (root / "fingerprints" / "hw1").iterdir()
    assert b"gradient" not in kept.read_bytes()
    # the same class once more: it is not its own past, nor with a deadline that was moved
    settings = root / "assignments" / "hw1" / "assignment.toml"
    settings.write_text(settings.read_text("utf-8").replace("2022-08-30", "2022-09-02"), "utf-8")
    assert similar(root)["years"] == []
    settings.write_text(settings.read_text("utf-8").replace("2022-09-02", "2022-08-30"), "utf-8")
    settings.write_text(settings.read_text("utf-8").replace("2022-08-30", "2023-08-29"), "utf-8")
    hand_ins = root / "submissions" / "hw1"
    shutil.move(hand_ins / "s17", hand_ins / "n17")  # a new student, who found s17's of last year
    document = similar(root)
    assert document["years"] == ["2022"]
    assert ("n17", "s17 (2022)") in above(document)
    assert ("s10", "s10 (2022)") not in above(document)  # who takes the course again
    fine = grader("similar", "hw1", "--fine", "n17", "s17 (2022)", cwd=root)
    assert fine.returncode == 0, fine.stderr
    assert ("n17", "s17 (2022)") not in above(similar(root))
    both = grader("similar", "hw1", "--fine", "s16 (2022)", "s17 (2022)", cwd=root)
    assert "two of earlier classes are no pair" in both.stderr
    # another class under the name of this one would be gone
    again = grader("similar", "hw1", "--keep", "2022", cwd=root)
    assert again.returncode == 1
    assert "another class is kept as 2022: it was due 2022-08-30" in again.stderr
    kept.write_bytes(kept.read_bytes()[:-1])
    damaged = grader("similar", "hw1", cwd=root)
    assert damaged.returncode == 0
    assert "fingerprints of an earlier class are damaged" in damaged.stderr


def test_a_trial_with_other_hand_ins_is_no_earlier_year_of_the_course(course: Course):
    root = course()
    similar(root, "--submissions", "submissions", "--out", "trial", "--keep", "2022")
    assert (root / "trial/fingerprints/hw1/2022.fingerprints").is_file()
    assert not (root / "fingerprints").exists()


def test_hand_ins_leave_as_dolos_reads_them(course: Course):
    root = course()
    done = grader("similar", "hw1", "--dolos", "for-dolos", cwd=root)
    assert done.returncode == 0, done.stderr
    folder = root / "for-dolos"
    rows = list(csv.DictReader((folder / "info.csv").read_text("utf-8").splitlines()))
    assert list(rows[0]) == ["filename", "label", "created_at", "full_name"]
    assert len(rows) == 40
    assert rows[3]["full_name"] == "Student s03"
    assert rows[3]["filename"] == "work/s03.py"  # whatever the id, `template` say, it is no other
    for name in (*(row["filename"] for row in rows), "template.py"):
        compile((folder / name).read_text("utf-8"), name, "exec")
    again = grader("similar", "hw1", "--dolos", "for-dolos", cwd=root)
    assert again.returncode == 1
    assert "there is something at this place already" in again.stderr


def test_who_hands_in_together_is_not_compared_and_any_pair_can_have_a_page(course: Course):
    root = course()
    (root / "groups.csv").write_text("student,group\ns17,g1\ns30,g1\n", "utf-8")
    done = grader("similar", "hw1", "--groups", "groups.csv", "--pair", "s07", "s11", cwd=root)
    assert done.returncode == 0, done.stderr
    assert "s17 and s30" not in done.stdout
    assert (root / "reports/hw1/similar/s07--s11.html").is_file()
    together = grader("similar", "hw1", "--groups", "groups.csv", "--pair", "s17", "s30", cwd=root)
    assert together.returncode == 1
    assert "s17 and s30 hand in together, so they are not compared" in together.stderr


def test_numbers_of_a_real_grading_are_compared(tmp_path):
    root = a_course(tmp_path / "c", students=["s01", "s02", "s03"])
    odd = "def square(x):\n    return x * x * 1.0000000001 + 0.3"
    at = "2026-02-03T12:00:00+08:00"
    add_assignment(
        root,
        hand_ins=[
            HandIn("s01", at, [DOUBLE, odd]),
            HandIn("s02", at, ["# mine\n" + DOUBLE, odd.replace("x * x *", "x ** 2 *")]),
            HandIn("s03", at, [DOUBLE, SQUARE]),
        ],
    )
    (root / "assignments/hw/hw.ipynb").write_text(
        '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    )
    assert "No numbers were compared: grade first." in grader("similar", "hw", cwd=root).stdout
    assert grader("grade", "hw", cwd=root).returncode == 0
    done = grader("similar", "hw", "--pair", "s01", "s02", cwd=root)
    assert "Too few hand-ins to say what is surprising" in done.stdout
    assert "Without numbers" not in done.stdout
    page = (root / "reports/hw/similar/s01--s02.html").read_text("utf-8")
    assert "square: 9.3" in page
    assert "in 2 of 3 hand-ins" in page
    (file,) = (root / "submissions/hw").rglob("s03/**/*.ipynb")
    file.write_text(file.read_text("utf-8") + "\n", "utf-8")  # not what was graded
    said = grader("similar", "hw", cwd=root).stdout
    assert "Without numbers to compare: s03. Either not graded, or nothing ran." in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--fine", "s01", "s01"), "a pair is two students"),
        (("--fine", "s01", "nobody"), "nobody has handed in nothing that can be read"),
        (("--pair", "s01", "s01"), "a pair is two students"),
        (("--pair", "s01", "nobody"), "nobody has handed in nothing that can be read"),
        (("--keep", "../2022"), "is no name for a year"),
        (("--reason", "why"), "--reason goes with --fine"),
        (("--threshold", "nan"), "nan is no number"),
        (("--below", "-3"), "-3 is not in the range"),
        (("--given", "nobody.ipynb"), "does not exist"),
    ],
)
def test_slips_are_refused(room, arguments, said):
    done = grader("similar", "hw1", *arguments, cwd=room)
    assert done.returncode in (1, 2)
    assert said in done.stderr
    assert not (room / "gradebook.db").exists()


AT = "2026-02-03T12:00:00+08:00"


def test_of_what_is_kept_no_word_can_be_guessed_without_the_secret(tmp_path):
    root = a_course(tmp_path / "c", students=["s01"])
    odd = SQUARE + "\nzebra = square(3)"
    add_assignment(root, hand_ins=[HandIn("s01", AT, [odd])])
    write_notebook(root / "assignments/hw/hw.ipynb", [])
    assert grader("similar", "hw", "--keep", "2026", cwd=root).returncode == 0
    (kept,) = read_fingerprints(root / "fingerprints" / "hw")
    assert isinstance(kept, ClassOf)
    (hand_in,) = kept.hand_ins
    assert "name" in hand_in.traces.values()
    assert digest("name", "zebra") not in hand_in.traces
    # and who lost the secret is told that this class is out of reach
    (root / "course.secret").write_text("another one\n", "utf-8")
    settings = root / "assignments/hw/assignment.toml"
    settings.write_text(settings.read_text("utf-8").replace("2026-02-03", "2027-02-03"), "utf-8")
    done = grader("similar", "hw", cwd=root)
    assert "the fingerprints of 2026 were made with another secret of the course" in done.stderr


def test_whatever_is_handed_in_is_compared_or_noted_and_the_numbers_are_the_same(tmp_path):
    """Five thousand cells, halves of characters, old formats, ids twice, hosts of names."""
    cell = {"cell_type": "code", "outputs": [], "execution_count": None, "metadata": {}}
    script = "<script>window.ran = 1</script>"

    def notebook(*cells: dict, **more: object) -> bytes:
        whole = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **more}
        return json.dumps(whole).encode()

    old = {"cell_type": "code", "input": "x = 1 + 2 * b - c", "language": "python", "outputs": []}
    contents = {
        "cells": notebook(*[{**cell, "source": [f"x{k} = a + b\n", "y"], "id": "two"} for k in range(5_000)]),
        "nested": notebook({**cell, "source": "x = " + "(" * 900 + "-" * 9000 + "1"}),
        "half": notebook({**cell, "source": "x = '\ud800' # \u202e \x1b[31m a b", "metadata": {"\ud800a": "\udfffabcdef12"}, "id": "\ud800"}),
        "ids": notebook({**cell, "source": "%%bash\nls", "id": 17}, {**cell, "source": "", "id": "x" * 9000}),
        "three": json.dumps({"worksheets": [{"cells": [old]}], "nbformat": 3}).encode(),
        "none": b"\0\1",
        "S01": notebook({**cell, "source": f"z = 5  # {script} and so on"}, metadata={script: "12345678ab"}),
        "s01": notebook({**cell, "source": f"z = 5  # {script} and so on"}, metadata={script: "12345678ab"}),
        "<b>": notebook({**cell, "source": ""}),
        "=1+1": notebook({**cell, "source": "def f(:\n = ="}),
    }  # fmt: skip
    root = a_course(tmp_path / "c", students=list(contents))
    add_assignment(root, hand_ins=[HandIn(who, AT, content=each) for who, each in contents.items()])
    write_notebook(root / "assignments/hw/hw.ipynb", [])
    said = []
    for seed in ("1", "2"):
        done = grader(
            "similar", "hw", "--json", "--pair", "S01", "s01", "--csv", "p.csv", cwd=root,
            env={**os.environ, "PYTHONHASHSEED": seed},
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, "")
        said.append(json.loads(done.stdout, parse_constant=pytest.fail))
    assert said[0] == said[1]
    assert {each.partition(":")[0] for each in said[0]["notes"]} == {"cells", "none"}
    assert {("S01", "s01")} <= {(each["student"], each["other"]) for each in said[0]["pairs"]}
    for page in (root / "reports/hw/similar").iterdir():
        assert "<script>window" not in page.read_text("utf-8")


def test_what_was_given_besides_the_notebook_is_nobodys(tmp_path):
    hint = "def helper(a, b):\n    return a * b - b * (a - 1) / 7  # from the tutor's whiteboard"
    root = a_course(tmp_path / "c", students=["s01", "s02", "s03"])
    cells = {"s01": [SQUARE, hint], "s02": [DOUBLE, hint], "s03": [DOUBLE]}
    add_assignment(root, hand_ins=[HandIn(who, AT, each) for who, each in cells.items()])
    write_notebook(root / "assignments/hw/hw.ipynb", [SQUARE, DOUBLE])
    (root / "hint.py").write_text(hint, "utf-8")
    before = grader("similar", "hw", cwd=root).stdout
    assert "s01 and s02" in before
    assert "s01 and s02" not in grader("similar", "hw", "--given", "hint.py", cwd=root).stdout


def test_many_who_hand_in_one_and_the_same_are_named_though_it_is_common(tmp_path):
    whole = "\n".join(f"part{k} = (a{k} * b - {k + 20}) / (c{k} + d) % f(a{k})" for k in range(12))
    students = [f"s{k:02}" for k in range(1, 17)]
    root = a_course(tmp_path / "c", students=students)
    add_assignment(
        root, hand_ins=[HandIn(s, AT, [whole if s > "s04" else SQUARE]) for s in students]
    )
    write_notebook(root / "assignments/hw/hw.ipynb", [SQUARE])
    done = grader("similar", "hw", cwd=root)
    assert "note: 12 hand-ins are the same in code, numbers and text: s05, s06" in done.stderr
    assert "s14 and 2 more" in done.stderr
    assert "Too few pairs that share anything to say what is surprising" in done.stdout
