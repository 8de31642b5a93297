"""What a wrong answer is called: the simplest mistake that explains every case.

The author's mistakes come first, then transforms of the right answer, then mechanical mistakes,
then what the answer gives away by itself; two at once are tried when none of these explains it
alone. What holds in every case and tells the answer from the right one is named, and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from grader.judge.cases import Case, Diagnosis
from grader.judge.compare import Rule, compare, resembles
from grader.judge.mechanical import double, in_common, is_finite, seen, single
from grader.judge.parts import parts_of
from grader.judge.shapes import Misfit, pairs
from grader.judge.telltale import (
    Clues,
    cut_to_integers,
    for_shown_case,
    of_arguments,
    of_notebook,
    only_for_one_example,
)
from grader.judge.transforms import swapped, transformed
from grader.judge.twice import twice_transformed
from grader.records.answer_key import KnownMistake, MechanicalMistakes
from grader.records.values import Value

__all__ = ["Case", "Clues", "Diagnosis", "diagnose"]

_NO_CLUES = Clues()


def diagnose(
    cases: Sequence[Case],
    mistakes: Sequence[KnownMistake],
    rule: Rule,
    mechanical: MechanicalMistakes | None = None,
    clues: Clues = _NO_CLUES,
) -> Diagnosis | None:
    """The simplest mistake that explains every case, or None.

    Args:
        cases: at least one of them is wrong.
        mistakes: the author's.
        mechanical: those that the grader made of the reference.
    """
    for place, mistake in enumerate(mistakes):
        if _is_mistake(cases, place, rule):
            return Diagnosis(mistake.slug, "gives what this known mistake gives", mistake)
    parts = parts_of(cases, rule)
    came = seen(cases, rule)
    found = swapped(cases, rule)  # before the misfits: outputs of two shapes, swapped, misfit too
    if found is None and parts is not None:
        found = transformed(parts)
    if found is None and came is not None and mechanical is not None:
        found = single(came, cases, mechanical)
    if found is None and parts is not None:
        found = cut_to_integers(parts)
    found = found or for_shown_case(cases)
    if found is not None:
        return of_notebook(found, clues)
    two = [] if came is None else double(came, cases, mistakes, mechanical, rule)
    twice = None if parts is None else twice_transformed(parts)
    found = in_common(two if twice is None else [*two, twice])
    found = found or of_arguments(clues) or _broadcast(cases, rule)
    if found is None and only_for_one_example(cases):
        words = "is right where there is one example, and only there"
        found = Diagnosis("only-for-one-example", words)
    return found or _miscounted(cases, rule) or _misfit(cases, clues)


def _is_mistake(cases: Sequence[Case], place: int, rule: Rule) -> bool:
    tells = 0
    loose = replace(rule, shape="squeeze")
    for case in cases:
        expected = case.expectation
        mistaken = expected.mistakes[place]
        if mistaken is None:  # it raises or diverges here: then so would the answer
            if not case.compared.is_right and is_finite(case.got):
                return False
            continue
        if not resembles(mistaken, case.got, expected.scale, rule):
            return False
        told = compare(expected.want, mistaken, expected.scale, rule)
        # right numbers in a wrong shape: another wrong shape is another mistake
        only_shape = compare(expected.want, mistaken, expected.scale, loose).is_right
        if not told.is_right and only_shape and not _has_shape_of(mistaken, case.got):
            return False
        tells += not told.is_right and not case.compared.is_right
    return tells > 0


def _has_shape_of(target: Value, got: Value) -> bool:
    laid = pairs(target, got, target, "exact")
    return not any(isinstance(pair, Misfit) for pair in laid)


def _broadcast(cases: Sequence[Case], rule: Rule) -> Diagnosis | None:
    """Wherever it is wrong a square (m, m) came instead of m numbers, or of one."""
    words = ""
    for case in cases:
        if case.compared.is_right:
            continue
        expected = case.expectation
        laid = pairs(expected.want, case.got, expected.scale, rule.shape, rule.ignore)
        misfits = [pair for pair in laid if isinstance(pair, Misfit)]
        if not misfits or not all(_is_square(misfit, expected.size) for misfit in misfits):
            return None
        words = words or misfits[0].words
    return Diagnosis("broadcasting", f"gives a matrix: {words}")


def _is_square(misfit: Misfit, m: int | None) -> bool:
    if misfit.want is None or misfit.got is None or misfit.want.size >= misfit.got.size:
        return False
    sides = {max(misfit.want.shape, default=1), m or 1} - {1}
    return misfit.got.shape in {(side, side) for side in sides}


_MISCOUNTED = {-1: "one entry too few", 1: "one entry too many"}


def _miscounted(cases: Sequence[Case], rule: Rule) -> Diagnosis | None:
    """Lists of several lengths that are all one entry too long, or too short; and besides something
    is wrong with what is in them."""
    off: set[int] = set()
    lengths: set[int] = set()
    for case in cases:
        expected = case.expectation
        laid = pairs(expected.want, case.got, expected.scale, rule.shape, rule.ignore)
        for pair in laid:
            if not isinstance(pair, Misfit):
                continue
            if pair.want is None or pair.got is None or not pair.want.ndim == pair.got.ndim == 1:
                return None
            off.add(pair.got.size - pair.want.size)
            lengths.add(pair.want.size)
    if len(off) != 1 or len(lengths) < 2 or not off <= _MISCOUNTED.keys():
        return None
    words = f"gives {_MISCOUNTED[off.pop()]} in every case; what is in them is wrong, too"
    return Diagnosis("wrong-iteration-count", words)


def _misfit(cases: Sequence[Case], clues: Clues) -> Diagnosis | None:
    """Wherever it is wrong it does not fit, for the same reason."""
    wrong = [case for case in cases if not case.compared.is_right]
    misfits = [case.compared.misfit for case in wrong]
    first = misfits[0]
    if first is None or any(other is None or other.slug != first.slug for other in misfits):
        return None
    words = f"does not fit in the case {wrong[0].expectation.case!r}: {first.words}"
    if first.slug == "none-returned" and clues.printed.strip():
        words += f"; what it prints is {_shortened(clues.printed)!r}"
    return Diagnosis(first.slug, words)


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:57]}..."
