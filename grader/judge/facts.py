"""What is true of a wrong answer that has no name: its shape, which of it is right, how far it
agrees, whether it is too large."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.judge.cases import Case
from grader.judge.parts import Part, Parts
from grader.judge.shapes import named

FEW = 3
"""So many cases are named."""


def facts(cases: Sequence[Case], parts: Parts | None) -> str:
    """One sentence about an answer that is wrong in some case; empty if there is nothing to say."""
    if parts is None or any(case.compared.misfit is not None for case in cases):
        return ""
    said: list[str] = []
    right = [case.expectation.case for case in cases if case.compared.is_right]
    if 0 < len(right) <= FEW and len(right) < len(cases) - len(right):
        said.append(f"it is right in the case{'s' * (len(right) > 1)} {_joined(right)}")
    wrong = {
        path: of_path for path, of_path in parts.items() if not all(p.is_right for p in of_path)
    }
    if len(wrong) < len(parts):
        fine = [named(path) for path in parts if path not in wrong]
        said.append(f"{_joined(fine)} {'is' if len(fine) == 1 else 'are'} right")
    amiss = [part for of_path in wrong.values() for part in of_path if not part.is_right]
    said.append(_how_far(amiss))
    said = [each for each in said if each]
    if not said and any(part.want.ndim for part in amiss):
        said.append("its shape is right, its numbers are not")
    sentence = "; ".join(said)
    return f"{sentence[0].upper()}{sentence[1:]}." if sentence else ""


def _how_far(amiss: Sequence[Part]) -> str:
    """How wrong parts differ from what was expected, where that is the same in all of them."""
    where = _only_wrong_at(amiss)
    if where:
        return where
    off = [
        float(np.max(np.abs(p.got - p.want), initial=0.0) / np.max(np.abs(p.want), initial=1e-300))
        for p in amiss
    ]
    digits = int(np.floor(-np.log10(max(off)))) if np.isfinite(max(off)) and max(off) > 0 else 0
    if digits >= 2:
        return f"it agrees with what was expected to {digits} digits"
    signs = {float(sign) for part in amiss for sign in np.unique(np.sign(part.got - part.want))}
    if len(amiss) > 1 and signs in ({1.0}, {-1.0}):
        return f"it is too {'large' if signs == {1.0} else 'small'} in every case that is wrong"
    return ""


def _only_wrong_at(amiss: Sequence[Part]) -> str:
    """`all of it is right but the last number`."""
    lines = [part for part in amiss if part.want.ndim == 1 and part.want.size > 2]
    if len(lines) != len(amiss):
        return ""
    for place, name in ((0, "first"), (-1, "last")):
        if all(_is_right_without(part, place) for part in lines):
            return f"all of it is right but the {name} number"
    return ""


def _is_right_without(part: Part, place: int) -> bool:
    others = np.delete(np.arange(part.want.size), place)
    off = np.abs(part.got - part.want)[others]
    return bool((off <= part.rtol * np.maximum(part.scale, np.abs(part.want))[others]).all())


def _joined(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
