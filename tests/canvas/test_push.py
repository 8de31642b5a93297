"""`grader canvas push`: every student the right grade, once, and nothing else is touched.

What Canvas has afterwards is read from the fake's own state.
"""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from grader.records.scores import QuestionScore, Score
from grader.report import page_file, write_scores_json
from tests.canvas.conftest import IS_SCALE, combined, number_of
from tests.canvas.fake import (
    BROKEN,
    THROTTLED,
    TOKEN,
    TOO_MANY,
    Canvas,
    Fault,
    hang_up,
    status,
)
from tests.cli.tiny import command


def a_score(student: str, points: str | None = "8.50", **changes: object) -> Score:
    amount = None if points is None else Decimal(points)
    fields = {
        "student": student,
        "name": student,
        "assignment": "hw",
        "attempt": 1,
        "submitted_at": datetime(2026, 2, 3, 8, tzinfo=UTC),
        "days_late": 0,
        "earned": amount or Decimal(0),
        "maximum": Decimal(10),
        "penalty": Decimal(0),
        "score": amount,
        "status": "graded",
        "flags": (),
        "explanation": "",
        "questions": (QuestionScore("Q1", "A question", Decimal(10), amount or Decimal(0)),),
    }
    return Score(**(fields | changes))  # type: ignore[arg-type]


def graded(root: Path, *scores: Score) -> None:
    """What `grader grade hw` would have left."""
    folder = root / "reports/hw"
    (folder / "feedback").mkdir(parents=True, exist_ok=True)
    write_scores_json(folder / "scores.json", "hw", {"places": 2}, scores, datetime.now(UTC))
    for score in scores:
        text = f"<p>Page of {score.student}: {score.score}</p>"
        page_file(folder, score.student).write_text(text, "utf-8")


def points_of(student: str) -> str:
    """Another number of points for each."""
    return f"{int(student[1:]) * 37 % 1000 / 100:.2f}"


def everybody(students: Sequence[str]) -> list[Score]:
    return [a_score(each, points_of(each)) for each in students]


def grades(canvas: Canvas) -> dict[int, str]:
    return {
        each.id: "EX" if each.excused else f"{each.score:.2f}"
        for each in canvas.people.values()
        if each.excused or each.score is not None
    }


def attached(canvas: Canvas) -> dict[int, list[str]]:
    """The contents of all files that hang at each student's submission."""
    return {
        each.id: [canvas.files[n]["content"].decode() for c in each.comments for n in c["files"]]
        for each in canvas.people.values()
        if each.comments
    }


def pages(students: Sequence[str]) -> dict[int, list[str]]:
    return {number_of(s): [f"<p>Page of {s}: {points_of(s)}</p>"] for s in students}


def test_a_class_gets_its_grades_and_pages_once(canvas, root, say, students):
    graded(root, *everybody(students))
    done = say("canvas", "push", "hw", "--yes", "--feedback")
    assert done.status == 0, done.err
    assert done.out.endswith(f"{len(students)} pushed\n")
    assert grades(canvas) == {number_of(each): points_of(each) for each in students}
    assert attached(canvas) == pages(students)
    assert {each.writes for each in canvas.people.values()} == {2}  # the grade, and the comment
    assert {each.status for each in canvas.people.values()} == {"none"}
    asked = canvas.count("PUT|POST")
    again = say("canvas", "push", "hw", "--yes", "--feedback")
    assert (again.status, canvas.count("PUT|POST")) == (0, asked)
    assert f"0 new, 0 over an earlier grade, {len(students)} as they were" in again.out
    assert again.out.endswith("0 pages of feedback to attach\nCanvas has all of it.\n")


def test_only_what_differs_is_sent(canvas, root, say):
    canvas.people[4701].raw = 8.5
    canvas.people[4702].raw = 7.0
    graded(root, a_score("s01"), a_score("s02"), a_score("s03"))
    done = say("canvas", "push", "hw", "--yes")
    assert re.findall(r"  (s0\d) +(\S+) -> (\S+)", done.out) == [("s02", "7", "8.50"), ("s03", "none", "8.50")]  # fmt: skip
    assert "1 new, 1 over an earlier grade, 1 as they were" in done.out
    assert grades(canvas) == {4701: "8.50", 4702: "8.50", 4703: "8.50"}
    assert [canvas.people[n].writes for n in (4701, 4702, 4703, 4704)] == [0, 1, 1, 0]
    assert not attached(canvas)


