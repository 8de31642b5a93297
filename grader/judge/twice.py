"""Two transforms of the right answer at once: minus m times, half the transpose; or one of some
values and another of the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import numpy as np

from grader.judge.cases import Diagnosis
from grader.judge.compare import RECOGNISED
from grader.judge.mistakes import hint_for_all
from grader.judge.parts import Part, Parts
from grader.judge.shapes import named
from grader.judge.transforms import by_part, constant_factor, listed, once, shown_sizes, told


def twice_transformed(parts: Parts) -> Diagnosis | None:
    """Two transforms at once: of every part, or one of some parts and one of the others."""
    found = by_part(parts, lambda part: once(part) or _twice(part))
    different = [each for each in dict.fromkeys(found.values()) if each is not None]
    if not different or None in found.values():
        return None
    if len(different) == 1:
        return told(different[0], found, parts)
    first, *others = dict.fromkeys(slug for each in different for slug in each.slugs)
    said = [
        f"{listed([named(path) for path, it in found.items() if it == each])}: {each.words}"
        for each in different
    ]
    if len(others) > 1:
        return None
    hint = hint_for_all((first, *others))
    return Diagnosis(first, f"gives {'; '.join(said)}", hint=hint, others=tuple(others))


def _twice(parts: list[Part]) -> Diagnosis | None:
    """Two transforms of a part at once. Where several pairs fit, what they have in common."""
    if not all(np.isfinite(part.got).all() for part in parts):
        return None
    found = list(_products(parts))
    if not found:
        return None
    common = [slug for slug in found[0].slugs if all(slug in each.slugs for each in found)]
    if not common:
        return None
    hint = hint_for_all(common)
    return replace(found[0], slug=common[0], hint=hint, others=tuple(common[1:]))


def _products(parts: list[Part]) -> Iterator[Diagnosis]:
    by_sign = {1: (), -1: ("sign-flipped",)}
    by_two = {0: (), 1: ("factor-2",), -1: ("factor-2",)}
    by_m = {0: (), 1: ("missing-1-over-m",), -1: ("extra-1-over-m",)}
    by_n = {0: (), 1: ("factor-n",), -1: ("factor-n",)}
    sizes = [(part.sizes[0] or np.nan, part.features or np.nan) for part in parts]
    for m, n, two, sign in product(by_m, by_n, by_two, by_sign):
        slugs = (*by_n[n], *by_m[m], *by_two[two], *by_sign[sign])
        if len(slugs) != 2:
            continue
        factors = [sign * 2.0**two * float(each[0]) ** m * float(each[1]) ** n for each in sizes]
        pairs_of = list(zip(parts, factors))  # noqa: B905 (3.10)
        if all(
            part.is_close_to(f * part.want if part.want.any() else part.want)
            for part, f in pairs_of
        ):
            words = f"{_product(sign, two, m, n)} times the expected value"
            yield Diagnosis(slugs[0], words, others=slugs[1:])
    for factor, slug, words in (
        (-1.0, "sign-flipped", "minus"),
        (2.0, "factor-2", "twice"),
        (0.5, "factor-2", "half"),
    ):
        if all(part.want.ndim == 2 and part.is_close_to(factor * part.want.T) for part in parts):
            yield Diagnosis(
                "transposed", f"{words} the transpose of the expected value", others=(slug,)
            )
    if all(part.sizes[0] for part in parts):
        yield from _with_constant(parts)


def _with_constant(parts: list[Part]) -> Iterator[Diagnosis]:
    """A constant that is neither 1 nor 2 nor 1/2, and m or 1/m."""
    for power, slug, words in ((1, "missing-1-over-m", "m"), (-1, "extra-1-over-m", "1/m")):
        constant = constant_factor(
            [part.times(float(part.sizes[0] or 1) ** power) for part in parts]
        )
        if constant is None or _is_one_or_two(constant):
            continue
        shown = [m for m in shown_sizes(parts) if _is_one_or_two(constant * m)]
        if power == 1 and shown:  # divided by the m that everybody sees, and some slip besides
            other = "sign-flipped" if abs(abs(constant * shown[0]) - 1) < RECOGNISED else "factor-2"
            words = f"{constant * shown[0]:.6g} m/{shown[0]}"
            slug, others = "hard-coded", (other,)
        else:
            words, others = f"{constant:.6g} {words}", ("constant-factor",)
        yield Diagnosis(slug, f"{words} times the expected value", others=others)


def _is_one_or_two(factor: float) -> bool:
    return bool(np.isclose(abs(factor), (0.5, 1, 2), rtol=RECOGNISED).any())


def _product(sign: int, two: int, m: int, n: int) -> str:
    """`-2`, `m/2`, `2m`, `-1/m`, `m/n`."""
    above = ["2"] * (two > 0) + ["m"] * (m > 0) + ["n"] * (n > 0)
    below = ["2"] * (two < 0) + ["m"] * (m < 0) + ["n"] * (n < 0)
    over = "".join(below) if len(below) < 2 else f"({''.join(below)})"
    said = "".join(above) or "1"
    return f"{'-' if sign < 0 else ''}{said}{'/' if below else ''}{over}"
