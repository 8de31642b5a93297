"""Plans the count of instructions at two sizes."""

from __future__ import annotations

from grader.questions.declare import Case, Vectorised
from grader.questions.draft import Draft
from grader.questions.expected import decimal, expectation_of
from grader.records.answer_key import CheckKey, VectorisedKey


def plan_vectorised(check: Vectorised, draft: Draft) -> CheckKey | None:
    if draft.public_only:
        return None
    expectations = []
    for m in check.sizes:
        case = Case(f"m = {m}", lambda rng, m=m: check.make(rng, m), size=m)  # type: ignore[misc]
        drawn = draft.draw(case)
        expectations.append(
            expectation_of(draft, check.name, check.reference, drawn, (), None, count_work=True)
        )
    small, large = expectations
    return VectorisedKey(
        check.name, small, large, check.rtol, check.atol, check.shape, decimal(check.weight)
    )
