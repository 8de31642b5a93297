"""Plans the count of instructions at two sizes."""

from __future__ import annotations

from grader.questions.declare import Case, Vectorised
from grader.questions.draft import Draft
from grader.questions.expected import decimal, expectation_of
from grader.records.answer_key import CheckKey, VectorisedKey


def plan_vectorised(check: Vectorised, draft: Draft) -> CheckKey | None:
    if draft.public_only:
        return None
    small, large = (
        expectation_of(
            draft, check.name, check.reference, draft.draw(case), (), None, count_work=True
        )
        for case in sized_cases(check)
    )
    return VectorisedKey(
        check.name, small, large, check.rtol, check.atol, check.shape, decimal(check.weight)
    )


def sized_cases(check: Vectorised) -> list[Case]:
    """The same inputs at the two sizes."""
    return [
        Case(f"m = {m}", lambda rng, m=m: check.make(rng, m), size=m)  # type: ignore[misc]
        for m in check.sizes
    ]
