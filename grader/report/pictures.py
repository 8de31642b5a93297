"""The pictures of a finding: where an array differs, a training run, a slope."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from grader.records.findings import Case, Curve, Difference, Finding, Tangent
from grader.report.svg import DASHED, THICK, in_digits, line, polyline, svg, text

if TYPE_CHECKING:
    from grader.records.values import Numbers

WIDTH, HEIGHT = 440, 250
LEFT, RIGHT, TOP, BOTTOM = 74, 428, 34, 206
"""Of the axes, in units of the picture."""

MOST_POINTS = 150  # of a curve
DECADES = 50.0
"""An objective that falls by more than this factor is drawn on a logarithmic scale."""


@dataclass(frozen=True)
class Picture:
    """`svg` is trusted: made here, of numbers."""

    svg: str
    caption: str
    is_small: bool = False


def pictures_of(finding: Finding) -> list[Picture]:
    """Those of curves and slopes. Pictures of arrays stand with their case."""
    found = [curve_picture(curve) for curve in finding.curves]
    found += [tangent_picture(tangent) for tangent in finding.tangents]
    return [each for each in found if each is not None]


def difference_pictures(case: Case) -> list[Picture]:
    """Where each array of the answer differs."""
    return [difference_picture(each) for each in case.differences]


def difference_picture(difference: Difference) -> Picture:
    """A field for each element: filled where it is off by more than is tolerated."""
    rows, columns = difference.wrong.shape
    side = min(22.0, 320 / columns, 220 / rows)
    width, height = columns * side + 2, rows * side + 2
    drawn = [
        f'<rect x="1" y="1" width="{columns * side:.1f}" height="{rows * side:.1f}" '
        'fill="var(--raised)" stroke="var(--soft)"/>'
    ]
    for row, values in enumerate(difference.wrong.tolist()):
        for share, start, count in _runs(values):
            if share:
                opacity = "" if share == 1 else f' fill-opacity="{0.3 + 0.5 * share:.2f}"'
                drawn.append(
                    f'<rect x="{1 + start * side:.1f}" y="{1 + row * side:.1f}" '
                    f'width="{count * side:.1f}" height="{side:.1f}" fill="var(--wrong)"{opacity}/>'
                )
    drawn += [line(1 + k * side, 1, 1 + k * side, height - 1, colour="soft")
              for k in range(1, columns) if side > 8]  # fmt: skip
    drawn += [line(1, 1 + k * side, width - 1, 1 + k * side, colour="soft")
              for k in range(1, rows) if side > 8]  # fmt: skip
    said = difference_in_words(difference)
    return Picture(
        svg(round(width), round(height), drawn, says=said, is_small=True), said, is_small=True
    )


def difference_in_words(difference: Difference) -> str:
    """Such as "2 of 6 elements are off (filled). Most of all [1, 0]: expected 2, got 7."."""
    total = 1
    for length in difference.shape:
        total *= length
    part = difference.part[:1].upper() + difference.part[1:]
    whose = f"{part}: " if part else ""
    verb = "is" if difference.count == 1 else "are"
    place = ", ".join(map(str, difference.worst))
    return (
        f"{whose}{difference.count} of {total} elements {verb} off (filled). "
        f"Most of all [{place}]: expected {difference.expected}, got {difference.got}."
    )


def _runs(values: list[float]) -> Iterator[tuple[float, int, int]]:
    """Equal neighbours: the value, where they start, how many."""
    start = 0
    for value, same in groupby(values):
        count = len(list(same))
        yield value, start, count
        start += count


def curve_picture(curve: Curve) -> Picture | None:
    """The student's objective before each step, the reference's dashed; None if there is nothing
    finite to draw."""
    import numpy as np

    lines = [("yours", "after", THICK, curve.own), ("reference", "soft", DASHED, curve.reference)]
    there = np.concatenate([each[np.isfinite(each)] for *_, each in lines])
    if not there.size or not np.isfinite(curve.own).any():
        return None
    low, high = float(there.min()), float(there.max())
    is_log = low > 0 and high / low > DECADES
    y_of = _scale(low, high, is_log=is_log)
    longest = max(len(curve.own), len(curve.reference))
    drawn = _axes(low, high, is_log=is_log)
    drawn += [
        text(LEFT, BOTTOM + 18, "0"),
        text(RIGHT, BOTTOM + 18, str(longest - 1), "end"),
        text((LEFT + RIGHT) / 2, BOTTOM + 36, "step"),
        text(4, 18, f"objective{', logarithmic' if is_log else ''}", "start"),
    ]
    for place, (label, colour, style, values) in enumerate(lines):
        if not len(values):
            continue
        points = [
            (LEFT + (RIGHT - LEFT) * k / max(1, longest - 1), y_of(float(values[k])))
            for k in _chosen(len(values))
            if np.isfinite(values[k])
        ]
        drawn.append(polyline(points, colour, style))
        drawn += _legend(place, label, colour, style)
    said = f"{_run_in_words('Your run', curve.own)}."
    if len(curve.reference):
        said += f" {_run_in_words('The reference', curve.reference)}."
    caption = f"The training run of {curve.name}: the objective before each step. {said}"
    return Picture(svg(WIDTH, HEIGHT, drawn, says=caption), caption)


def _run_in_words(who: str, values: Numbers) -> str:
    import numpy as np

    finite = np.isfinite(values)
    first, last = in_digits(float(values[0])), in_digits(float(values[-1]))
    said = f"{who}: {len(values)} steps, from {first} to {last}"
    return said if finite.all() else f"{said}, not finite from step {int(np.argmin(finite))} on"


def _chosen(count: int) -> list[int]:
    """Places of a curve to draw: all, or evenly chosen with the first and the last."""
    if count <= MOST_POINTS:
        return list(range(count))
    return sorted({round(k * (count - 1) / (MOST_POINTS - 1)) for k in range(MOST_POINTS)})


def tangent_picture(tangent: Tangent) -> Picture | None:
    """The own loss along a line, and beside it the slope that was answered."""
    import numpy as np

    middle = float(np.mean(tangent.losses))
    reach = np.array([-1.0, 1.0]) * tangent.step
    answered = middle + tangent.answered * reach
    measured = middle + tangent.measured * reach
    values = np.concatenate([tangent.losses, answered, measured])
    if not np.isfinite(values).all():
        return None
    low, high = float(values.min()), float(values.max())
    y_of = _scale(low, high, is_log=False)

    def x_of(t: float) -> float:
        return LEFT + (RIGHT - LEFT) * (0.06 + 0.88 * (t + 1) / 2)

    drawn = [*_axes(low, high, is_log=False, digits=5)]
    ends = (x_of(-1), x_of(1))
    lines = (
        (f"own {tangent.loss}: {in_digits(tangent.measured)}", "after", THICK, measured),
        (f"answered: {in_digits(tangent.answered)}", "wrong", DASHED, answered),
    )
    for place, (label, colour, style, heights) in enumerate(lines):
        ys = [y_of(float(value)) for value in heights]
        drawn.append(polyline(list(zip(ends, ys, strict=True)), colour, style))
        drawn += _legend(place, label, colour, style)
    for t, loss in zip(tangent.at.tolist(), tangent.losses.tolist(), strict=True):
        drawn.append(
            f'<circle cx="{x_of(t):.1f}" cy="{y_of(loss):.1f}" r="4.5" fill="var(--after)"/>'
        )
    drawn.append(text((LEFT + RIGHT) / 2, BOTTOM + 18, "along a line through the point"))
    agree = "They agree" if tangent.agree else "They differ"
    caption = (
        f"Case {tangent.name}: along a line through its point your own {tangent.loss} has the "
        f"slope {in_digits(tangent.measured)}; your gradient says {in_digits(tangent.answered)}. "
        f"{agree}."
    )
    return Picture(svg(WIDTH, HEIGHT, drawn, says=caption), caption)


def _scale(low: float, high: float, *, is_log: bool) -> Callable[[float], float]:
    """From a value to its height in the picture."""

    def place(value: float) -> float:
        return math.log(value) if is_log else value / 4  # no difference overflows

    bottom, top = place(low), place(high)
    span = top - bottom

    def y_of(value: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * ((place(value) - bottom) / span if span > 0 else 0.5)

    return y_of


def _axes(low: float, high: float, *, is_log: bool, digits: int = 3) -> list[str]:
    middle = low**0.5 * high**0.5 if is_log else low / 2 + high / 2
    y_of = _scale(low, high, is_log=is_log)
    drawn = []
    for value in dict.fromkeys((low, middle, high)):
        drawn.append(line(LEFT, y_of(value), RIGHT, y_of(value)))
        drawn.append(text(LEFT - 6, y_of(value) + 4, f"{value:.{digits}g}", "end", size=12))
    return drawn


def _legend(place: int, label: str, colour: str, style: str) -> list[str]:
    x = 180 + place * 128 if len(label) < 12 else LEFT + place * 190
    return [line(x, 14, x + 26, 14, colour=colour, style=style), text(x + 32, 18, label, "start")]
