"""The way to Canvas: what it needs, where the token goes and where not, and answers that are none."""

from __future__ import annotations

import sys

import pytest

from tests.canvas.fake import TOKEN, Fault, status
from tests.canvas.test_fetch import AT, contents, of
from tests.canvas.test_push import a_score, graded, grades


def test_without_a_token_it_says_how_to_make_one(canvas, say, monkeypatch):
    monkeypatch.delenv("CANVAS_TOKEN")
    done = say("canvas", "fetch", "hw")
    assert done.status == 1
    assert done.err.startswith("error: there is no token for Canvas\n")
    assert "at:  the environment variable CANVAS_TOKEN" in done.err
    assert "Account, Settings, New Access Token" in done.err
    assert not canvas.asked


@pytest.mark.parametrize("given", [f"{TOKEN[:9]}\n{TOKEN[9:]}", f"Bearer {TOKEN}", f"{TOKEN}é"])
def test_what_can_be_no_token_is_refused_and_not_repeated(canvas, say, monkeypatch, given):
    monkeypatch.setenv("CANVAS_TOKEN", given)
    done = say("canvas", "fetch", "hw")
    assert "the token has a character that no token of Canvas has" in done.err
    assert TOKEN[:9] not in done.out + done.err
    assert not canvas.asked


def test_a_space_or_line_around_the_token_does_no_harm(canvas, root, say, monkeypatch):
    monkeypatch.setenv("CANVAS_TOKEN", f" {TOKEN}\n")
    canvas.hand_in(4701, AT, ("hw.ipynb", of("s01")))
    assert say("canvas", "fetch", "hw").status == 0
    assert len(contents(root)) == 1


def test_a_token_that_canvas_does_not_take_is_said(canvas, say, monkeypatch):
    monkeypatch.setenv("CANVAS_TOKEN", "7~another")
    done = say("canvas", "fetch", "hw")
    assert done.status == 1
    assert "error: Canvas does not accept the token\n" in done.err
    assert "it may have expired" in done.err
    assert "7~another" not in done.err


