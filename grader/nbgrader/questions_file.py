"""The text of a questions.py, made of what nbgrader's cells of tests look at."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from textwrap import indent

from grader.nbgrader.asserts import Call, Found

_FILE = '''"""{name}: what is asked. Made from nbgrader's tests: add cases that are hidden."""

import math  # noqa: F401

import numpy as np  # noqa: F401

from grader.questions import Case, Question, Returns, Variable, Written  # noqa: F401
from reference import {module} as ref  # noqa: F401

QUESTIONS = [
{questions}]
'''
_QUESTION = """    Question(
        {id},
        {title},
        checks=[
{checks}
        ],
    ),
"""
_RETURNS = """Returns(
    "{function}",
    ref.{function},
    [
{cases}
    ],
),"""


def questions_file(name: str, module: str, questions: Sequence[tuple[str, Found]]) -> str:
    """The file.

    Args:
        name: of the assignment.
        module: in `reference`, where the solutions are.
        questions: the id of each, and what its tests look at; nothing is a question for a person.
    """
    return _FILE.format(
        name=name,
        module=module,
        questions="".join(
            _QUESTION.format(
                id=_text(id),
                title=_text(id.replace("_", " ")),
                checks=indent("\n".join(_checks(found)) or "Written(),", " " * 12),
            )
            for id, found in questions
        ),
    )


def in_words(found: Found) -> str:
    """What the checks of a question look at; "" if a person does."""
    functions = dict.fromkeys(call.function for call in found.calls)
    said = [f"{name}: {_counted(len(_different(found.calls, name)))}" for name in functions]
    return ", ".join([*said, *(f"variable {reading.name}" for reading in found.readings)])


def _counted(cases: int) -> str:
    return f"{cases} case{'s' * (cases != 1)}"


def _checks(found: Found) -> Iterator[str]:
    for function in dict.fromkeys(call.function for call in found.calls):
        cases = _cases(_different(found.calls, function))
        yield _RETURNS.format(function=function, cases=indent("\n".join(cases), " " * 8))
    for reading in found.readings:
        yield f'Variable("{reading.name}", {reading.value}),'


def _different(calls: Sequence[Call], function: str) -> list[Call]:
    """Those of a function; of the same call twice the one that is public, if one is."""
    found: dict[object, Call] = {}
    for call in sorted(calls, key=lambda each: not each.is_public):
        if call.function == function:
            found.setdefault((call.arguments, call.keywords), call)
    return list(found.values())


def _cases(calls: Sequence[Call]) -> Iterator[str]:
    names: set[str] = set()
    for call in calls:
        shown = ", ".join([*call.arguments, *(f"{name}={value}" for name, value in call.keywords)])
        name = f"{call.function}({shown if len(shown) <= 40 else f'{shown[:37]}...'})"
        if name in names:
            name = f"{name}, {len(names) + 1}"
        names.add(name)
        arguments = "".join(f"{each}, " for each in call.arguments).rstrip()
        keywords = ", ".join(f"{_text(key)}: {value}" for key, value in call.keywords)
        more = (", public=True" if call.is_public else "") + (
            f", kwargs={{{keywords}}}" if keywords else ""
        )
        yield f"Case({_text(name)}, ({arguments}){more}),"


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