@pytest.mark.parametrize("options", [[], ["--dry-run"], ["--dry-run", "--yes", "--feedback"]])
def test_without_a_yes_nothing_is_written_anywhere(canvas, root, say, options):
    graded(root, a_score("s01"))
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*")}
    done = say("canvas", "push", "hw", *options)
    assert done.status == 0
    assert "  s01                      none -> 8.50\n1 new, 0 over" in done.out
    assert "Nothing was pushed" in done.out
    assert ("--yes pushes it" in done.out) is (not options)
    assert grades(canvas) == {}
    assert not canvas.count("PUT|POST")
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*")} == before


@pytest.mark.slow
@pytest.mark.parametrize("answer", ["y", "n"] if IS_SCALE else ["y"])
def test_at_a_terminal_it_asks(canvas, root, answer):
    graded(root, a_score("s01"))
    ours, theirs = pty.openpty()
    environment = {**os.environ, "CANVAS_TOKEN": TOKEN, "TERM": "dumb"}
    arguments = command("canvas", "push", "hw")
    with subprocess.Popen(arguments, cwd=root, env=environment, stdin=theirs, stdout=theirs, stderr=theirs) as process:  # fmt: skip
        os.close(theirs)
        os.write(ours, f"{answer}\n".encode())
        shown = b""
        try:
            while piece := os.read(ours, 10_000):
                shown += piece
        except OSError:  # as a terminal ends
            pass
    os.close(ours)
    assert process.returncode == 0
    assert b"Push this to Canvas? [y/N]" in shown
    assert TOKEN.encode() not in shown
    assert grades(canvas) == ({4701: "8.50"} if answer == "y" else {})


def test_who_has_no_score_or_is_excused_there_is_left_alone_and_said(canvas, root, say):
    for number in (4702, 4703, 4704):
        canvas.people[number].raw = 3.0
    canvas.people[4705].excused = True
    graded(
        root,
        a_score("s01", None, status="excused"),
        a_score("s02", "0.00", status="missing", attempt=None),
        a_score("s03", None, status="needs_review", flags=("no-time",)),
        a_score("s04", None, status="excused"),
        a_score("s05"),
        a_score("s06", "0.00", status="zero_late"),
        a_score("z99", status="unknown_student"),
    )
    refused = say("canvas", "push", "hw", "--yes")
    assert refused.status == 1
    assert "1 of 7 scores is not final: s03 (needs_review: no-time)" in refused.err
    assert not canvas.count("PUT")
    done = say("canvas", "push", "hw", "--yes", "--provisional")
    assert grades(canvas) == {4701: "EX", 4702: "3.00", 4703: "3.00", 4704: "EX", 4705: "EX", 4706: "0.00"}  # fmt: skip
    assert [canvas.people[n].writes for n in (4701, 4702, 4703, 4705)] == [1, 0, 0, 0]
    assert [line for line in done.err.splitlines() if "left out" in line] == [
        "note: s02 is left out: nothing handed in",
        "note: s03 is left out: no score yet",
        "note: s05 is left out: excused in Canvas, and not here: `grader excuse` it, or take it back in Canvas",
        "note: z99 is left out: not on the roster",
    ]
    assert say("canvas", "push", "hw", "--yes", "--provisional").out.endswith("has all of it.\n")


def test_the_penalty_is_taken_once_ours_or_canvass(canvas, root, say):
    canvas.takes_per_day = 1.5
    canvas.people[4701].late = True
    late = a_score("s01", "7.22", earned=Decimal("8.50"), penalty=Decimal("1.28"), status="late", days_late=1)  # fmt: skip
    graded(root, late)
    done = say("canvas", "push", "hw", "--yes")
    assert grades(canvas) == {4701: "7.22"}
    assert "1 have a late penalty taken off, and Canvas is told not to take its own" in done.err
    canvas.people[4701].status = None
    canvas.people[4701].raw = None
    done = say("canvas", "push", "hw", "--yes", "--raw")
    assert canvas.people[4701].raw == 8.5
    assert grades(canvas) == {4701: "7.00"}
    assert canvas.people[4701].status is None
    assert "Canvas's own late policy has to do it" in done.err
    assert say("canvas", "push", "hw", "--yes", "--raw").out.endswith("has all of it.\n")
    assert "somebody changed" not in say("canvas", "push", "hw").err  # Canvas's own penalty did
    canvas.people[4701].status, canvas.people[4701].raw = "none", None
    assert "set to not late: s01" in say("canvas", "push", "hw", "--yes", "--raw").err


