"""Names of students' pages, as each LMS reads them: a page finds its student, or stays here."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from decimal import Decimal

import pytest

from grader.export import groups_apart, layout_of, name_pages
from grader.records.scores import Score
from grader.records.submissions import InLms, Student
from tests.export.readers import CanvasCourse, CanvasUser, MoodleAssignment, Participant

SCORE = Score(
    student="s01",
    name="a name",
    assignment="hw1",
    attempt=1,
    submitted_at=None,
    days_late=0,
    earned=Decimal(9),
    maximum=Decimal(10),
    penalty=Decimal(0),
    score=Decimal(9),
    status="graded",
    flags=(),
    explanation="",
)
ROSTER = {f"s0{n}": Student(f"s0{n}", f"Name {n}", f"l{n}", f"471{n}") for n in range(1, 10)}


def scores(*students, **changes):
    return [replace(SCORE, student=each, **changes) for each in students]


def in_canvas(student, file, attempt=1):
    return InLms(student, attempt, "canvas", file)


def named(layout, scores, hand_ins, roster=ROSTER, **options):
    """The names by student, and why some have none."""
    found = name_pages(layout, scores, hand_ins, roster, assignment="hw1", **options)
    reasons = {each.student: each.reason for each in found.left_out}
    assert len(reasons) == len(found.left_out)
    return {page.student: page.name for page in found.pages}, reasons


def zipped(names):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for student, name in names.items():
            archive.writestr(name, student)
    return content.getvalue()


@pytest.mark.parametrize(
    "file",
    ["doejane_4711_990001_hw1.ipynb", "doejane_LATE_4711_990001_hw1-1.ipynb", "li_明_4711_990001_2_3.ipynb",
     "x_4711_990001_my_link.ipynb", "x_4711_990001_link.ipynb", "team_5_4711_990001_hw1.ipynb", "a_b_4711_990001_x.tar.gz",
     "folder/x_4711_990001_hw1.ipynb", "anon_4711_990001_hw1.ipynb"],
)  # fmt: skip
def test_canvas_finds_the_student_by_the_numbers_of_the_file(file):
    names, reasons = named("canvas", scores("s01"), [in_canvas("s01", file)])
    assert reasons == {}
    course = CanvasCourse({4711: CanvasUser("x", "", ""), 5: CanvasUser("y", "", "")}, {}, {}, files={990001: (4711, "hw1.ipynb")})  # fmt: skip
    course.import_files(zipped(names))
    assert (course.comments, course.ignored) == ({4711: ["s01"]}, [])
    assert re.fullmatch(r"[^/]+_feedback\.html", names["s01"])


def test_canvas_keeps_the_names_that_it_gave():
    names, _ = named("canvas", scores("s01"), [in_canvas("s01", "doejane_LATE_4711_990001_a.ipynb")])  # fmt: skip
    assert names == {"s01": "doejane_LATE_4711_990001_feedback.html"}


def test_canvas_finds_who_is_anonymous_by_the_code():
    names, _ = named("canvas", scores("s01"), [in_canvas("s01", "LATE_anon_Ab3dE_990001_hw.ipynb")])
    course = CanvasCourse({4711: CanvasUser("x", "", "")}, {}, {}, files={990001: (4711, "hw")}, anonymous={"Ab3dE": 4711})  # fmt: skip
    course.import_files(zipped(names))
    assert course.comments == {4711: ["s01"]}


def test_the_file_of_somebody_else_in_canvas_gets_no_page():
    names, reasons = named("canvas", scores("s01", "s02"), [in_canvas("s01", "x_4799_1_hw.ipynb"), in_canvas("s02", "x_4711_2_hw.ipynb")])  # fmt: skip
    assert names == {}
    assert reasons["s01"] == (
        "in Canvas the file is of user 4799, and not of 4711 (lms_id in roster.csv): a page would go "
        "to somebody else"
    )
    assert "of user 4711, and not of 4712" in reasons["s02"]
    unknown = {
        "s01": replace(ROSTER["s01"], lms_id="")
    }  # then a person said whose it is, or the name
    assert named("canvas", scores("s01"), [in_canvas("s01", "x_4799_1_hw.ipynb")], unknown)[1] == {}


def test_a_group_in_canvas_gets_the_representative_s_page_if_it_holds_for_all():
    hand_ins = [in_canvas(each, "team_4712_9_hw.ipynb") for each in ("s01", "s02", "s03")]
    names, reasons = named("canvas", scores("s01", "s02", "s03"), hand_ins)
    assert (names, reasons) == ({"s02": "team_4712_9_feedback.html"}, {})
    late = scores("s01", "s02") + scores("s03", score=Decimal(8), penalty=Decimal(1))
    names, reasons = named("canvas", late, hand_ins)
    assert names == {}
    assert set(reasons) == {"s01", "s02", "s03"}
    assert "Canvas shows a page to all of the group, and their scores differ" in reasons["s01"]
    assert groups_apart(late, hand_ins) == [("s01", "s02", "s03")]
    assert groups_apart(late, hand_ins, is_raw=True) == []


def test_canvas_knows_the_files_of_the_latest_attempt_alone():
    hand_ins = [in_canvas("s01", "x_4711_2_hw.ipynb", 10), in_canvas("s01", "x_4711_1_hw.ipynb", 9)]
    assert named("canvas", scores("s01", attempt=9), hand_ins)[0] == {"s01": "x_4711_2_feedback.html"}  # fmt: skip


@pytest.mark.parametrize(
    ("hand_in", "why"),
    [
        (in_canvas("s01", "doejane_4711_text.html"), "handed in as text or link"),
        (in_canvas("s01", "doejane_4711_link.html"), "handed in as text or link"),
        (in_canvas("s01", ""), "collect its download from Canvas again"),
        (InLms("s01", 1, "moodle", "x_4711_1_hw.ipynb"), "collect its download from Canvas again"),
        (in_canvas("s09", "x_4719_1_hw.ipynb"), "collect its download from Canvas again"),
    ],
)
def test_who_has_no_file_in_canvas_is_named_with_what_to_do(hand_in, why):
    names, reasons = named("canvas", scores("s01"), [hand_in])
    assert names == {}
    assert why in reasons["s01"]


def test_whoever_has_nothing_to_be_shown_gets_no_page_anywhere():
    everybody = [
        *scores("s01", status="missing", attempt=None, score=Decimal(0)),
        *scores("s02", status="needs_review", score=None),
        *scores("s03", status="excused", score=None),
    ]
    hand_ins = [in_canvas(f"s0{n}", f"x_471{n}_{n}_hw.ipynb") for n in (1, 2, 3)]
    for layout in ("canvas", "plain"):
        names, reasons = named(layout, everybody, hand_ins)
        assert set(names) == {"s03"}
        assert reasons == {"s01": "nothing handed in", "s02": "no score yet"}


@pytest.mark.parametrize(
    "name",
    ["Jane Doe", "A_B_77 C", "../../etc", ".hidden", "~x", "李 明", "a/b\\c", "", "two\nlines", 'x"<>|:*?', "x" * 300],
)  # fmt: skip
@pytest.mark.parametrize("file", ["Jane_1_assignsubmission_file/hw.ipynb", "Jane_1_assignsubmission_file_hw.ipynb"])  # fmt: skip
def test_moodle_finds_the_participant_whatever_the_name_is(name, file):
    roster = {"s01": replace(ROSTER["s01"], name=name)}
    names, _ = named("moodle", scores("s01"), [InLms("s01", 1, "moodle", file)], roster, participants={"s01": "12345"})  # fmt: skip
    assignment = MoodleAssignment({n: Participant(n, "") for n in (12345, 1, 77)}, Decimal(10))
    assignment.import_files(zipped(names))
    assert {n: p.files for n, p in assignment.participants.items() if p.files} == {12345: {"feedback.html": "s01"}}  # fmt: skip
    assert ("/" in names["s01"]) is ("/" in file)


def test_who_is_not_in_moodle_s_worksheet_gets_no_page():
    _, reasons = named("moodle", scores("s01", "z9"), [], participants={"z9": "1"})
    assert reasons == {"s01": "not in the worksheet, or not for sure", "z9": "not on the roster"}


def test_gradescope_and_nbgrader_have_the_folders_of_their_own():
    hand_ins = [InLms("s01", 1, "gradescope", "submission_88/a/hw1.ipynb"), InLms("s02", 1, "gradescope", "")]  # fmt: skip
    names, reasons = named("gradescope", scores("s01", "s02"), hand_ins)
    assert names == {"s01": "submission_88/s01.html"}
    assert "collect its download from Gradescope again" in reasons["s02"]
    hand_ins = [InLms("s01", 1, "nbgrader", "submitted/jdoe/hw1/hw 1.ipynb"), InLms("s02", 1, "nbgrader", "zoe/hw1/x.ipynb"), InLms("s03", 1, "nbgrader", "x.ipynb")]  # fmt: skip
    names, reasons = named("nbgrader", scores("s01", "s02", "s03"), hand_ins)
    assert names == {"s01": "feedback/jdoe/hw1/hw 1.html", "s02": "feedback/zoe/hw1/x.html"}
    assert "collect its download from nbgrader again" in reasons["s03"]


def test_what_would_be_one_name_for_two_is_in_no_archive():
    hand_ins = [InLms(each, 1, "nbgrader", "submitted/jdoe/hw1/hw1.ipynb") for each in ("s01", "s02")]  # fmt: skip
    names, reasons = named("nbgrader", scores("s01", "s02"), hand_ins)
    assert names == {}
    assert set(reasons) == {"s01", "s02"}


def test_tables_for_people_go_with_pages_as_the_hand_ins_came():
    by_nbgrader = [InLms("s01", 1, "nbgrader", "")]
    assert layout_of("csv", by_nbgrader) == layout_of("excel", by_nbgrader) == "nbgrader"
    assert layout_of("csv", [*by_nbgrader, in_canvas("s02", "")]) == "plain"
    assert layout_of("csv", []) == "plain"
    assert layout_of("moodle", by_nbgrader) == "moodle"
