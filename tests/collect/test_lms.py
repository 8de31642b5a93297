"""`grader collect`: downloads as LMS write them go in, and every hand-in is found where it belongs.

The downloads are written here from the documentation of each LMS; see docs/collect.md.
"""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from random import Random

import pytest

from tests.cli.tiny import (
    DOUBLE,
    SQUARE,
    a_course,
    add_assignment,
    command,
    grader,
    notebook_text,
    scores_csv,
    scores_json,
    write_table,
)

pytestmark = pytest.mark.slow

HEADER = ("student", "name", "login", "lms_id", "email", "section")
PEOPLE = [
    ("s01", "Doe, Jane", "jdoe", "4711", "jane@x.edu", "A"),
    ("s02", "Zoë O'Brien", "zoe", "4712", "zoe@x.edu", "A"),
    ("s03", "李 明", "ming", "4713", "ming@x.edu", "A"),
    ("s04", "Jon Smith", "jon1", "4714", "jon1@x.edu", "B"),
    ("s05", "Jon Smith", "jon2", "4715", "jon2@x.edu", "B"),
    ("s06", "Ana van der Berg", "ana", "4716", "ana@x.edu", "B"),
]
AT = "2026-02-03T08:00:00+00:00"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = a_course(tmp_path / "course")
    write_table(root / "roster.csv", [HEADER, *PEOPLE])
    add_assignment(root)
    return root


def of(who: str) -> str:
    """A notebook that says whose it is."""
    return notebook_text(DOUBLE, SQUARE, f"owner = {who!r}")