def test_a_page_is_attached_again_only_when_it_is_another(canvas, root, say):
    graded(root, a_score("s01"), a_score("s02"))
    say("canvas", "push", "hw", "--yes", "--feedback")
    graded(root, a_score("s01", "9.00"), a_score("s02"))
    done = say("canvas", "push", "hw", "--yes", "--feedback")
    assert "1 pages of feedback to attach" in done.out
    assert attached(canvas) == {
        4701: ["<p>Page of s01: 8.50</p>", "<p>Page of s01: 9.00</p>"],
        4702: ["<p>Page of s02: 8.50</p>"],
    }
    canvas.people[4702].comments.clear()  # somebody deleted it: we don't insist
    assert say("canvas", "push", "hw", "--yes", "--feedback").out.endswith("has all of it.\n")
    page_file(root / "reports/hw", "s01").unlink()
    assert "there is no page of feedback of: s01" in say("canvas", "push", "hw", "--feedback").err


def test_from_another_machine_no_page_is_attached_twice(canvas, root, say):
    graded(root, a_score("s01"))
    say("canvas", "push", "hw", "--yes", "--feedback")
    for path in (root / "evidence/hw/pushed").iterdir():
        path.unlink()
    assert say("canvas", "push", "hw", "--yes", "--feedback").out.endswith("has all of it.\n")


def test_in_another_term_what_was_pushed_before_does_not_count(canvas, root, say):
    graded(root, a_score("s01"))
    say("canvas", "push", "hw", "--yes", "--feedback")
    canvas.people[4701].comments.clear()
    canvas.people[4701].raw = None
    canvas.number = 502
    file = root / "assignments/hw/assignment.toml"
    file.write_text(file.read_text("utf-8").replace("(501)", "(502)"), "utf-8")
    assert say("canvas", "push", "hw", "--yes", "--feedback").status == 0
    assert attached(canvas) == {4701: ["<p>Page of s01: 8.50</p>"]}


def test_what_somebody_changed_in_canvas_since_is_said(canvas, root, say):
    graded(root, a_score("s01"), a_score("s02"))
    say("canvas", "push", "hw", "--yes")
    canvas.people[4701].raw = 9.75
    done = say("canvas", "push", "hw")
    assert "somebody changed in Canvas what was pushed before: s01 (8.50, now 9.75)" in done.err
    graded(root, a_score("s01"), a_score("s02", "9.00"))  # that is not somebody else
    assert "s02" not in say("canvas", "push", "hw").err


@pytest.mark.parametrize(
    ("where", "fault"),
    combined(
        ["PUT", "POST .*comments", "POST /upload", "GET .*submissions"], [THROTTLED, TOO_MANY]
    ),
)
def test_the_rate_limit_costs_time_and_nothing_else(canvas, root, say, fault, where):
    graded(root, a_score("s01"))
    canvas.faults.append(Fault(where, fault, times=5))
    done = say("canvas", "push", "hw", "--yes", "--feedback")
    assert (done.status, grades(canvas)) == (0, {4701: "8.50"}), done.err
    assert attached(canvas) == {4701: ["<p>Page of s01: 8.50</p>"]}
    assert canvas.faults[0].times == 0


