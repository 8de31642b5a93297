"""What an answer itself gives away, without knowing which mistake was made: whole numbers, one and
the same answer, an argument that makes no difference, right for one example only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from grader.judge.cases import Case, Diagnosis
from grader.judge.parts import Part, Parts
from grader.records.values import Array, Value, arrays_in


@dataclass(frozen=True)
class Clues:
    """What is known besides the values.

    Attributes:
        ignored: arguments that make no difference to the answer, where they should.
        biases: those of them that are a bias.
        unused: parameters that the code of the student's function never looks at.
        reads: variables of the notebook that it reads.
        printed: what it printed in the first case.
    """

    ignored: tuple[str, ...] = ()
    biases: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    printed: str = ""


def cut_to_integers(parts: Parts) -> Diagnosis | None:
    """The right values without what is behind the point; or whole numbers where only whole numbers
    went in, and right values elsewhere."""
    every = [part for of_path in parts.values() for part in of_path]
    wrong = [part for part in every if not part.is_right]
    if not wrong or not all(_is_whole(part) for part in wrong):
        return None
    rounded = any(
        all(np.array_equal(part.got, cut(part.want)) for part in wrong)
        for cut in (np.trunc, np.floor, np.rint, np.ceil)
    )
    numbers = sum(part.got.size for part in wrong)
    if rounded and numbers > 1:
        return Diagnosis("cut-to-integers", "gives the expected values cut to whole numbers")
    cases = max(map(len, parts.values()))
    amiss = max(sum(not part.is_right for part in of_path) for of_path in parts.values())
    if cases - amiss >= 2 * amiss and any(len(np.unique(part.got)) > 1 for part in wrong):
        return Diagnosis("cut-to-integers", "gives whole numbers where that is wrong")
    return None


def _is_whole(part: Part) -> bool:
    """Whether whole numbers came where others were expected."""
    fits = part.got.shape == part.want.shape and bool(np.isfinite(part.got).all())
    return fits and np.array_equal(part.got, np.rint(part.got)) and bool((part.want % 1).any())


def for_shown_case(cases: Sequence[Case]) -> Diagnosis | None:
    """Right where everybody sees the numbers, one and the same elsewhere."""
    shown = [case for case in cases if case.expectation.public]
    hidden = [case for case in cases if not case.expectation.public]
    amiss = [case for case in hidden if not case.compared.is_right]
    if not shown or len(amiss) < 2 or not all(case.compared.is_right for case in shown):
        return None
    numbers = {_only_number(case.got) for case in amiss}
    if len(numbers) != 1 or None in numbers:
        return None
    (number,) = numbers
    words = f"gives the right answer to the case that everybody sees, and {number:.6g} elsewhere"
    return Diagnosis("hard-coded", words)


def _only_number(value: Value) -> float | None:
    """The number that a value consists of, if there is only one."""
    arrays = [array.data for array in arrays_in(value)]
    if not arrays or not all(array.size and array.dtype.kind in "biuf" for array in arrays):
        return None
    numbers = np.unique(np.concatenate([array.ravel().astype(float) for array in arrays]))
    return float(numbers[0]) if numbers.size == 1 and np.isfinite(numbers[0]) else None


def of_notebook(found: Diagnosis, clues: Clues) -> Diagnosis:
    """The same; or that it reads a variable of the notebook in the place of its arguments."""
    if found.slug == "hard-coded" and clues.reads:
        read = " and ".join(clues.reads[:3])
        words = f"{found.words}, and reads the notebook's {read}"
        return Diagnosis("uses-globals", words)
    if found.slug in ("ignores-argument", "forgot-bias"):
        return _instead(clues) or found
    return found


def of_arguments(clues: Clues) -> Diagnosis | None:
    """An argument that makes no difference; or a variable of the notebook in its place."""
    instead = _instead(clues)
    if instead is not None or not clues.ignored:
        return instead
    names = " and ".join(clues.ignored)
    if set(clues.ignored) <= set(clues.biases):
        return Diagnosis("forgot-bias", f"gives the same whatever {names} is")
    words = f"gives the same whatever {names} {'is' if len(clues.ignored) == 1 else 'are'}"
    hint = f"Does the function look at {names}? The answer has to change with it."
    return Diagnosis("ignores-argument", words, hint=hint)


def _instead(clues: Clues) -> Diagnosis | None:
    for name in (*clues.ignored, *clues.unused):
        for read in clues.reads:
            one, other = name.casefold(), read.casefold()
            if one.startswith(other) or other.startswith(one):
                words = f"reads the notebook's {read}, and does not look at its argument {name}"
                return Diagnosis("uses-globals", words)
    return None


def only_for_one_example(cases: Sequence[Case]) -> bool:
    """Whether it is right where there is one example, and only there."""
    if any(case.expectation.size is None or _is_for_each(case) for case in cases):
        return False
    ones = [case for case in cases if case.expectation.size == 1]
    more = [case for case in cases if case.expectation.size != 1 and _is_telling(case)]
    right = all(case.compared.is_right for case in ones) and bool(ones)
    wrong = not any(case.compared.is_right for case in more)
    return right and wrong and len(more) >= 2


def _is_for_each(case: Case) -> bool:
    """Whether the right answer has an entry for each example, or what was taken for examples are
    the entries of one vector."""
    size = case.expectation.size or 1
    return size > 1 and any(size in array.data.shape for array in arrays_in(case.expectation.want))


def _is_telling(case: Case) -> bool:
    return any(array.data.any() for array in arrays_in(case.expectation.want))


def is_same(one: Value, other: Value) -> bool:
    """Whether two answers are the same to the last bit, and say something."""
    mine, theirs = list(arrays_in(one)), list(arrays_in(other))
    if not mine or len(mine) != len(theirs):
        return False
    return all(_is_same_array(a, b) for a, b in zip(mine, theirs))  # noqa: B905 (3.10)


def _is_same_array(one: Array, other: Array) -> bool:
    return bool(np.isfinite(one.data).all()) and np.array_equal(one.data, other.data)
