"""The process beside a student's code holds no answer: a hand-in searches for some, in vain.

The course carries canaries, texts and numbers that occur nowhere else: in the name of its folder,
in its reference, its questions and known mistakes, its expected values and its hidden inputs. The
hand-in looks for them in all readable memory of its process (objects, modules, arguments,
environment and buffers are in there), in its open files and on its import path, from a cell and
again from a function that is called with a hidden input. It tells what it found by what it returns.

What else the file system holds is the sandbox's business, and not tested here.
"""

from __future__ import annotations

import struct
import sys
from typing import Any

import pytest

from tests.cli.tiny import HandIn, a_course, add_assignment, grader, scores_json

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="reads its own memory in /proc"),
]

EXPECTED = 0.7310585786300049
MISTAKEN = 0.2689414213699951
NOW = 0.8807970779778823  # the input of the call in which the search runs
LATER = 0.1192029220221177  # of the next

QUESTIONS = f"""
from grader.questions import Case, Mistake, Question, Returns, Variable

NOTE = "qzcanary-note"


def activation(x):
    '''qzcanary-docstring'''
    return {EXPECTED!r} * x


def mistaken(x):
    return {MISTAKEN!r} * x


def nothing(x):
    return 0.0


def both(x):
    return 3.0


MISTAKES = [Mistake("qzcanary-slug", mistaken, "qzcanary-hint")]
SEARCHES = [Case("qzcanary-now", ({NOW!r},)), Case("qzcanary-later", ({LATER!r},))]
QUESTIONS = [
    Question("Q1", "qzcanary-title", checks=[Variable("constant", {EXPECTED!r})]),
    Question("Q2", "From a cell", checks=[Variable("found_in_cell", 0.0)]),
    Question("Q3", "From a call", checks=[Returns("found_in_call", nothing, SEARCHES)]),
    Question("Q4", "What is there", checks=[Returns("found_of_what_is_there", both, SEARCHES[:1])]),
    Question(
        "Q5",
        "qzcanary-title",
        checks=[
            Returns("activation", activation, [Case("qzcanary-case", (1.0,))], mistakes=MISTAKES)
        ],
    ),
]
"""

SEARCH = r'''
import os, struct, sys

def found(wanted):
    """The sum of the keys of what is in memory. Its bytes are given in two parts, never side by
    side, so that the search does not find what it searches with."""
    keys = set()
    with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
        for line in maps.read().splitlines():
            place, rights = line.split()[:2]
            if not rights.startswith("rw"):
                continue  # a library as it is on disk
            low, high = (int(end, 16) for end in place.split("-"))
            for start in range(low, high, 1 << 22):
                try:
                    memory.seek(start)
                    part = memory.read(min(high - start, 1 << 22) + 64)
                except (OSError, ValueError, OverflowError):
                    continue
                for key, (first, rest) in wanted.items():
                    at = part.find(rest, 1)
                    while at > 0 and part[at - 1] != first:
                        at = part.find(rest, at + 1)
                    if at > 0:
                        keys.add(key)
    return float(sum(keys))

def number(halves):
    """The bytes of twice a number, as `found` takes them."""
    data = bytearray(struct.pack("<d", halves))
    data[6] += 16  # in binary, twice is one more in the exponent
    return data[0], bytes(data[1:])

TEXT = ord("q"), b"zcanary-"
ANSWERS = {
    1: TEXT,
    2: number(HALF_EXPECTED),
    4: number(HALF_MISTAKEN),
    8: (ord("0"), b".7310585786300049"),
    16: number(HALF_LATER),
}

def other_places():
    """32, 64, 128: a file that is open, the import path, what is imported already."""
    links = []
    for name in os.listdir("/proc/self/fd"):
        try:
            links.append(os.readlink("/proc/self/fd/" + name))
        except OSError:
            pass
    homes = [os.path.realpath(home) + "/" for home in (sys.prefix, sys.base_prefix)]
    strange_links = [link for link in links if link.startswith("/") and "/proc/" not in link
                     and link != "/dev/null" and not link.startswith(tuple(homes))
                     and not link.startswith(os.getcwd())
                     and not link.startswith("/tmp/#")]  # what the process itself prints
    strange_paths = [path for path in sys.path
                     if path and not os.path.realpath(path).startswith(tuple(homes))]
    names = ("reference", "_questions", "grader.questions", "grader.judge", "grader.records")
    imported = [name for name in names if name in sys.modules]
    return 32.0 * bool(strange_links) + 64.0 * bool(strange_paths) + 128.0 * bool(imported)

def files_here():
    """256: a file in the work directory that holds a canary."""
    for folder, _, names in os.walk(os.getcwd()):
        for name in names:
            with open(os.path.join(folder, name), "rb") as file:
                data = file.read()
            if TEXT[1] in data or ANSWERS[8][1] in data:
                return 256.0
    return 0.0

def all_places():
    return found(ANSWERS) + other_places() + files_here()
'''
CALLS = r"""
found_in_cell = all_places()
calls = []

def found_in_call(x):
    calls.append(x)
    if len(calls) == 2:
        del ANSWERS[16]  # now it has been given, as this call's input
    return all_places()

def activation(x):  # the known mistake; called last
    return x * HALF_MISTAKEN * 2

def found_of_what_is_there(x):
    decoy = "".join(["q", "zcanary-decoy"])
    return found({1: TEXT, 2: number(x / 2)})
"""


def numbers(text: str) -> str:
    for name, value in (("EXPECTED", EXPECTED), ("MISTAKEN", MISTAKEN), ("LATER", LATER)):
        text = text.replace(f"HALF_{name}", repr(value / 2))
    return text


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What `grade` says of each check of the hand-in."""
    root = a_course(tmp_path_factory.mktemp("course") / "qzcanary-folder")
    hand_in = HandIn("s01", "2026-02-03T12:00:00+08:00", [numbers(SEARCH), numbers(CALLS)])
    points = "\n".join(f"Q{number} = 1" for number in range(1, 6))
    add_assignment(root, questions=QUESTIONS, points=points, hand_ins=[hand_in])
    done = grader("grade", "hw", cwd=root, env={"CANARY": "qzcanary-environment"})
    assert done.returncode == 0, done.stderr
    questions = scores_json(root)["s01"]["questions"]
    return {verdict["check"]: verdict for q in questions for verdict in q["verdicts"]}


def test_the_search_finds_what_is_there(verdicts):
    """Or that it finds nothing would say nothing."""
    assert verdicts["found_of_what_is_there"]["credit"] == 1, verdicts


def test_a_cell_finds_no_answer_and_no_hidden_input(verdicts):
    assert verdicts["found_in_cell"]["credit"] == 1, verdicts


def test_a_function_that_is_called_with_a_hidden_input_finds_no_answer_and_no_other(verdicts):
    assert verdicts["found_in_call"]["credit"] == 1, verdicts


def test_the_canaries_are_the_courses_answers(verdicts):
    """The hand-in is judged with them, after the search, by another process."""
    judged = verdicts["activation"]
    assert (judged["mistake"], judged["hint"]) == ("qzcanary-slug", "qzcanary-hint")


def test_twice_a_half_has_the_bytes_that_are_searched_for():
    for value in (EXPECTED, MISTAKEN, NOW, LATER):
        data = bytearray(struct.pack("<d", value / 2))
        data[6] += 16
        assert bytes(data) == struct.pack("<d", value)