def test_it_waits_as_long_as_it_is_told_and_slows_down_when_little_is_left(canvas, root, say, monkeypatch):  # fmt: skip
    slept: list[float] = []
    monkeypatch.setattr("grader.canvas.patience.time.sleep", slept.append)
    graded(root, a_score("s01"))
    canvas.faults.append(Fault("PUT", status(429, "", Retry_After="17")))
    canvas.faults.append(Fault("PUT", status(403, "Rate Limit Exceeded")))
    canvas.faults.append(Fault("PUT", status(429, "", Retry_After="Fri, 31 Dec 2100 23:59:59 GMT")))
    assert say("canvas", "push", "hw", "--yes").status == 0
    assert slept == [17, 2, 300]
    slept.clear()
    before = canvas.count("GET")
    canvas.headers = {"X-Rate-Limit-Remaining": "35.5", "X-Request-Cost": "0.1"}
    say("canvas", "push", "hw")
    assert set(slept) == {(60 - 35.5) / 10}
    assert len(slept) == canvas.count("GET") - before - 1


def test_who_fails_is_named_and_the_others_go_on(canvas, root, say, students, monkeypatch):
    monkeypatch.setattr("grader.canvas.grades.SETTLE_SECONDS", 0)
    graded(root, *everybody(students))
    gone = {"errors": [{"message": "The specified resource does not exist."}]}
    canvas.faults.append(Fault("PUT .*/4703", status(404, gone), times=9))
    unauthorized = {"status": "unauthorized", "errors": [{"message": "user not authorized"}]}
    canvas.faults.append(Fault("PUT .*/4704", status(403, unauthorized), times=9))
    canvas.faults.append(Fault("PUT .*/4705", BROKEN, times=9))
    canvas.faults.append(Fault("PUT .*/4706", status(400, {"error": "closed\nperiod"}), times=9))
    done = say("canvas", "push", "hw", "--yes")
    assert done.status == 1
    failed = [line for line in done.err.splitlines() if "not pushed" in line]
    assert failed == [
        "s03 was not pushed: Not Found",
        "s04 was not pushed: user not authorized",
        "s05 was not pushed: it was to be 1.85, and Canvas has no grade (Encountered an error: status code 503)",
        "s06 was not pushed: closed period",
    ]
    assert done.out.endswith(f"{len(students) - 4} pushed, 4 failed\n")
    expected = {number_of(each): points_of(each) for each in students}
    assert grades(canvas) == {n: g for n, g in expected.items() if n not in range(4703, 4707)}
    canvas.faults.clear()
    assert say("canvas", "push", "hw", "--yes").out.endswith("4 pushed\n")
    assert grades(canvas) == expected
    assert {each.writes for each in canvas.people.values()} == {1}


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(
    ("where", "fault"),
    combined(["PUT", "POST .*comments", "POST /upload", "create_success"], [hang_up, BROKEN]),
)
def test_when_nobody_knows_whether_it_was_done_it_is_looked_at_and_done_once(canvas, root, say, where, fault, after, monkeypatch):  # fmt: skip
    monkeypatch.setattr("grader.canvas.patience.time.sleep", lambda seconds: None)
    graded(root, a_score("s01"), a_score("s02"))
    canvas.faults.append(Fault(where, fault, times=2, after=after))
    done = say("canvas", "push", "hw", "--yes", "--feedback")
    assert (done.status, grades(canvas)) == (0, {4701: "8.50", 4702: "8.50"}), done.err
    assert attached(canvas) == {4701: ["<p>Page of s01: 8.50</p>"], 4702: ["<p>Page of s02: 8.50</p>"]}  # fmt: skip
    assert {each.writes for each in canvas.people.values()} == {0, 2}


def test_when_only_the_grade_was_done_only_the_page_is_sent_again(canvas, root, say, monkeypatch):
    monkeypatch.setattr("grader.canvas.grades.SETTLE_SECONDS", 0)

    def half(handler):
        grade_alone = [part for part in handler.body.split(b"&") if not part.startswith(b"comment")]
        handler.body = b"&".join(grade_alone)
        handler.only_carry_out()
        hang_up(handler)

    graded(root, a_score("s01"))
    canvas.faults.append(Fault("PUT", half))
    assert say("canvas", "push", "hw", "--yes", "--feedback").status == 0
    assert (grades(canvas), attached(canvas)) == ({4701: "8.50"}, {4701: ["<p>Page of s01: 8.50</p>"]})  # fmt: skip
    assert canvas.people[4701].writes == 2


