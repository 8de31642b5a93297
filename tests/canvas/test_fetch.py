"""`grader canvas fetch`: every attempt comes in once, with Canvas's own time, where it belongs."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
from functools import cache
from pathlib import Path

import pytest

from tests.canvas.conftest import combined, number_of
from tests.canvas.fake import BROKEN, THROTTLED, TOKEN, TOO_MANY, Fault, hang_up, status
from tests.cli.tiny import DOUBLE, SQUARE, command, notebook_text, write_table

AT = "2026-02-03T08:00:00Z"
LATER = "2026-02-03T08:30:00Z"
LATE = "2026-02-04T08:30:00Z"


@cache
def of(who: str) -> str:
    """A notebook that says whose it is; always the same."""
    return notebook_text(DOUBLE, SQUARE, f"owner = {who!r}")


def manifest(root: Path) -> list[dict[str, str]]:
    with (root / "submissions/hw/manifest.csv").open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def rows(root: Path, *columns: str) -> list[tuple[str, ...]]:
    return [tuple(row[each] for each in columns) for row in manifest(root)]


def everything(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def contents(root: Path) -> dict[tuple[str, str], str]:
    """What lies where the manifest says, by student and attempt."""
    home = root / "submissions/hw"
    return {
        (row["student"], row["attempt"]): (home / row["student"] / row["attempt"] / row["file"]).read_text("utf-8")
        for row in manifest(root)
    }  # fmt: skip


def test_every_attempt_of_a_class_comes_in_once_with_its_time(canvas, root, say, students):
    expected = {}
    for place, student in enumerate(students):
        for attempt in range(1, 1 + place % 3):
            at = f"2026-02-0{attempt}T08:00:{place % 60:02}Z"
            canvas.hand_in(number_of(student), at, ("hw.ipynb", of(f"{student} {attempt}")))
            expected[student, str(attempt)] = at.replace("Z", "+00:00")
    done = say("canvas", "fetch", "hw")
    assert (done.status, done.err) == (0, "")
    assert dict(zip(rows(root, "student", "attempt"), [r["submitted_at"] for r in manifest(root)], strict=True)) == expected  # fmt: skip
    assert contents(root) == {key: of(" ".join(key)) for key in expected}
    assert {row["source"] for row in manifest(root)} == {"canvas"}
    before, asked = everything(root), len(canvas.asked)
    again = say("canvas", "fetch", "hw")
    assert f"{len(expected)}  were there already" in again.out
    assert everything(root) == before
    assert all(file["gets"] == 1 for file in canvas.files.values())
    assert not any("/files/" in each for each in canvas.asked[asked:])


def test_a_new_attempt_is_fetched_and_the_others_are_not(canvas, root, say):
    canvas.hand_in(4701, AT, ("hw.ipynb", of("first")))
    say("canvas", "fetch", "hw")
    canvas.hand_in(4701, LATE, ("hw-1.ipynb", of("first")))  # the same again, but later
    say("canvas", "fetch", "hw")
    assert rows(root, "attempt", "file", "submitted_at") == [
        ("1", "hw.ipynb", "2026-02-03T08:00:00+00:00"),
        ("2", "hw.ipynb", "2026-02-04T08:30:00+00:00"),
    ]
    assert [file["gets"] for file in canvas.files.values()] == [1, 1]


def test_equal_files_at_several_times_are_several_attempts(canvas, root, say):
    for at in (AT, LATER, LATE):
        canvas.hand_in(4701, at, ("hw.ipynb", of("same")))
    say("canvas", "fetch", "hw")
    times = ["2026-02-03T08:00:00+00:00", "2026-02-03T08:30:00+00:00", "2026-02-04T08:30:00+00:00"]
    assert [row["submitted_at"] for row in manifest(root)] == times


def test_a_file_that_was_handed_in_twice_by_its_number_is_two_attempts(canvas, root, say):
    numbers = canvas.hand_in(4701, AT, ("hw.ipynb", of("same")))
    canvas.hand_in(4701, LATE, files=numbers)
    for _ in range(2):
        say("canvas", "fetch", "hw")
        assert rows(root, "attempt", "submitted_at") == [
            ("1", "2026-02-03T08:00:00+00:00"),
            ("2", "2026-02-04T08:30:00+00:00"),
        ]


def test_a_dry_run_says_what_would_come_and_downloads_nothing(canvas, root, say):
    canvas.hand_in(4701, AT, ("hw.ipynb", of("s01")), ("data.csv", "1\n" * 2**20))
    canvas.hand_in(4702, AT, ("hw.ipynb", of("s02")))
    before = everything(root)
    done = say("canvas", "fetch", "hw", "--dry-run")
    assert "2  new" in done.out
    assert done.out.endswith("\n3 files, 2.0 MB would be fetched. Nothing was written.\n")
    assert everything(root) == before
    assert not canvas.count("/files/")
    say("canvas", "fetch", "hw")
    done = say("canvas", "fetch", "hw", "--dry-run")
    assert "0 files, 0.0 MB would be fetched" in done.out


def test_what_a_group_hands_in_is_downloaded_once_and_each_member_has_it(canvas, root, say):
    canvas.assignment["group_category_id"] = 9
    canvas.groups[30] = "The ../ Group"
    for number in (4701, 4702, 4703):
        canvas.people[number].group = 30
    canvas.hand_in([4701, 4702, 4703], AT, ("hw.ipynb", ""))
    for person in canvas.people.values():  # as Canvas has it: the same file for all
        for attempt in person.attempts:
            attempt["files"] = canvas.people[4701].attempts[0]["files"]
    (number,) = canvas.people[4701].attempts[0]["files"]
    canvas.files[number]["content"] = of("group").encode()
    assert say("canvas", "fetch", "hw").status == 0
    assert set(contents(root).values()) == {of("group")}
    assert rows(root, "student", "attempt") == [("s01", "1"), ("s02", "1"), ("s03", "1")]
    assert canvas.files[number]["gets"] == 1


def test_who_is_nobody_is_kept_aside_once_and_said(canvas, root, say):
    canvas.add(9999, "Berta Who", login="berta")
    canvas.hand_in(9999, AT, ("hw.ipynb", of("nobody")))
    done = say("canvas", "fetch", "hw")
    assert "whober_9999_1" not in done.out
    assert "whoberta_9999_1: Berta Who, berta, number 9999: not on the roster" in " ".join(done.out.split())  # fmt: skip
    kept = root / "submissions/hw/_unmatched/whoberta_9999_1/hw.ipynb"
    assert kept.read_text("utf-8") == of("nobody")
    before = everything(root)
    say("canvas", "fetch", "hw")
    assert everything(root) == before
    assert [file["gets"] for file in canvas.files.values()] == [1]
    owners = write_table(root / "who.csv", [("label", "student"), ("whoberta_9999_1", "s05")])
    say("canvas", "fetch", "hw", "--owners", str(owners))
    assert contents(root) == {("s05", "1"): of("nobody")}
    assert not kept.exists()


HOSTILE = [
    "../../../evil.ipynb",
    "/etc/passwd.ipynb",
    "..\\..\\evil.ipynb",
    "a/b/c.ipynb",
    ".ipynb",
    "..",
    "x" * 300 + ".ipynb",
    "tab\tand\nline.ipynb",
    "9999-12-31T23:59:59-14:00",  # canvasapi's own objects take it for a date, and fail
    "=HYPERLINK(1).ipynb",
    "CON.ipynb",
]


def test_hostile_names_stay_in_their_folder_and_cost_nobody_the_hand_in(canvas, root, say):
    for place, name in enumerate(HOSTILE, 1):
        canvas.hand_in(4700 + place, AT, (name, of(f"s{place:02}")))
    outside = {path for path in root.parent.rglob("*") if root not in path.parents}
    done = say("canvas", "fetch", "hw")
    assert done.status == 0, done.err
    students = [f"s{place:02}" for place in range(1, 1 + len(HOSTILE))]
    assert contents(root) == {(each, "1"): of(each) for each in students}
    files = [path for path in (root / "submissions/hw").rglob("*") if path.is_file()]
    assert len(files) == len(HOSTILE) + 1
    assert {path for path in root.parent.rglob("*") if root not in path.parents} == outside
    before = everything(root)
    say("canvas", "fetch", "hw")
    assert everything(root) == before


def test_a_page_to_log_in_is_not_taken_for_the_file(canvas, root, say):
    (number,) = canvas.hand_in(4701, AT, ("hw.ipynb", of("s01")))
    canvas.faults.append(Fault("content", status(200, "<html>Log in</html>")))
    done = say("canvas", "fetch", "hw")
    assert done.status == 1
    said = f"file {number}: 19 bytes came, and Canvas says that it has {len(of('s01')):,}"
    assert said in " ".join(done.out.split())
    assert manifest(root) == []


def test_two_files_of_one_name_are_both_there(canvas, root, say):
    files = [("hw.ipynb", of("a")), ("hw.ipynb", of("b")), ("HW.ipynb", of("c"))]
    _, second, third = canvas.hand_in(4701, AT, *files)
    say("canvas", "fetch", "hw")
    home = root / "submissions/hw/s01/1"
    assert {each.name: each.read_text("utf-8") for each in home.iterdir()} == {
        "hw.ipynb": of("a"),
        f"{second}-hw.ipynb": of("b"),
        f"{third}-HW.ipynb": of("c"),  # on some disks that would be the first one
    }


def test_texts_and_links_are_files_as_in_canvass_zip(canvas, root, say):
    canvas.hand_in(4701, AT, body="<p>see my page</p>")
    canvas.hand_in(4702, AT, submission_type="online_url", url="https://x.edu/?a=1")
    say("canvas", "fetch", "hw")
    assert contents(root) == {("s01", "1"): "<p>see my page</p>", ("s02", "1"): "https://x.edu/?a=1"}  # fmt: skip
    assert rows(root, "file") == [("text.html",), ("link.html",)]
    before = everything(root)
    say("canvas", "fetch", "hw")
    assert everything(root) == before


def test_what_is_too_large_or_locked_is_refused_and_the_rest_comes(canvas, root, say, monkeypatch):
    monkeypatch.setattr("grader.canvas.hand_ins.LARGEST_FILE", 10_000)
    canvas.hand_in(4701, AT, ("hw.ipynb", of("s01")), ("big.bin", b"x" * 20_000))
    (locked,) = canvas.hand_in(4702, AT, ("hw.ipynb", of("s02")))
    canvas.files[locked]["is_there"] = False
    canvas.hand_in(4703, AT, ("hw.ipynb", of("s03")))
    done = say("canvas", "fetch", "hw")
    said = " ".join(done.out.split())
    assert "big.bin: it can't be read: it has 20,000 bytes, and 10,000 are allowed" in said
    assert "hw.ipynb: it can't be read: Canvas: status 404" in said
    assert [path.name for path in (root / "submissions/hw/s01/1").iterdir()] == ["hw.ipynb"]
    assert rows(root, "student", "file") == [("s01", "hw.ipynb"), ("s02", ""), ("s03", "hw.ipynb")]


def test_a_download_that_says_another_size_stops_at_the_limit(canvas, root, say, monkeypatch):
    monkeypatch.setattr("grader.canvas.hand_ins.LARGEST_FILE", 1000)
    (number,) = canvas.hand_in(4701, AT, ("big.bin", b"small"))
    canvas.on_request = lambda request: canvas.files[number].update(content=b"x" * 10**6) if "/content/" in request else None  # fmt: skip
    done = say("canvas", "fetch", "hw")
    assert "it has more than 1,000 bytes" in " ".join(done.out.split())


@pytest.mark.parametrize(
    ("where", "fault"),
    combined(
        ["submissions", "content", "501$", "overrides"], [THROTTLED, TOO_MANY, BROKEN, hang_up]
    ),
)
def test_what_goes_wrong_once_or_twice_is_tried_again(canvas, root, say, monkeypatch, where, fault):
    monkeypatch.setattr("grader.canvas.patience.time.sleep", lambda seconds: None)
    canvas.says_due = where != "overrides"
    canvas.hand_in(4701, AT, ("hw.ipynb", of("s01")))
    canvas.faults.append(Fault(where, fault, times=2))
    done = say("canvas", "fetch", "hw")
    assert (done.status, contents(root)) == (0, {("s01", "1"): of("s01")}), done.err
    assert canvas.faults[0].times == 0


def test_a_file_that_cannot_be_had_now_leaves_no_half_attempt_and_the_others_come(canvas, root, say):  # fmt: skip
    numbers = canvas.hand_in(4701, AT, ("hw.ipynb", of("s01")), ("data.csv", "1"))
    canvas.hand_in(4702, AT, ("hw.ipynb", of("s02")))
    canvas.faults.append(Fault(f"content/{numbers[1]}", BROKEN, times=6))
    done = say("canvas", "fetch", "hw")
    assert done.status == 1
    assert f"file {numbers[1]}: an error of the server, 503" in " ".join(done.out.split())
    assert contents(root) == {("s02", "1"): of("s02")}
    assert not (root / "submissions/hw/s01").exists()
    assert say("canvas", "fetch", "hw").status == 0
    assert {path.name for path in (root / "submissions/hw/s01/1").iterdir()} == {"hw.ipynb", "data.csv"}  # fmt: skip


def test_when_canvas_is_gone_in_the_middle_what_came_is_kept_and_the_next_run_goes_on(canvas, root, say, students, monkeypatch):  # fmt: skip
    monkeypatch.setattr("grader.canvas.patience.time.sleep", lambda seconds: None)
    for student in students:
        canvas.hand_in(number_of(student), AT, ("hw.ipynb", of(student)))
    (seventh,) = canvas.people[4707].attempts[0]["files"]
    canvas.faults.append(Fault(f"content/{seventh}", hang_up, times=100))
    done = say("canvas", "fetch", "hw")
    assert done.status == 1
    assert done.err.startswith("error: Canvas can't be reached any more\n")
    assert "fix: run the command again later: what is there is not fetched again" in done.err
    assert len(manifest(root)) == 6
    canvas.faults.clear()
    assert say("canvas", "fetch", "hw").status == 0
    assert contents(root) == {(each, "1"): of(each) for each in students}
    assert all(file["gets"] == 1 for file in canvas.files.values())


def test_excuses_and_other_deadlines_are_shown_as_commands_and_not_applied(canvas, root, say):
    canvas.hand_in(4701, AT, ("hw.ipynb", of("s01")))
    canvas.people[4702].excused = True
    for number in (4703, 4704):
        canvas.people[number].due = "2026-02-05T09:00:00Z"
    canvas.people[4705].due = "2026-02-01T09:00:00Z"
    done = say("canvas", "fetch", "hw")
    shown = done.out.partition("Nothing of it was applied:\n")[2].splitlines()[:3]
    assert shown == [
        "  grader excuse hw s02 --reason 'excused in Canvas'",
        "  grader extend hw s03 s04 --until 2026-02-05T17:00:00 --reason 'due 2026-02-05 17:00 in Canvas'",
        "  s05: due 2026-02-01 17:00 in Canvas, which is earlier than here",
    ]
    assert not (root / "gradebook.db").exists()
    lines = [
        ("student", "question", "kind", "value", "reason"),
        ("s02", "", "excuse", "", "ill"),
        ("s03", "", "extension", "+2d", "ill"),
    ]
    write_table(root / "submissions/hw/decisions.csv", lines)
    shown = say("canvas", "fetch", "hw").out
    assert "grader excuse" not in shown
    assert "grader extend hw s04 --until" in shown


def test_without_each_students_due_date_the_overrides_say_it(canvas, root, say):
    canvas.says_due = False
    canvas.assignment["due_at"] = "2026-02-04T09:00:00Z"
    canvas.groups[30] = "G"
    canvas.people[4702].group = 30
    canvas.overrides = [
        {"id": 1, "student_ids": [4701], "title": "one", "due_at": "2026-02-05T09:00:00Z"},
        {"id": 2, "group_id": 30, "title": "two", "due_at": "2026-02-06T09:00:00Z"},
        {"id": 3, "course_section_id": 4, "title": "three", "due_at": "2026-02-07T09:00:00Z"},
    ]
    done = say("canvas", "fetch", "hw")
    assert "grader extend hw s01 --until 2026-02-05T17:00:00" in done.out
    assert "grader extend hw s02 --until 2026-02-06T17:00:00" in done.out
    assert done.err == (
        "note: in Canvas it is due 2026-02-04 17:00, and here 2026-02-03 17:00: what is late is "
        "decided by assignment.toml\n"
    )


def test_as_json_it_is_one_document(canvas, root, say):
    canvas.hand_in(4701, AT, ("hw.ipynb", of("s01")))
    canvas.people[4702].excused = True
    document = json.loads(say("canvas", "fetch", "hw", "--json").out)
    (filed,) = document["collected"]["filed"]
    assert (filed["student"], filed["what"], filed["attempt"]) == ("s01", "new", 1)
    assert document["suggestions"][0]["students"] == ["s02"]


def test_what_was_collected_from_a_zip_first_is_not_fetched_and_earlier_attempts_find_their_place(canvas, root, say, tmp_path):  # fmt: skip
    from tests.collect.test_lms import zipped

    for attempt, at in enumerate((AT, LATER, LATE), 1):
        (number,) = canvas.hand_in(4701, at, ("hw.ipynb", of(f"{attempt}")))
    download = zipped(tmp_path / "s.zip", {f"beeanns01_4701_{number}_hw.ipynb": of("3")})
    assert say("collect", "hw", str(download)).status == 0
    assert rows(root, "attempt", "submitted_at") == [("3", "2026-02-04T08:30:00+00:00")]
    say("canvas", "fetch", "hw")
    assert contents(root) == {("s01", str(n)): of(str(n)) for n in (1, 2, 3)}
    assert canvas.files[number]["gets"] == 0


def test_what_was_collected_without_times_and_numbers_stays_the_latest(canvas, root, say, tmp_path):
    canvas.hand_in(4701, AT, ("hw.ipynb", of("first")))
    canvas.hand_in(4701, LATE, ("hw.ipynb", of("latest")))
    (tmp_path / "plain/s01").mkdir(parents=True)
    (tmp_path / "plain/s01/hw.ipynb").write_text(of("latest"), "utf-8")
    say("collect", "hw", str(tmp_path / "plain"))
    done = say("canvas", "fetch", "hw")
    assert "1  older than what is there; kept in _unmatched/" in done.out
    assert contents(root) == {("s01", "1"): of("latest")}
    assert rows(root, "submitted_at") == [("2026-02-04T08:30:00+00:00",)]
    before = everything(root)
    say("canvas", "fetch", "hw")
    assert everything(root) == before


@pytest.mark.scale
def test_killed_in_the_middle_little_is_fetched_again(canvas, root, say, students):
    for student in students:
        canvas.hand_in(number_of(student), AT, ("hw.ipynb", of(student)))
    environment = {**os.environ, "CANVAS_TOKEN": TOKEN, "PYTHONPATH": str(Path(__file__).parents[2])}  # fmt: skip
    arguments = command("canvas", "fetch", "hw")
    with subprocess.Popen(arguments, cwd=root, env=environment, stdout=subprocess.DEVNULL) as process:  # fmt: skip
        canvas.on_request = lambda request: process.kill() if canvas.count("/content/") > 150 else None  # fmt: skip
    canvas.on_request = lambda request: None
    assert process.returncode == -signal.SIGKILL
    done = say("canvas", "fetch", "hw")
    assert done.status == 0, done.err
    assert contents(root) == {(each, "1"): of(each) for each in students}
    assert sum(file["gets"] for file in canvas.files.values()) <= len(students) + 21


def test_a_time_that_a_person_corrected_stays(canvas, root, say):
    canvas.hand_in(4701, LATE, ("hw.ipynb", of("s01")))
    say("canvas", "fetch", "hw")
    file = root / "submissions/hw/manifest.csv"
    file.write_text(
        file.read_text("utf-8").replace("2026-02-04T08:30", "2026-02-03T08:30"), "utf-8"
    )
    say("canvas", "fetch", "hw")
    assert rows(root, "attempt", "submitted_at") == [("1", "2026-02-03T08:30:00+00:00")]
