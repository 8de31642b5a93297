"""How every kind of check makes a verdict, and what is said where nothing has come back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from grader.judge.mistakes import hint_for
from grader.records.answer_key import CheckKey, KnownMistake
from grader.records.evidence import CellRun, Evidence, Outcome
from grader.records.values import with_article
from grader.records.verdicts import Verdict

RIGHT = Decimal(1)
WRONG = Decimal(0)

_NOT_ASKED = Outcome("", "not-run", error="it was not asked")


def right(
    question: str,
    key: CheckKey,
    reason: str,
    *,
    error: float | None = None,
    remarks: Sequence[str] = (),
    doubt: str = "",
) -> Verdict:
    """Full credit.

    Args:
        error: over tolerance, if there is such a number.
    """
    return Verdict(
        question=question,
        check=key.check,
        credit=RIGHT,
        reason=reason,
        error_over_tolerance=error,
        weight=key.weight,
        doubt=doubt,
        remarks=tuple(remarks),
    )


def wrong(
    question: str,
    key: CheckKey,
    reason: str,
    mistake: KnownMistake | str | None = None,
    *,
    hint: str = "",
    error: float | None = None,
    remarks: Sequence[str] = (),
    flags: tuple[str, ...] = (),
    doubt: str = "",
) -> Verdict:
    """No credit, but what a known mistake still earns.

    Args:
        mistake: a known one, which has a hint of its own; or the slug of one that everyone knows.
        hint: with such a slug, instead of its usual hint.
        error: over tolerance, if there is such a number.
    """
    known = mistake if isinstance(mistake, KnownMistake) else None
    slug = mistake.slug if isinstance(mistake, KnownMistake) else mistake
    return Verdict(
        question=question,
        check=key.check,
        credit=WRONG if known is None else known.credit,
        reason=reason,
        mistake=slug,
        hint=hint_for(slug, hint if known is None else known.hint),
        error_over_tolerance=error,
        weight=key.weight,
        doubt=doubt,
        remarks=tuple(remarks),
        flags=flags,
    )


def outcome_of(evidence: Evidence, probe: str) -> Outcome:
    """The outcome of a probe; one that says so where there is none."""
    return evidence.outcomes.get(probe, _NOT_ASKED)


def without_value(
    question: str,
    key: CheckKey,
    outcome: Outcome,
    cells: Sequence[CellRun],
    *,
    case: str = "",
    name: str = "",
) -> Verdict:
    """The verdict on an outcome that is not `returned`.

    Args:
        cells: of the run, for where it comes from.
        name: of the variable that was read, where the check looks at several.
    """
    absence = absence_of(name or key.check, outcome, cells, case=case)
    return wrong(
        question,
        key,
        absence.reason,
        absence.slug,
        hint=absence.hint,
        flags=absence.flags,
        doubt=absence.doubt,
    )


@dataclass(frozen=True)
class Absence:
    """Why there is no value to judge; the fields are those of the verdict on it."""

    reason: str
    slug: str | None
    hint: str
    flags: tuple[str, ...]
    doubt: str


_ON_ERRORS = {
    "NameError": "It uses a name that nothing has defined: is it spelled right, and defined above?",
}
"""What to tell a student of an error by its name, where there is something better than to try."""


def absence_of(name: str, outcome: Outcome, cells: Sequence[CellRun], *, case: str = "") -> Absence:
    """Why the function or variable `name` has given no value. The outcome is not `returned`."""
    why = _what_stopped(outcome.stopped, cells)
    where = f" in the case {case!r}" if case else ""
    slug: str | None
    flags: tuple[str, ...] = ()
    doubt = ""
    hint = ""
    if outcome.status == "missing":
        slug, reason = "missing", f"{name} is not defined in the notebook{why or '.'}"
        hint = (
            "Mend that cell first, and run the notebook from top to bottom."
            if why
            else _left_to_write(name, cells)
        )
    elif outcome.status == "not-callable":
        slug, reason = "missing", f"{name} is {with_article(outcome.error)}, not a function."
    elif outcome.status == "raised":
        at = f" ({outcome.where})" if outcome.where else ""
        slug, reason = "raised", f"{name} raised {outcome.error}{at}{where}{why or '.'}"
        hint = next(
            (said for error, said in _ON_ERRORS.items() if outcome.error.startswith(error)), ""
        )
        if outcome.error.startswith("NotImplementedError"):
            reason = f"{name} is not written yet."
            hint = "Replace the line `raise NotImplementedError()` by your own."
    elif outcome.status == "timeout":
        slug, reason = "timeout", f"{name} gave no answer within the time limit{where}."
        flags = (f"timeout:{name}",)
    elif outcome.status == "died":
        slug, reason = "ended-the-process", f"{name}: {outcome.error}{where}."
        flags = (f"exited:{name}",)
    elif outcome.status == "memory":
        slug, reason = "out-of-memory", f"{name} ran out of memory{where}."
        flags = (f"memory:{name}",)
    elif outcome.status == "too-large":
        slug, reason = "too-large", f"{name} returned a far too large result: {outcome.error}."
    elif outcome.status == "not-asked":
        slug, reason = "not-asked", f"{name} could not be asked: {outcome.error}."
    else:
        slug, reason = None, f"{name} could not be looked at: {outcome.error}."
        doubt = reason
    return Absence(reason, slug, hint_for(slug, hint), flags, doubt)


def _left_to_write(name: str, cells: Sequence[CellRun]) -> str:
    """Where `name` may have to be written; "" if no cell waits to be."""
    numbers = [str(cell.number) for cell in cells if cell.error.startswith("NotImplementedError")]
    if not numbers:
        return ""
    which = f"Cell {numbers[0]} is" if len(numbers) == 1 else f"Cells {', '.join(numbers)} are"
    return (
        f"{which} not written yet: replace `raise NotImplementedError()` by your own lines, and "
        f"define {name} under exactly this name."
    )


def _what_stopped(numbers: tuple[int, ...], cells: Sequence[CellRun]) -> str:
    """`: cell 5, which would define it, stopped with NameError: name 'x' is not defined. ...`"""
    runs = [cells[number - 1] for number in numbers]
    if not runs:
        return ""
    first, *others = runs
    said = f": cell {first.number}, which would define it, {what_became_of(first)}."
    for other in others:
        said += f" What it lacks would come from cell {other.number}, which "
        said += f"{what_became_of(other)}."
    return said


def what_became_of(cell: CellRun) -> str:
    """Of a cell that stopped: `stopped with NameError: name 'x' is not defined`."""
    words = {
        "timeout": "ran longer than the limit",
        "died": "ended the Python process",
        "memory": "needed more memory than there is",
        "not-run": "was not run any more",
        "skipped": "was left out",
    }
    said = " ".join(cell.error.split()).rstrip(".")
    return words.get(cell.status) or f"stopped with {said or 'an error'}"


def remarks_on(outcomes: list[Outcome], check: str) -> tuple[str, ...]:
    """What is true of how a function did it, without effect on the credit."""
    remarks = []
    changed = sorted({place + 1 for outcome in outcomes for place in outcome.mutated})
    if changed:
        places = " and ".join(str(place) for place in changed)
        remarks.append(f"it changes its argument {places} in place")
    if any(f"shadowed:{check}" in outcome.remarks for outcome in outcomes):
        remarks.append(f"the name {check} is given to something else later in the notebook")
    read = named_in(outcomes, "global")
    if read:
        names = " and ".join(read)
        remarks.append(f"it reads the notebook's {names}, not its arguments alone")
    return tuple(remarks)


def named_in(outcomes: Sequence[Outcome], kind: str) -> tuple[str, ...]:
    """The names in remarks of the runner's such as `global:x_train`, in order."""
    found = (remark.partition(":") for outcome in outcomes for remark in outcome.remarks)
    return tuple(dict.fromkeys(name for first, _, name in found if first == kind))