def test_when_canvas_is_gone_it_stops_and_goes_on_later(canvas, root, say, students, monkeypatch):
    monkeypatch.setattr("grader.canvas.patience.time.sleep", lambda seconds: None)
    graded(root, *everybody(students))
    canvas.faults.append(Fault("/4705", hang_up, times=100))
    done = say("canvas", "push", "hw", "--yes", "--feedback")
    assert done.status == 1
    assert "error: Canvas can't be reached any more: the connection broke" in done.err
    assert "what Canvas has already is not sent again" in done.err
    assert len(grades(canvas)) == 4
    canvas.faults.clear()
    assert say("canvas", "push", "hw", "--yes", "--feedback").status == 0
    assert grades(canvas) == {number_of(each): points_of(each) for each in students}
    assert attached(canvas) == pages(students)
    assert {each.writes for each in canvas.people.values()} == {2}


@pytest.mark.slow
def test_killed_at_any_request_the_next_run_completes_and_nothing_is_done_twice(canvas, root, students):  # fmt: skip
    own = students[:3]
    graded(root, *everybody(own))
    environment = {**os.environ, "CANVAS_TOKEN": TOKEN, "PYTHONPATH": str(Path(__file__).parents[2])}  # fmt: skip
    arguments = command("canvas", "push", "hw", "--yes", "--feedback")
    kills = range(40) if IS_SCALE else (10,)
    for asked in kills:
        before = len(canvas.asked)
        with subprocess.Popen(arguments, cwd=root, env=environment, stdout=subprocess.DEVNULL) as process:  # fmt: skip

            def kill(request: str, process=process, last=before + asked) -> None:
                if len(canvas.asked) > last:
                    process.send_signal(signal.SIGKILL)

            canvas.on_request = kill
    canvas.on_request = lambda request: None
    done = subprocess.run(arguments, cwd=root, env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert TOKEN.encode() not in done.stdout + done.stderr
    assert grades(canvas) == {number_of(each): points_of(each) for each in own}
    assert attached(canvas) == pages(own)


def test_a_store_that_answers_201_is_as_good(canvas, root, say):
    canvas.created = True
    graded(root, a_score("s01"))
    assert say("canvas", "push", "hw", "--yes", "--feedback").status == 0
    assert attached(canvas) == {4701: ["<p>Page of s01: 8.50</p>"]}


@pytest.fixture
def groups(canvas: Canvas) -> Canvas:
    canvas.assignment["group_category_id"] = 9
    canvas.groups[30] = "G"
    for number in (4701, 4702, 4703):
        canvas.people[number].group = 30
    return canvas


def test_a_group_with_one_grade_gets_it_and_each_member_their_own_page(groups, root, say):
    graded(root, a_score("s01", None, status="excused"), a_score("s02"), a_score("s03"))
    done = say("canvas", "push", "hw", "--yes", "--feedback")
    assert done.status == 0, done.err
    assert grades(groups) == {4701: "EX", 4702: "8.50", 4703: "8.50"}
    assert attached(groups) == {4700 + n: [f"<p>Page of s0{n}: {'None' if n == 1 else '8.50'}</p>"] for n in (1, 2, 3)}  # fmt: skip


def test_a_group_whose_members_are_to_have_several_grades_is_left_alone(groups, root, say):
    graded(root, a_score("s01"), a_score("s02", "7.00"), a_score("s04"))
    done = say("canvas", "push", "hw", "--yes")
    assert grades(groups) == {4704: "8.50"}
    why = "in Canvas the group has one grade, and here they differ: s01 8.50, s02 7.00, s03 none"
    assert f"note: s01 is left out: {why}" in done.err
    groups.assignment["grade_group_students_individually"] = True
    say("canvas", "push", "hw", "--yes")
    assert grades(groups) == {4701: "8.50", 4702: "7.00", 4704: "8.50"}


def test_a_grade_that_canvas_takes_and_does_not_keep_is_no_success(canvas, root, say):
    canvas.takes_per_day = 1.0
    canvas.people[4701].late = True
    graded(root, a_score("s01"))
    kept = canvas.people[4701]
    canvas.on_request = lambda request: kept.__setattr__("status", "late")

    def forget(handler):
        kept.status, kept.deducted = "late", 1.0
        handler.answer(200, {"user_id": 4701, "score": 7.5, "entered_score": 8.5, "submission_comments": []})  # fmt: skip

    canvas.faults.append(Fault("PUT", forget))
    done = say("canvas", "push", "hw", "--yes")
    assert done.status == 1
    assert "s01 was not pushed: it was to be 8.50, and Canvas has 7.5" in done.err


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"grading_type": "pass_fail"}, "takes no points: it is graded by pass_fail"),
        ({"moderated_grading": True}, "is moderated, and its final grades are not chosen yet"),
    ],
)
def test_an_assignment_that_takes_no_points_is_refused(canvas, root, say, change, said):
    canvas.assignment.update(change)
    graded(root, a_score("s01"))
    done = say("canvas", "push", "hw", "--yes")
    assert (done.status, canvas.count("PUT")) == (1, 0)
    assert said in done.err


