"""Judges by a function of the author's: not which numbers came, but what is true of them.

The function is no data. It comes beside the key, which has its place and a digest of its source.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.judge.mistakes import hint_for
from grader.judge.verdicts import outcome_of, remarks_on, right, without_value, wrong
from grader.records.answer_key import PropertyCase, PropertyKey
from grader.records.evidence import Evidence
from grader.records.probes import Argument, Formula, OutcomeOf, Own
from grader.records.values import Array, Refused, Sequence, Value, describe, in_short
from grader.records.values import Mapping as MappingValue
from grader.records.verdicts import Verdict

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Holds:
    """An author's function, and a digest of its source."""

    source: str
    function: Callable[..., object]


Properties = Mapping[str, Holds]
"""The functions of the properties of an assignment, by the places of their checks."""

NONE: Properties = {}


@dataclass(frozen=True)
class Said:
    """What a property says of one answer. `holds` is None if it cannot tell, for the reason
    `doubt`; `reason` and `slug` are why it does not hold, if the author says so."""

    holds: bool | None
    reason: str = ""
    slug: str | None = None
    doubt: str = ""


def judge_property(
    question: str, key: PropertyKey, evidence: Evidence, properties: Properties = NONE
) -> Verdict:
    """Right if the property holds in every case. What it cannot tell a person has to."""
    outcomes = []
    for case in key.cases:
        outcome = outcome_of(evidence, case.probe)
        if outcome.status != "returned":
            name = "" if outcome.status == "missing" else case.case
            return without_value(question, key, outcome, evidence.run.cells, case=name)
        outcomes.append(outcome)
    said = [
        said_of(key, case, outcome.value, properties)
        for case, outcome in zip(key.cases, outcomes)  # noqa: B905 (3.10)
    ]
    remarks = remarks_on(outcomes, key.check)
    doubts = [each.doubt for each in said if each.holds is None]
    if doubts:
        return Verdict(
            question=question,
            check=key.check,
            credit=None,
            reason=f"Whether {key.says} could not be told: a person looks at it.",
            weight=key.weight,
            doubt=doubts[0],
            remarks=remarks,
        )
    amiss = [place for place, each in enumerate(said) if not each.holds]
    if not amiss:
        cases = f"all {len(said)} cases" if len(said) > 1 else "the one case"
        words = f"{key.check}: {key.says}, in {cases}."
        return right(question, key, words, remarks=remarks)
    names = ", ".join(key.cases[place].case for place in amiss[:5])
    shown = next((place for place in amiss if key.cases[place].public), amiss[0])
    words = f"{key.check}: it is not so that {key.says}, in {len(amiss)} of {len(said)} cases "
    words += f"({names}{', ...' if len(amiss) > 5 else ''})"
    if said[shown].reason:
        words += f": {said[shown].reason.rstrip('.')}"
    if key.cases[shown].public:
        words += f". With {key.cases[shown].inputs}: got {in_short(outcomes[shown].value)}"
    slugs = {said[place].slug for place in amiss}
    slug = said[shown].slug if len(slugs) == 1 else None
    return wrong(question, key, f"{words}.", slug, hint=hint_for(slug), remarks=remarks)


def said_of(key: PropertyKey, case: PropertyCase, value: Value, properties: Properties) -> Said:
    """What the property says of an answer."""
    lost = lost_property(key, properties)
    if lost:
        return Said(None, doubt=lost)
    refused = _refused_in(value)
    if refused is not None:
        return Said(False, f"it gives {describe(refused)}", "wrong-dtype")
    named = {name: _argument(given) for name, given in case.keywords}
    try:
        answer = properties[key.place].function(
            plain(value), *map(_argument, case.arguments), **named
        )
    except (Exception, SystemExit) as error:  # the author's, and no fault of the student's
        raised = f"{type(error).__name__}: {error}"
        return Said(None, doubt=f"the property of {key.check} raised {raised:.200}")
    return _understood(key, answer)


def lost_property(key: PropertyKey, properties: Properties) -> str:
    """Why a check cannot be judged with these functions; "" if it can."""
    there = properties.get(key.place)
    if there is None:
        return f"the property of {key.check} is not among the questions any more"
    if there.source != key.source:
        return f"the property of {key.check} is not the one that it was"
    return ""


def _understood(key: PropertyKey, answer: object) -> Said:
    if isinstance(answer, (bool, np.bool_)):
        return Said(bool(answer))
    if isinstance(answer, str) and answer.strip():
        return Said(False, answer.strip())
    if isinstance(answer, tuple) and 2 <= len(answer) <= 3 and _is_false(answer[0]):
        texts = [text.strip() for text in answer[1:] if isinstance(text, str)]
        if len(texts) == len(answer) - 1:
            slug = next((text for text in texts if _SLUG.fullmatch(text)), None)
            return Said(False, next((t for t in texts if t != slug), ""), slug)
    if answer is None:
        return Said(None, doubt=f"the property of {key.check} cannot tell")
    asked = "True, False, None, a reason or (False, slug)"
    return Said(None, doubt=f"the property of {key.check} gave {answer!r:.60}, not {asked}")


def _is_false(thing: object) -> bool:
    return isinstance(thing, (bool, np.bool_)) and not thing


def plain(value: Value) -> Any:
    """A value as NumPy and Python have it, in memory of its own. Numbers in a list are an array."""
    if isinstance(value, Array):
        return value.data.item() if value.data.ndim == 0 else np.array(value.data)
    if isinstance(value, Sequence):
        items = [plain(item) for item in value.items]
        return items if value.origin == "list" else tuple(items)
    if isinstance(value, MappingValue):
        return {name: plain(item) for name, item in value.items}
    return value


def _argument(argument: Argument) -> Any:
    """An argument; a function stays what says which one it is."""
    return argument if isinstance(argument, (Own, Formula, OutcomeOf)) else plain(argument)


def _refused_in(value: Value) -> Refused | None:
    """The first thing in it that is no plain data."""
    if isinstance(value, Refused):
        return value
    items: tuple[Value, ...] = ()
    if isinstance(value, Sequence):
        items = value.items
    elif isinstance(value, MappingValue):
        items = tuple(item for _, item in value.items)
    return next((found for found in map(_refused_in, items) if found is not None), None)
