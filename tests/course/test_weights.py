"""The table [final] of course.toml: what it gives, and what it is refused for."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from grader.course import load_course
from grader.course.weights import AFTER, BEFORE, Band, FinalPolicy, _Component, _Final
from grader.errors import GraderError

PROJECT = 'project = { weight = 30, marks = "marks/project.csv", maximum = 100, groups = "marks/groups.csv" }'


def policy_of(a_course: Callable[..., Path], text: str) -> FinalPolicy:
    policy = load_course(a_course(course=text)).final
    assert policy is not None
    return policy


def test_the_default_course_has_seven_assignments_and_a_project_of_groups_of_four(root: Path):
    policy = load_course(root).final
    assert policy is not None
    assert {each.id: each.weight for each in policy.components} == {
        **{f"hw{k}": Decimal(10) for k in range(1, 8)},
        "project": Decimal(30),
    }
    assert [each.id for each in policy.components if each.marks is None] == ["hw1", "hw2", "hw3"]
    project = policy.components[-1].marks
    assert project is not None
    assert (project.group_size, project.maximum) == (4, 100)
    assert (policy.components[0].excused, policy.places) == ("reweight", 2)


def test_a_course_need_not_have_one(a_course: Callable[..., Path]):
    assert load_course(a_course()).final is None


def test_what_is_not_said_has_its_default(a_course: Callable[..., Path]):
    text = f"[final.components]\nhw1 = {{ weight = 70 }}\n{PROJECT}\n"
    policy = policy_of(a_course, text)
    hw1, project = policy.components
    assert (policy.places, policy.bands, policy.pass_mark, policy.goals) == (2, (), None, ())
    assert (hw1.excused, hw1.marks) == ("reweight", None)
    assert project.marks is not None
    assert (project.marks.column, project.marks.blank, project.marks.due) == (
        "mark",
        "waiting",
        None,
    )
    assert project.marks.adjustments is None


def test_bands_are_in_their_order_and_a_component_has_its_own_rule(a_course: Callable[..., Path]):
    text = (
        '[final]\nexcused = "full"\npass_mark = 50\n[final.bands]\nB = 70\n"A+" = 89.5\n'
        "[final.components]\n"
        'hw1 = { weight = 33.3, excused = "zero" }\n'
        'quiz = { weight = 66.7, marks = "q.csv", maximum = 5, due = 2026-02-03T17:00:00 }\n'
    )
    policy = policy_of(a_course, text)
    assert policy.goals == (
        Band("A+", Decimal("89.5")), Band("B", Decimal(70)), Band("pass", Decimal(50)),
    )  # fmt: skip
    assert [each.excused for each in policy.components] == ["zero", "full"]
    marks = policy.components[1].marks
    assert marks is not None
    assert marks.due == datetime(2026, 2, 3, 17, tzinfo=ZoneInfo("Europe/Berlin"))


WHOLE = "[final.components]\nhw1 = {{ weight = 100{more} }}\n"
MARKS = 'q = {{ weight = 100, marks = "q.csv", maximum = 10{more} }}\n'


@pytest.mark.parametrize(
    ("text", "key", "problem"),
    [
        ("[final]\n", "table [final]", "there is no key 'components'"),
        ("final = 3\n", "key final", "Expected `object"),
        ("[final.components]\n", "key final.components", "there are no components"),
        ("[final.components]\nhw1 = { weight = 95 }\n", "key final.components",
         "the weights add up to 95, and not to 100: 5 too little"),
        (f"[final.components]\nhw1 = {{ weight = 70.5 }}\n{PROJECT}\n", "key final.components",
         "the weights add up to 100.5, and not to 100: 0.5 too much"),
        ("[final.components]\nhw1 = { wieght = 100 }\n", "key final.components.hw1.wieght",
         "there is no key 'wieght'; did you mean 'weight'?"),
        ("[final.components]\nhw1 = { }\n", "key final.components.hw1", "there is no key 'weight'"),
        ("[final.components]\nhw1 = { weight = 0 }\n", "key final.components.hw1.weight", "the weight 0"),
        ("[final.components]\nhw1 = { weight = nan }\n", "key final.components.hw1.weight", "the weight NaN"),
        ("[final.components]\nhw1 = { weight = -5 }\n", "key final.components.hw1.weight", "the weight -5"),
        ("[final.components]\nhw1 = 100\n", "key final.components", "Expected `object`"),
        ("[final.components]\nhw2 = { weight = 100 }\n", "key final.components.hw2",
         "hw2 is no assignment of the course, and has no file of marks"),
        (WHOLE.format(more=", maximum = 10"), "key final.components.hw1.maximum",
         "hw1 has no file of marks, and 'maximum' is about one"),
        (WHOLE.format(more=', excused = "never"'), "key final.components.hw1.excused", "Invalid enum"),
        ('[final.components]\nq = { weight = 100, marks = "q.csv" }\n', "key final.components.q",
         "there is no key 'maximum'"),
        ("[final.components]\n" + MARKS.format(more=", group_size = 0"),
         "key final.components.q.group_size", "Expected `int` >= 1"),
        ("[final.components]\n" + MARKS.format(more=', adjustments = "a.csv"'),
         "key final.components.q.adjustments", "adjustments are for members of groups"),
        ("[final.components]\n" + MARKS.format(more=", due = 2026-03-29T02:30:00"),
         "key final.components.q.due", "does not exist"),
        ('[final.components]\n"a b" = { weight = 100 }\n', "key final.components.a b",
         "'a b' can't be the name of a component"),
        *((f"[final.components]\n{name} = {{ weight = 100 }}\n", f"key final.components.{name}",
           f"{name!r} can't be the name") for name in ("total", "flags", "needs_A")),
        ("[final]\nplaces = 7\n" + WHOLE.format(more=""), "key final.places", "Expected `int` <= 6"),
        ("[final]\npass_mark = 101\n" + WHOLE.format(more=""), "key final.pass_mark", "101 is no total"),
        ("[final.bands]\nA = nan\n" + WHOLE.format(more=""), "key final.bands.A", "NaN is no total"),
        ("[final.bands]\nA = 80\nB = 80.0\n" + WHOLE.format(more=""), "key final.bands.A",
         "A and B begin at the same total, 80"),
        ('[final.bands]\nPass = 80\n' + WHOLE.format(more=""), "key final.bands.Pass",
         "'Pass' can't be the name of a band"),
    ],
)  # fmt: skip
def test_what_can_make_no_mark_is_refused_with_its_key(
    a_course: Callable[..., Path], text: str, key: str, problem: str
):
    with pytest.raises(GraderError, match=re.escape(problem)) as refused:
        load_course(a_course(course=text))
    assert refused.value.at.endswith(f"course.toml, {key}")
    assert refused.value.fix


def test_the_lecturer_s_page_has_a_course_that_works_and_all_keys_and_columns(
    a_course: Callable[..., Path], root: Path
):
    page = (root / "docs/lecturer.md").read_text("utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    assert len(policy_of(a_course, example).components) == len(
        tomllib.loads(example)["final"]["components"]
    )
    for key in (*_Final.__struct_fields__, *_Component.__struct_fields__):
        assert f"| `{key}` |" in page, key
    table = page.partition("`final.csv` is for")[2]
    for column in (*BEFORE, *AFTER):
        assert f"`{column}`" in table, column