def test_the_token_is_the_environments_not_netrcs(canvas, root, say, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("default login me password else\n", "utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    canvas.hand_in(4701, AT, ("hw.ipynb", of("s01")))
    assert say("canvas", "fetch", "hw").status == 0
    assert len(contents(root)) == 1


def test_what_stays_on_this_machine_goes_through_no_proxy(canvas, root, say, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://192.0.2.1:8080")
    canvas.hand_in(4701, AT, ("hw.ipynb", of("s01")))
    assert say("canvas", "fetch", "hw").status == 0


@pytest.mark.parametrize("command", ["fetch", "push"])
def test_what_course_and_assignment_have_to_say_is_asked_for(canvas, root, say, command):
    graded(root, a_score("s01"))
    file = root / "assignments/hw/assignment.toml"
    text = file.read_text("utf-8")
    file.write_text(text.replace('canvas = "HW 1 (501)"', ""), "utf-8")
    done = say("canvas", command, "hw")
    assert "hw does not say which assignment of Canvas it is" in done.err
    assert 'add canvas = "HW 1 (501)" above the table [points]' in done.err
    file.write_text(text, "utf-8")
    course = root / "course.toml"
    course.write_text(course.read_text("utf-8").partition("[canvas]")[0], "utf-8")
    done = say("canvas", command, "hw")
    assert done.status == 1
    assert "course.toml does not say where the course is in Canvas" in done.err
    assert "add a table [canvas] with url = " in done.err
    assert not canvas.asked


def test_without_the_package_it_says_what_to_install(canvas, root, say, monkeypatch):
    for name in ("connection", "patience"):
        monkeypatch.delitem(sys.modules, f"grader.canvas.{name}", raising=False)
    for name in [each for each in sys.modules if each.partition(".")[0] == "canvasapi"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "canvasapi", None)
    done = say("canvas", "fetch", "hw")
    assert done.status == 1
    assert done.err == (
        "error: the package that asks Canvas is not installed: canvasapi\n"
        '  fix: pip install "grader[canvas]"\n'
    )


def test_a_number_that_is_not_there_is_said_with_its_address(canvas, root, say):
    canvas.number = 502
    done = say("canvas", "fetch", "hw")
    assert done.status == 1
    assert f"Canvas does not show {canvas.url}/courses/77/assignments/501: Not Found" in done.err
    assert "compare both numbers with that address in a browser" in done.err


UNAUTHORIZED = {"status": "unauthorized", "errors": [{"message": "user not authorized"}]}


def test_what_we_may_not_see_is_said(canvas, root, say):
    canvas.faults.append(Fault("submissions", status(401, UNAUTHORIZED), times=9))
    done = say("canvas", "fetch", "hw")
    assert done.status == 1
    assert f"Canvas does not list the submissions of {canvas.url}/courses/77" in done.err
    assert "user not authorized" in done.err
    assert "a teacher or TA of that course" in done.err


def test_hand_ins_come_although_other_due_dates_may_not_be_seen(canvas, root, say):
    canvas.says_due = False
    canvas.hand_in(4701, AT, ("hw.ipynb", of("s01")))
    canvas.faults.append(Fault("overrides", status(401, UNAUTHORIZED), times=9))
    done = say("canvas", "fetch", "hw")
    assert (done.status, len(contents(root))) == (0, 1)
    assert "note: due dates of single students are not known: Canvas does not list" in done.err


@pytest.mark.parametrize(
    ("where", "fault", "said"),
    [
        ("GET", status(302, "", Location="https://other.edu/login"), "it leads to other.edu"),
        ("PUT", status(301, "", Location="https://other.edu/x"), "it leads to other.edu"),
        ("GET", status(200, "<html>Log in</html>"), "what answers there is no API of Canvas"),
        ("GET", status(200, [], Link='<http://other.edu/api/v1/x>; rel="next"'), "leads to other"),
        ("GET", status(200, {"no": "id"}), "is not as Canvas documents it: InCanvas"),
        ("PUT", status(200, {"no": "id"}), "is not as Canvas documents it: Submission"),
        ("POST .*comments", status(200, {"no": "url"}), "Canvas documents it: UploadPlace"),
        ("upload", status(303, "", Location="https://other.edu/x"), "to be found at other.edu"),
        ("upload", status(200, "done"), "documents it: it is no JSON"),
        ("POST .*comments", status(200, {"upload_url": "http://192.0.2.1/x", "upload_params": {}}),
         "Canvas leads to 192.0.2.1, and not by https: nothing was sent there"),
    ],
)  # fmt: skip
def test_what_answers_as_canvas_does_not_stops_it(canvas, root, say, where, fault, said):
    graded(root, a_score("s01"))
    canvas.faults.append(Fault(where, fault, times=9))
    done = say("canvas", "push", "hw", "--yes", "--feedback")
    assert done.status == 1
    assert said in done.err
    assert grades(canvas) == {}


def test_a_file_that_lies_elsewhere_is_fetched_without_the_token(canvas, root, say, monkeypatch):
    (number,) = canvas.hand_in(4701, AT, ("hw.ipynb", of("s01")))
    attachment = {"id": number, "display_name": "hw.ipynb", "url": f"{canvas.store}/content/{number}"}  # fmt: skip
    monkeypatch.setattr("tests.canvas.fake._attachment", lambda canvas, number: attachment)
    assert say("canvas", "fetch", "hw").status == 0
    assert contents(root) == {("s01", "1"): of("s01")}


def test_a_file_that_lies_where_nothing_is_encrypted_is_not_asked_for(canvas, root, say, monkeypatch):  # fmt: skip
    (number,) = canvas.hand_in(4701, AT, ("hw.ipynb", of("s01")))
    attachment = {"id": number, "display_name": "hw.ipynb", "url": "http://192.0.2.1/x"}
    monkeypatch.setattr("tests.canvas.fake._attachment", lambda canvas, number: attachment)
    done = say("canvas", "fetch", "hw")
    assert "Canvas leads to 192.0.2.1, and not by https: nothing was sent there" in done.err