def test_what_may_show_that_it_is_another_assignment_is_said(canvas, root, say):
    canvas.assignment.update(name="HW 2", points_possible=100.0, post_manually=True)
    graded(root, a_score("s01"))
    err = say("canvas", "push", "hw").err
    assert f"note: to HW 2, {canvas.url}/courses/77/assignments/501\n" in err
    assert "in assignment.toml it is called 'HW 1', and in Canvas 'HW 2'" in err
    assert "in Canvas it is worth 100 points, and here 10\n" in err
    assert "students see nothing of it until you post the grades" in err


def test_two_people_who_lead_to_one_student_are_refused(canvas, root, say):
    canvas.people[4702].login = "s03"
    canvas.add(9999, "Other Bee", login="s01")
    graded(root, a_score("s01"))
    done = say("canvas", "push", "hw", "--yes")
    assert (done.status, canvas.count("PUT")) == (1, 0)
    assert "two people in Canvas, 4701 and 9999, lead to s01" in done.err


def test_nobody_gets_a_grade_by_a_name_alone(canvas, root, say):
    (root / "roster.csv").write_text("student,name\ns01,Anns01 Bee\n", "utf-8")
    canvas.people[4701].sis = canvas.people[4701].login = None
    graded(root, a_score("s01"))
    done = say("canvas", "push", "hw", "--yes")
    assert "s01 is left out: not in the course in Canvas, or not to be seen with this token" in done.err  # fmt: skip
    assert grades(canvas) == {}


def test_what_changes_after_a_push_is_known_to_grade(canvas, root, say):
    from grader.store.standings import read_standings

    graded(root, a_score("s01"), a_score("s02"))
    canvas.faults.append(Fault("PUT .*/4702", status(404, ""), times=9))
    say("canvas", "push", "hw", "--yes")

    def exported() -> list[str]:
        return [each.student for each in read_standings(root / "evidence/hw/exported") or ()]

    assert exported() == ["s01"]
    canvas.faults[:] = [Fault("PUT .*/4702", status(429, "", Retry_After="0"), times=99)]
    assert say("canvas", "push", "hw", "--yes").status == 1  # it stops
    assert exported() == ["s01"]
    canvas.faults.clear()
    say("canvas", "push", "hw", "--yes")
    (root / "evidence/hw/exported").unlink()  # as if killed just before
    say("canvas", "push", "hw")
    assert exported() == []
    say("canvas", "push", "hw", "--yes")
    assert exported() == ["s01", "s02"]


def test_what_was_graded_again_since_the_difference_was_shown_is_not_pushed(canvas, root, say):
    graded(root, a_score("s01"))
    canvas.on_request = lambda request: graded(root, a_score("s01", "9.00")) if "/submissions?" in request else None  # fmt: skip
    done = say("canvas", "push", "hw", "--yes")
    assert (done.status, grades(canvas)) == (1, {})
    assert "hw was graded again meanwhile: the difference is another now" in done.err


@pytest.mark.slow
def test_two_at_a_time_are_refused(canvas, root, say):
    from grader.store.lock import only_one

    graded(root, a_score("s01"))
    with only_one(root / "evidence/hw", "grader grade hw"):
        done = say("canvas", "push", "hw", "--yes")
    assert (done.status, grades(canvas)) == (1, {})
    assert "another command is at work on hw: grader grade hw" in done.err
