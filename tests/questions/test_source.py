"""Two functions have one digest if they do the same by the same text, and another otherwise."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from grader.questions import properties_of
from grader.questions.load import load_questions
from grader.questions.properties import comes_near, falls, grows
from grader.questions.source import source_digest

COURSE = """
import numpy as np
from decimal import Decimal
from functools import lru_cache, partial
from grader.questions import Case, Property, Question
from reference import helpers
from reference.helpers import nearly

LIMIT = 0.5
UNUSED = 1
EXACT = Decimal("0.1")
STEPS = range(3)
TABLE = np.array([1.0, 2.0])


def limit():
    return LIMIT


@lru_cache
def remembered():
    return 0.125


class Rule:
    def __init__(self, most):
        self.most = most

    def __call__(self, result, x):
        return result < self.most


def made(most):
    def holds(result, x):
        return result < most
    return holds


def holds(result, x):
    return result < limit()

CASES = [Case("one", (1.0,))]


def check(name, holds):
    return Property(name, holds, CASES, says="it holds")


QUESTIONS = [Question("Q1", "It", [
    check("plain", holds),
    check("module", lambda result, x: helpers.nearly(result, x)),
    check("imported", lambda result, x: nearly(result, x)),
    check("table", lambda result, x: bool((TABLE > result).all())),
    check("default", lambda result, x, most=3.0: result < most),
    check("closure", made(1.0)),
    check("other_closure", made(2.0)),
    check("partial", partial(lambda most, result, x: result < most, 4.0)),
    check("instance", Rule(5.0)),
    check("long",
          lambda result, x:
          result < 7
          and x > 0),
    check("library", np.isclose),
    check("cached", lambda result, x: result < remembered()),
    check("exact", lambda result, x: result < EXACT),
    check("steps", lambda result, x: result in STEPS),
])]
"""
HELPERS = """
OTHER = 1

def nearly(result, x):
    return abs(result - x) < slack()

def slack():
    return 0.25

def nobody_calls():
    return 1
"""
NAMES = ("plain", "module", "imported", "table", "default", "closure", "other_closure", "partial",
         "instance", "long", "library", "cached", "exact", "steps")  # fmt: skip


def digests(root: Path, course: str = COURSE, helpers: str = HELPERS) -> dict[str, str]:
    (root / "reference").mkdir(exist_ok=True)
    (root / "questions.py").write_text(course, "utf-8")
    (root / "reference/__init__.py").touch()
    (root / "reference/helpers.py").write_text(helpers, "utf-8")
    found = properties_of("hw", load_questions(root / "questions.py", root))
    return {place.rpartition(" ")[2]: holds.source for place, holds in found.items()}


@pytest.fixture
def before(tmp_path):
    return digests(tmp_path)


def test_each_has_its_own_and_always_the_same(before, tmp_path):
    assert tuple(before) == NAMES
    assert len(set(before.values())) == len(NAMES)
    assert digests(tmp_path) == before


CHANGES = {
    "its own text": (("result < limit()", "result <= limit()"), {"plain"}),
    "a function that it calls": (("return LIMIT", "return 2 * LIMIT"), {"plain"}),
    "a constant that that one refers to": (("LIMIT = 0.5", "LIMIT = 0.6"), {"plain"}),
    "a function that remembers": (("return 0.125", "return 0.25"), {"cached"}),
    "a decimal": (('Decimal("0.1")', 'Decimal("0.2")'), {"exact"}),
    "a range": (("range(3)", "range(4)"), {"steps"}),
    "an array": (("[1.0, 2.0]", "[1.0, 2.5]"), {"table"}),
    "a default": (("most=3.0", "most=3.5"), {"default"}),
    "what it was made with": (("made(1.0)", "made(1.5)"), {"closure"}),
    "the text of what is made": (("def holds(result, x):\n        return result < most", "def holds(result, x):\n        return most > result"), {"closure", "other_closure"}),
    "an argument of a partial function": (("4.0", "4.5"), {"partial"}),
    "an attribute": (("Rule(5.0)", "Rule(5.5)"), {"instance"}),
    "a method": (("result < self.most", "result <= self.most"), {"instance"}),
    "the last line of a long lambda": (("and x > 0", "and x > 1"), {"long"}),
    "a name that nobody uses": (("UNUSED = 1", "UNUSED = 2"), set()),
    "lines above": (("LIMIT = 0.5", "# a comment\n\nLIMIT = 0.5"), set()),
    "what it says": (('says="it holds"', 'says="indeed"'), set()),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_what_is_changed_in_the_questions_changes_what_it_concerns(before, tmp_path, what):
    (old, new), concerned = CHANGES[what]
    assert old in COURSE
    after = digests(tmp_path, COURSE.replace(old, new))
    assert {name for name in before if before[name] != after[name]} == concerned


@pytest.mark.parametrize(
    ("old", "new", "concerned"),
    [
        ("< slack()", "<= slack()", {"module", "imported"}),
        ("0.25", "0.3", {"module", "imported"}),
        ("OTHER = 1", "OTHER = 2", set()),
        ("    return 1\n", "    return 2\n", set()),
    ],
)
def test_so_it_is_for_modules_of_the_course(before, tmp_path, old, new, concerned):
    assert old in HELPERS
    after = digests(tmp_path, helpers=HELPERS.replace(old, new))
    assert {name for name in before if before[name] != after[name]} == concerned


def test_a_function_that_is_reached_through_its_package_counts(tmp_path):
    course = """
import reference.helpers
from grader.questions import Case, Property, Question

near = Property("dotted", lambda result, x: reference.helpers.nearly(result, x),
                [Case("one", (1.0,))], says="it holds")
QUESTIONS = [Question("Q1", "It", [near])]
"""
    before = digests(tmp_path, course)
    assert digests(tmp_path, course) == before
    assert digests(tmp_path, course, HELPERS.replace("return 1\n", "return 2\n")) == before
    assert digests(tmp_path, course, HELPERS.replace("0.25", "0.3")) != before


def test_another_process_has_the_same(before, tmp_path):
    code = (
        "import sys; from pathlib import Path; root = Path(sys.argv[1])\n"
        "from grader.questions import properties_of, load_questions\n"
        "found = properties_of('hw', load_questions(root / 'questions.py', root))\n"
        "print(*(holds.source for holds in found.values()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == list(before.values())


def test_ready_made_properties_differ_by_what_they_are_made_with():
    made = [falls(), falls(at=(2,)), grows(at=(2,)), grows(at=(2,), factor=3.0)]
    made += [comes_near(np.mean, 1.0), comes_near(np.mean, 2.0), comes_near(np.sum, 1.0)]
    assert len({source_digest(each) for each in made}) == len(made)
    assert source_digest(falls(at=(2,))) == source_digest(falls(at=(2,)))


def test_functions_without_a_file_that_call_each_other_have_one():
    namespace: dict[str, object] = {}
    exec("def f(n): return g(n)\ndef g(n): return n and f(n - 1)", namespace)
    again: dict[str, object] = {}
    exec("def f(n): return g(n)\ndef g(n): return n and f(n - 1)", again)
    other: dict[str, object] = {}
    exec("def f(n): return g(n)\ndef g(n): return n and f(n - 2)", other)
    assert source_digest(namespace["f"]) == source_digest(again["f"])
    assert source_digest(namespace["f"]) != source_digest(other["f"])
