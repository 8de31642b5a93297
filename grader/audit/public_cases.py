"""Whether what students see of the cases tells what they must not know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from grader.audit.planted import verdict_on
from grader.records.answer_key import (
    AnswerKey,
    Expectation,
    Interval,
    ReturnsKey,
    WithinKey,
)


def passed_by_public_cases(answer_key: AnswerKey, probe_keys: Mapping[str, str]) -> list[str]:
    """Checks that can be passed with what the public cases say, in words.

    Args:
        probe_keys: what is asked, by the ids of the probes: equal inputs have equal keys.
    """
    return [
        f"{key.check} ({question.id}): {what}"
        for question in answer_key.questions
        for key in question.checks
        if isinstance(key, (ReturnsKey, WithinKey)) and not getattr(key, "reading", False)
        for what in _given_away(question.id, key, probe_keys)
    ]


def _given_away(
    question: str, key: ReturnsKey | WithinKey, probe_keys: Mapping[str, str]
) -> Iterator[str]:
    cases: tuple[Expectation | Interval, ...] = key.cases
    public = {probe_keys[case.probe]: case for case in cases if case.public}
    hidden = [case for case in cases if not case.public]
    if not hidden:
        yield "all cases are public, with what is expected: add one that is hidden"
        return
    for case in hidden:
        twin = public.get(probe_keys[case.probe])
        if twin is not None:
            yield f"the hidden case {case.case!r} asks what the public case {twin.case!r} asks"
    if isinstance(key, ReturnsKey):
        for case in key.cases:
            if case.public:
                answers = {each.probe: case.want for each in key.cases}
                if verdict_on(question, key, answers).credit == 1:
                    yield f"who always answers what the public case {case.case!r} expects passes"
