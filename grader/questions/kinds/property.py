"""Plans what is true of a right answer, told by a function of the author's."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

from grader.errors import GraderError
from grader.judge import Holds
from grader.questions.cases import Drawn, shown
from grader.questions.declare import Property
from grader.questions.draft import Draft, at
from grader.questions.expected import decimal
from grader.questions.scale import quiet
from grader.questions.source import source_digest
from grader.records.answer_key import CheckKey, PropertyCase, PropertyKey


def plan_property(check: Property, draft: Draft) -> CheckKey | None:
    cases = []
    for drawn in draft.draws(check.cases):
        _refuse_misfit(check.holds, drawn, draft)
        arguments, keywords = drawn.for_probe()
        cases.append(
            PropertyCase(
                probe=draft.call(check.name, drawn),
                case=drawn.case.name,
                arguments=arguments,
                keywords=keywords,
                inputs=shown(_names(check.holds), drawn.args, drawn.case.kwargs),
                public=drawn.case.public,
            )
        )
    if not cases:
        return None
    return PropertyKey(
        check=check.name,
        cases=tuple(cases),
        place=draft.place,
        source=source_digest(check.holds),
        says=check.says,
        weight=decimal(check.weight),
    )


def holds_of(check: Property) -> Holds:
    """The function as the judge gets it: without warnings, and with the same random numbers at
    each call."""

    @wraps(check.holds)
    def quietly(*args: Any, **kwargs: Any) -> object:
        with quiet():
            return check.holds(*args, **kwargs)

    return Holds(source_digest(check.holds), quietly)


def _names(holds: Callable[..., Any]) -> list[str]:
    """Of the arguments after the answer."""
    parameters = list(inspect.signature(holds).parameters.values())
    by_place = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [each.name for each in parameters if each.kind in by_place][1:]


def _refuse_misfit(holds: Callable[..., Any], drawn: Drawn, draft: Draft) -> None:
    """Refuse a property that does not take the answer and the arguments of the case."""
    signature = inspect.signature(holds)
    try:
        signature.bind(None, *drawn.args, **drawn.case.kwargs)
    except TypeError as error:
        raise GraderError(
            f"the property takes {signature}, and is called with the answer and the "
            f"{len(drawn.args)} arguments of the case: {error}",
            at=at(draft, drawn),
            fix="write def holds(result, x, y): ..., or def holds(result, *arguments): ...",
        ) from error