def zipped(path: Path, entries: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


def collect(root: Path, path: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return grader("collect", "hw", str(path), *more, cwd=root)


def collected(root: Path, path: Path, *more: str) -> dict:
    done = collect(root, path, "--json", *more)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def manifest(root: Path) -> list[dict[str, str]]:
    with (root / "submissions/hw/manifest.csv").open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def owners(root: Path) -> dict[str, str]:
    """Whose notebook each student's latest attempt is."""
    found = {}
    for row in manifest(root):
        text = (root / "submissions/hw" / row["student"] / row["attempt"] / row["file"]).read_text("utf-8")  # fmt: skip
        found[row["student"]] = "".join(re.findall(r"owner = '(\w+)'", text))
    return found


def everything(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_canvas_zip_is_matched_by_id_then_by_a_name_that_one_has(root, tmp_path):
    entries = {
        "doejane_LATE_4711_990001_hw-1.ipynb": of("s01"),  # a counter, for the name was taken
        "obrienzoë_9999_990002_my_2_hw.ipynb": of("s02"),  # an id that we don't know
        "李明_4713_990003_hw-0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f.ipynb": of("s03"),
        "smithjon_4714_990004_hw.ipynb": of("s04"),
        "smithjon_8888_990005_hw.ipynb": of("s05"),  # by name it may be two
        "vanderbergana_4716_990006_hw.py": "x = 1",
        "vanderbergana_4716_text.html": "<p>see the file</p>",
        "berta_7777_990008_hw.ipynb": of("s99"),
        "LATE_anon_Ab3dE_990007_hw.ipynb": of("s98"),
    }
    done = collected(root, zipped(tmp_path / "submissions.zip", entries))
    assert done["kind"] == "canvas"
    assert {who: of for who, of in owners(root).items() if of} == {w: w for w in ("s01", "s02", "s03", "s04")}  # fmt: skip
    files = {row["student"]: row["file"] for row in manifest(root)}
    assert files == {"s01": "hw.ipynb", "s02": "my_2_hw.ipynb", "s03": "hw.ipynb", "s04": "hw.ipynb", "s06": "hw.py"}  # fmt: skip
    assert manifest(root)[0]["lms_file"] == "doejane_LATE_4711_990001_hw-1.ipynb"
    reasons = {each["label"]: each["reason"] for each in done["unmatched"]}
    assert reasons["smithjon_8888"].endswith("that may be s04 or s05")
    assert "not on the roster" in reasons["berta_7777"]
    assert "anon_Ab3dE" in reasons
    for label in reasons:  # kept
        assert list((root / "submissions/hw/_unmatched" / label).iterdir())
    assert done["absent"] == ["s05"]


def test_who_nobody_is_may_be_said_and_likely_names_are_suggested(root, tmp_path):
    download = zipped(tmp_path / "s.zip", {"obrienzoe_1_2_hw.ipynb": of("s02")})
    (nobody,) = collected(root, download)["unmatched"]
    assert "perhaps s02 (Zoë O'Brien)" in nobody["reason"]
    labels = write_table(tmp_path / "who.csv", [("label", "student"), (nobody["label"], "s02")])
    assert collected(root, download, "--owners", str(labels))["unmatched"] == []
    assert owners(root) == {"s02": "s02"}
    assert not (root / "submissions/hw/_unmatched" / nobody["label"]).exists()
    write_table(labels, [("label", "student"), (nobody["label"], "s77")])
    refused = collect(root, download, "--owners", str(labels))
    assert refused.returncode == 1
    assert "'s77' is not on the roster" in refused.stderr


def test_times_come_from_a_table_and_what_has_none_is_said_with_what_to_fetch(root, tmp_path):
    entries = {f"x_{n}_{n}1_hw.ipynb": of(f"s0{n - 4710}") for n in (4711, 4712)}
    download = zipped(tmp_path / "s.zip", entries)
    done = collect(root, download)
    assert "No time of hand-in: s01, s02" in done.stdout
    assert "user_id, attempt and submitted_at" in done.stdout
    assert "--times FILE" in done.stdout
    table = [("user_id", "attempt", "submitted_at"), (4711, 1, "2026-02-01T00:00:00Z"), (4711, 2, AT), (4712, 1, "")]  # fmt: skip
    times = write_table(tmp_path / "times.csv", table)
    done = collect(root, download, "--times", str(times))
    assert "1  were there, and have a time now" in done.stdout
    assert "No time of hand-in: s02" in done.stdout
    assert [row["submitted_at"] for row in manifest(root)] == [AT, ""]
    naive = write_table(tmp_path / "naive.csv", [("login", "submitted_at"), ("jdoe", "2026-02-03 16:00")])  # fmt: skip
    refused = collect(root, download, "--times", str(naive))
    assert refused.returncode == 1
    assert "naive.csv, line 2, column submitted_at" in refused.stderr


def test_twice_changes_nothing_a_newer_download_adds_attempts_and_an_older_one_takes_none(root, tmp_path):  # fmt: skip
    def download(name: str, at: str, content: str) -> list[str]:
        times = write_table(tmp_path / f"{name}.csv", [("student", "submitted_at"), ("s01", at)])
        path = zipped(tmp_path / f"{name}.zip", {"doejane_4711_1_hw.ipynb": content})
        return [str(path), "--times", str(times)]

    first = download("first", AT, of("s01"))
    second = download("second", "2026-02-04T08:00:00+00:00", of("again"))
    resent = download("resent", "2026-02-05T08:00:00+00:00", of("again"))
    assert collect(root, *first).returncode == 0
    before = everything(root / "submissions")
    assert "1  were there already" in collect(root, *first).stdout
    assert everything(root / "submissions") == before
    assert "1  new" in collect(root, *second).stdout
    assert [row["attempt"] for row in manifest(root)] == ["1", "2"]
    assert "1  were there already" in collect(root, *first).stdout
    assert "1  new" in collect(root, *resent).stdout  # the same file, but later
    older = collect(root, *download("older", "2026-02-02T08:00:00+00:00", of("older")))
    assert "1  older than what is there" in older.stdout
    assert (root / "submissions/hw/_unmatched/s01-20260202T080000/hw.ipynb").is_file()
    assert [row["attempt"] for row in manifest(root)] == ["1", "2", "3"]


def test_a_dry_run_writes_nothing(root, tmp_path):
    before = everything(root)
    done = collect(root, zipped(tmp_path / "s.zip", {"doejane_4711_1_hw.ipynb": of("s01")}), "--dry-run")  # fmt: skip
    assert "1  new" in done.stdout
    assert done.stdout.endswith("Nothing was written.\n")
    assert everything(root) == before


@pytest.mark.parametrize("shape", ["folders", "flat", "old folders", "unpacked"])
def test_a_moodle_download_is_matched_by_the_worksheet(root, tmp_path, shape):
    form = {
        "folders": "{}_{}_assignsubmission_file/hw.ipynb",
        "unpacked": "{}_{}_assignsubmission_file/hw.ipynb",
        "flat": "{}_{}_assignsubmission_file_hw.ipynb",
        "old folders": "{}_{}_assignsubmission_file_/hw.ipynb",
    }[shape]
    who = [("Jane Doe", 100, "s01"), ("Participant", 101, "s04"), ("Jon Smith", 102, "s05")]
    entries = {form.format(name, number): of(student) for name, number, student in who}
    text = form.format("Ana van der Berg", 103).replace("assignsubmission_file", "assignsubmission_onlinetext")  # fmt: skip
    entries[text.replace("hw.ipynb", "onlinetext.html")] = "<p>done</p>"
    download = zipped(tmp_path / "m.zip", entries)
    if shape == "unpacked":
        with zipfile.ZipFile(download) as archive:
            archive.extractall(tmp_path / "unpacked")
        download = tmp_path / "unpacked"
    columns = ("Identifier", "Full name", "ID number", "Email address", "Grade")
    rows = [("Participant 101", "Jon Smith", "s04", "", ""), ("Teilnehmer 102", "Jon Smith", "", "jon2@x.edu", "")]  # fmt: skip
    worksheet = write_table(tmp_path / "w.csv", [columns, *rows])
    done = collected(root, download, "--worksheet", str(worksheet))
    assert done["kind"] == "moodle"
    assert done["unmatched"] == []
    found = owners(root)
    assert {who: found[who] for who in ("s01", "s04", "s05")} == {w: w for w in ("s01", "s04", "s05")}  # fmt: skip
    assert done["undated_because"] == "a Moodle zip has no times"


def test_a_gradescope_export_has_who_and_when_and_groups(root, tmp_path):
    metadata = """
submission_88:
  :submitters:
  - :name: Jane Doe
    :sid: 's01'
    :email: jane@x.edu
  :created_at: 2026-02-03 08:00:00.861687000 Z
  :score: 8.0
  :history: []
submission_89:
  :submitters:
  - :name: Zoe
    :email: ZOE@x.edu
  - :name: Someone Else
  - :name: 李 明
  :created_at: 2026-02-03 09:00:00 Z
"""
    entries = {
        "assignment_7_export/submission_metadata.yml": metadata,
        "assignment_7_export/submission_88/hw.ipynb": of("s01"),
        "assignment_7_export/submission_89/work/hw.ipynb": of("s02"),
        "assignment_7_export/submission_90/hw.ipynb": of("s04"),
    }
    done = collected(root, zipped(tmp_path / "g.zip", entries))
    assert done["kind"] == "gradescope"
    assert owners(root) == {"s01": "s01", "s02": "s02", "s03": "s02"}
    assert manifest(root)[0]["submitted_at"] == "2026-02-03T08:00:00.861687+00:00"
    assert done["undated"] == []
    reasons = {each["label"]: each["reason"] for each in done["unmatched"]}
    assert "Someone Else" in reasons["submission_89"]
    assert reasons["submission_90"] == "submission_metadata.yml says nothing of it"


def test_an_nbgrader_folder_has_times_with_zones_that_are_known(root, tmp_path):
    stamps = {
        "s01": "2026-02-03 17:00:01.250000 UTC",
        "s02": "2026-02-03 17:00:01 Asia/Singapore",
        "s03": "2026-02-03 17:00:01 +0800",
        "s04": "2026-02-03 17:00:01 PST",
    }
    for student, stamp in stamps.items():
        folder = tmp_path / "submitted" / student / "hw"
        folder.mkdir(parents=True)
        (folder / "hw.ipynb").write_text(of(student), "utf-8")
        (folder / "timestamp.txt").write_text(stamp + "\n", "utf-8")
    (tmp_path / "submitted/s05/other").mkdir(parents=True)
    (tmp_path / "submitted/s05/other/other.ipynb").write_text(of("s05"), "utf-8")
    done = collected(root, tmp_path / "submitted")
    assert done["kind"] == "nbgrader"
    assert [row["submitted_at"] for row in manifest(root)] == [
        "2026-02-03T17:00:01.250000+00:00",
        "2026-02-03T17:00:01+08:00",
        "2026-02-03T17:00:01+08:00",
        "",
    ]
    assert done["undated"] == ["s04"]
    assert "'PST' may mean several" in done["undated_because"]


def test_a_plain_folder_is_one_folder_or_one_file_a_student(root, tmp_path):
    entries = {
        "hand-ins/s01/hw.ipynb": of("s01"),
        "hand-ins/zoe/deep/below/hw.ipynb": of("s02"),
        "hand-ins/李 明/hw.ipynb": of("s03"),
        "hand-ins/s04_hw.ipynb": of("s04"),
        "hand-ins/S05.ipynb": of("s05"),
        "hand-ins/.DS_Store": "x",
        "__MACOSX/hand-ins/._s01": "x",
    }
    done = collected(root, zipped(tmp_path / "p.zip", entries))
    assert (done["kind"], done["unmatched"]) == ("folder", [])
    assert owners(root) == {f"s0{n}": f"s0{n}" for n in range(1, 6)}


def test_what_a_system_leaves_in_an_unpacked_download_is_no_hand_in(root, tmp_path):
    folder = tmp_path / "submissions"
    folder.mkdir()
    (folder / "doejane_4711_1_hw.ipynb").write_text(of("s01"), "utf-8")
    (folder / ".DS_Store").write_bytes(b"x")
    done = collected(root, folder)
    assert (done["kind"], done["unmatched"], owners(root)) == ("canvas", [], {"s01": "s01"})


def test_of_several_notebooks_the_expected_name_counts_else_what_is_asked_for(root, tmp_path):
    inner = zipped(tmp_path / "inner.zip", {"deep/hw.ipynb": of("s03")}).read_bytes()
    entries = {
        "s01/a.ipynb": notebook_text("x = 1"),
        "s01/work/hw.ipynb": of("s01"),
        "s02/a.ipynb": notebook_text(DOUBLE),
        "s02/b.ipynb": of("s02"),
        "s02/c.ipynb": "no notebook",
        "s03/all.zip": inner,
        "s04/report.html": "<p>",
    }
    collected(root, zipped(tmp_path / "p.zip", entries))
    assert owners(root) == {"s01": "s01", "s02": "s02", "s03": "s03", "s04": ""}
    assert (root / "submissions/hw/s03/1/all.zip").read_bytes() == inner  # as handed in
    done = grader("grade", "hw", cwd=root)
    assert done.returncode == 0, done.stderr
    rows = scores_csv(root)
    assert "several-notebooks" in rows["s02"]["flags"]
    said = scores_json(root)["s04"]["explanation"]
    assert "handed in as report.html: a notebook (.ipynb) is asked for" in said


def test_what_was_filled_by_hand_without_numbers_is_not_mixed_with_attempts(root, tmp_path):
    write_table(root / "submissions/hw/manifest.csv", [("student", "file", "submitted_at"), ("s01", "s01/hw.ipynb", AT)])  # fmt: skip
    done = collect(root, zipped(tmp_path / "s.zip", {"doejane_4711_1_hw.ipynb": of("s01")}))
    assert done.returncode == 1
    assert "filled by hand" in done.stderr
    assert "manifest.csv, line 2, column attempt" in done.stderr
    assert "leave decisions.csv there" in done.stderr  # its marks would count no more


def test_a_class_of_three_hundred_comes_out_of_each_lms_as_it_went_in(root, tmp_path):
    people = [(f"u{n:03}", f"Ann{n} Bee{n % 7}", f"l{n}", str(5000 + n), f"m{n}@x.edu", "A") for n in range(300)]  # fmt: skip
    write_table(root / "roster.csv", [HEADER, *people])
    times = write_table(tmp_path / "t.csv", [("student", "submitted_at"), *((p[0], AT) for p in people)])  # fmt: skip
    metadata = "".join(
        f"submission_{n}:\n  :submitters:\n  - :name: X\n    :email: {p[4]}\n  :created_at: {AT}\n"
        for n, p in enumerate(people)
    )
    downloads = {
        "canvas": {
            f"bee{n % 7}ann{n}_{p[3]}_{n}9_hw.ipynb": of(p[0]) for n, p in enumerate(people)
        },
        "moodle": {
            f"{p[1]}_{n}_assignsubmission_file/hw.ipynb": of(p[0]) for n, p in enumerate(people)
        },
        "gradescope": {"submission_metadata.yml": metadata}
        | {f"submission_{n}/hw.ipynb": of(p[0]) for n, p in enumerate(people)},
        "nbgrader": {f"submitted/{p[0]}/hw/hw.ipynb": of(p[0]) for p in people},
    }
    for kind, entries in downloads.items():
        (root / "submissions/hw").rename(tmp_path / f"before-{kind}")
        done = collected(root, zipped(tmp_path / f"{kind}.zip", entries), "--times", str(times))
        assert (done["kind"], done["unmatched"], done["undated"]) == (kind, [], [])
        assert owners(root) == {p[0]: p[0] for p in people}
        assert len(manifest(root)) == 300


def test_killed_at_any_instant_there_is_no_half_file_and_the_next_run_completes(root, tmp_path):
    people = [(f"u{n:03}", f"Ann Bee{n}", "", str(5000 + n), "", "A") for n in range(60)]
    write_table(root / "roster.csv", [HEADER, *people])
    entries = {f"x_{p[3]}_{n}_hw.ipynb": of(p[0]) for n, p in enumerate(people)}
    download = zipped(tmp_path / "s.zip", entries)
    times = 20 if "GRADER_TEST_SCALE" in os.environ else 4
    random = Random(5242)
    began = time.monotonic()
    start = [sys.executable, "-c", "from grader.cli import main; main()", *command()[3:]]
    arguments = [*start, "collect", "hw", str(download)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    subprocess.run(arguments, cwd=root, env=environment, check=True, capture_output=True)
    whole = time.monotonic() - began
    undisturbed = {name: data for name, (data, _) in everything(root / "submissions").items()}
    for _ in range(times):
        subprocess.run(["rm", "-r", str(root / "submissions/hw")], check=True)
        with subprocess.Popen(arguments, cwd=root, env=environment, stdout=subprocess.DEVNULL) as process:  # fmt: skip
            time.sleep(whole * random.uniform(0.3, 1.0))
            process.send_signal(signal.SIGKILL)
        for path in (root / "submissions/hw").rglob("*/1/*"):
            if ".unfinished" not in str(path):
                assert path.read_text("utf-8") == entries[f"x_{5000 + int(path.parts[-3][1:])}_{int(path.parts[-3][1:])}_hw.ipynb"]  # fmt: skip
        assert collect(root, download).returncode == 0
        assert {name: data for name, (data, _) in everything(root / "submissions").items()} == undisturbed  # fmt: skip


def test_what_one_hands_in_for_a_group_is_everybodys_in_it(root, tmp_path):
    """Canvas: the group's name, one member's number. Moodle: the group's name and number."""
    groups = write_table(tmp_path / "groups.csv", [("student", "group"), ("s01", "The Gradients"),
                         ("s02", "The Gradients"), ("s03", "Nabla & Co"), ("s04", "Nabla & Co"), ("s05", "")])  # fmt: skip
    times = write_table(tmp_path / "t.csv", [("user_id", "submitted_at"), ("4711", AT)])
    zip_file = zipped(tmp_path / "c.zip", {
        "thegradients_4711_1_hw.ipynb": of("s01"),
        "nablaco_9999_2_hw.ipynb": of("s03"),  # a number that nobody here has: the name decides
        "smithjon_4715_3_hw.ipynb": of("s05"),
    })  # fmt: skip
    done = collected(root, zip_file, "--times", str(times), "--groups", str(groups))
    assert done["unmatched"] == []
    assert owners(root) == {"s01": "s01", "s02": "s01", "s03": "s03", "s04": "s03", "s05": "s05"}
    at = {row["student"]: row["submitted_at"] for row in manifest(root)}
    assert (at["s01"], at["s02"], at["s03"]) == (AT, AT, "")
    moodle = zipped(tmp_path / "m.zip", {
        "The Gradients_77_assignsubmission_file/hw.ipynb": of("m1"),
        "Nabla & Co_78_assignsubmission_file/hw.ipynb": of("m2"),
    })  # fmt: skip
    collected(root, moodle, "--groups", str(groups))
    assert [owners(root)[each] for each in ("s01", "s02", "s03", "s04")] == ["m1", "m1", "m2", "m2"]


@pytest.mark.parametrize(
    ("rows", "said"),
    [([("s01", "a"), ("s01", "b")], "in two groups, a and b"), ([("s9", "a")], "no student 's9'")],
)
def test_groups_that_cannot_be_are_refused(root, tmp_path, rows, said):
    groups = write_table(tmp_path / "groups.csv", [("student", "group"), *rows])
    zip_file = zipped(tmp_path / "c.zip", {"doejane_4711_1_hw.ipynb": of("s01")})
    done = collect(root, zip_file, "--groups", str(groups))
    assert (done.returncode, said in done.stderr) == (1, True)
    assert not (root / "submissions/hw/s01").exists()
