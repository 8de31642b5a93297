"""Times for a zip that somebody downloaded from Canvas: from Canvas itself, or it says how else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.canvas.fake import BROKEN, Fault
from tests.canvas.test_fetch import AT, LATE, LATER, contents, everything, manifest, of, rows
from tests.cli.tiny import grader, scores_csv, write_table
from tests.collect.test_lms import zipped

UTC_AT = "2026-02-03T08:00:00+00:00"


def test_collect_asks_canvas_for_times_by_itself_and_says_so(canvas, root, say, tmp_path):
    (first,) = canvas.hand_in(4701, AT, ("hw.ipynb", of("s01")))
    download = zipped(tmp_path / "s.zip", {f"beeanns01_4701_{first}_hw.ipynb": of("s01")})
    canvas.hand_in(4701, LATE, ("hw.ipynb", of("again")))  # after the zip was made
    done = say("collect", "hw", str(download))
    assert done.err == "note: the times of 1 hand-ins are Canvas's own, by its API\n"
    assert "No time of hand-in" not in done.out
    assert rows(root, "student", "submitted_at") == [("s01", UTC_AT)]
    before = everything(root)
    say("collect", "hw", str(download))
    assert everything(root) == before
    assert not canvas.count("/files/")


def test_texts_have_the_time_of_the_latest_attempt_if_that_is_a_text(canvas, root, say, tmp_path):
    canvas.hand_in(4701, AT, body="<p>done</p>")
    canvas.hand_in(4702, AT, body="<p>done</p>")
    canvas.hand_in(4702, LATE, ("hw.ipynb", of("s02")))
    names = ["beeanns01_4701_text.html", "beeanns02_4702_text.html", "LATE_anon_Ab3dE_9_hw.ipynb"]
    done = say("collect", "hw", str(zipped(tmp_path / "s.zip", dict.fromkeys(names, "x"))))
    assert rows(root, "student", "submitted_at") == [("s01", UTC_AT), ("s02", "")]
    assert "No time of hand-in: s02\nCanvas knows no hand-in with such files" in done.out


def test_of_a_group_the_zip_has_one_and_canvas_knows_the_others(canvas, root, say, tmp_path):
    canvas.assignment["group_category_id"] = 9
    canvas.groups[30] = "G"
    for number in (4701, 4702):
        canvas.people[number].group = 30
    files = canvas.hand_in(4701, AT, ("hw.ipynb", of("g")))
    canvas.hand_in(4702, AT, files=files)
    say("collect", "hw", str(zipped(tmp_path / "s.zip", {f"g_4701_{files[0]}_hw.ipynb": of("g")})))
    assert rows(root, "student", "submitted_at") == [("s01", UTC_AT), ("s02", UTC_AT)]


def test_a_table_of_times_counts_more_and_canvas_is_not_asked(canvas, root, say, tmp_path):
    download = zipped(tmp_path / "s.zip", {"beeanns01_4701_9_hw.ipynb": of("s01")})
    table = write_table(tmp_path / "t.csv", [("student", "submitted_at"), ("s01", LATER)])
    say("collect", "hw", str(download), "--times", str(table))
    assert rows(root, "submitted_at") == [("2026-02-03T08:30:00+00:00",)]
    assert not canvas.asked


def test_without_a_token_both_ways_are_named(canvas, root, say, tmp_path, monkeypatch):
    monkeypatch.delenv("CANVAS_TOKEN")
    download = zipped(tmp_path / "s.zip", {"beeanns01_4701_9_hw.ipynb": of("s01")})
    done = say("collect", "hw", str(download))
    assert (done.status, done.err) == (0, "")
    assert (
        "No time of hand-in: s01\na Canvas zip has no times; without one, a score awaits a person.\n"
        "Canvas has them. Either give the token in CANVAS_TOKEN\n(docs/canvas.md), and collect again: "
        f"grader collect hw {download}\n"
        f"Or GET {canvas.url}/api/v1/courses/77/assignments/501/submissions?per_page=100\n"
        "(and its next pages), write user_id, attempt and submitted_at as a CSV with these\n"
        f"columns, and: grader collect hw {download} --times FILE\n"
    ) in done.out
    assert not canvas.asked
    course = root / "course.toml"
    course.write_text(course.read_text("utf-8").partition("[canvas]")[0], "utf-8")
    done = say("collect", "hw", str(download))
    assert "Either give a table [canvas] in course.toml, and the token in CANVAS_TOKEN" in done.out
    assert "GET https://CANVAS/api/v1/courses/COURSE/assignments/501/submissions" in done.out


def test_when_canvas_does_not_answer_the_hand_ins_are_taken_in_all_the_same(canvas, root, say, tmp_path):  # fmt: skip
    download = zipped(tmp_path / "s.zip", {"beeanns01_4701_9_hw.ipynb": of("s01")})
    canvas.faults.append(Fault("GET", BROKEN, times=99))
    done = say("collect", "hw", str(download))
    assert done.status == 0
    assert "note: Canvas gave no times: Canvas does not list the submissions" in done.err
    assert "No time of hand-in: s01" in done.out
    assert contents(root) == {("s01", "1"): of("s01")}


def test_times_only_gives_times_to_a_collected_zip_and_changes_nothing_else(canvas, root, say, tmp_path, monkeypatch):  # fmt: skip
    refused = say("canvas", "fetch", "hw", "--times-only")
    (number,) = canvas.hand_in(4701, AT, ("hw.ipynb", of("s01")))
    entries = {f"x_4701_{number}_hw.ipynb": of("s01"), "x_4702_9_hw.ipynb": of("s02")}
    with monkeypatch.context() as without:
        without.delenv("CANVAS_TOKEN")
        say("collect", "hw", str(zipped(tmp_path / "s.zip", entries)))
    assert rows(root, "submitted_at") == [("",), ("",)]
    before = everything(root)
    say("canvas", "fetch", "hw", "--times-only", "--dry-run")
    assert everything(root) == before
    done = say("canvas", "fetch", "hw", "--times-only")
    assert "1  were there, and have a time now" in done.out
    assert "No time of hand-in: s02\nCanvas knows no hand-in with such a file" in done.out
    assert rows(root, "student", "submitted_at") == [("s01", UTC_AT), ("s02", "")]
    after = everything(root)
    changed = {name for name in before if after.get(name) != before[name]}
    assert changed == {"submissions/hw/manifest.csv"}
    assert after.keys() == before.keys()
    assert not canvas.count("/files/")
    assert refused.status == 0  # the fixture's course has a manifest, though nobody is in it


def test_times_only_where_nothing_was_collected_says_so(canvas, root, say):
    (root / "submissions/hw/manifest.csv").unlink()
    done = say("canvas", "fetch", "hw", "--times-only")
    assert done.status == 1
    assert "there are no hand-ins for hw to give times to" in done.err
    assert "collect the zip first: grader collect hw DOWNLOAD" in done.err


@pytest.mark.slow
def test_what_is_fetched_is_graded_and_goes_back(canvas, root, say):
    canvas.hand_in(4701, AT, ("hw-1.ipynb", of("s01")))
    canvas.hand_in(4702, LATE, ("hw.ipynb", of("s02")))
    assert say("canvas", "fetch", "hw").status == 0
    done = grader("grade", "hw", cwd=root)
    assert done.returncode == 0, done.stderr
    assert {who: row["score"] for who, row in scores_csv(root).items() if row["attempt"]} == {"s01": "10.00", "s02": "8.50"}  # fmt: skip
    assert say("canvas", "push", "hw", "--yes", "--feedback").status == 0
    scores = {each.id: each.score for each in canvas.people.values() if each.score is not None}
    assert scores == {4701: 10.0, 4702: 8.5}
    (page,) = canvas.people[4702].comments[0]["files"]
    assert canvas.files[page]["content"] == Path(root, "reports/hw/feedback/s02.html").read_bytes()
    assert "Scores that were exported change" not in grader("grade", "hw", cwd=root).stderr
    assert manifest(root)[0]["file"] == "hw.ipynb"
