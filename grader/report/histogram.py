"""How the points of a class are spread: counted, and drawn as SVG in the page's own colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from grader.report.csv_text import points_text
from grader.report.svg import box, line, round_step, svg, text

MOST_BINS = 10


@dataclass(frozen=True)
class Bin:
    """From `low` up to, not including, `high`; the last one includes it."""

    low: Decimal
    high: Decimal
    before: int
    after: int

    @property
    def label(self) -> str:
        return f"{_short(self.low)} to {_short(self.high)}"


def bins(before: Sequence[Decimal], after: Sequence[Decimal], maximum: Decimal) -> tuple[Bin, ...]:
    """Counts over ten equal parts of 0 to `maximum`. Points beyond it go into the last."""
    if maximum <= 0:
        return ()
    width = maximum / MOST_BINS

    def place(points: Decimal) -> int:
        return min(max(int(points / width), 0), MOST_BINS - 1)

    return tuple(
        Bin(
            width * k,
            width * (k + 1),
            sum(place(points) == k for points in before),
            sum(place(points) == k for points in after),
        )
        for k in range(MOST_BINS)
    )


WIDTH, HEIGHT = 720, 300
LEFT, RIGHT, TOP, BOTTOM = 56, 704, 34, 252
"""Of the axes, in units of the picture, which is as wide as the page lets it be."""


def histogram_svg(parts: Sequence[Bin], *, axis: str = "points", is_pair: bool = True) -> str:
    """An `<svg>` for inside a page, with its alternative text.

    Args:
        axis: what is counted, below the bars.
        is_pair: before and after the late penalty; else what is after it, alone.
    """
    most = max(max(part.before * is_pair, part.after) for part in parts)
    step = round_step(most)
    top = step * max(1, -(-most // step))
    scale = (BOTTOM - TOP) / top
    pitch = (RIGHT - LEFT) / len(parts)
    drawn = []
    for count in range(0, top + 1, step):
        y = BOTTOM - count * scale
        drawn.append(line(LEFT, y, RIGHT, y))
        drawn.append(text(LEFT - 8, y + 4, str(count), "end"))
    for k, part in enumerate(parts):
        pair = ((0.1, part.before, "before"), (0.5, part.after, "after"))
        for place, count, colour in pair if is_pair else ((0.1, part.after, "after"),):
            height = count * scale
            width = pitch * (0.4 if is_pair else 0.8)
            drawn.append(box(LEFT + (k + place) * pitch, BOTTOM - height, width, height, colour))
    for k, edge in enumerate([parts[0].low, *(part.high for part in parts)]):
        drawn.append(text(LEFT + k * pitch, BOTTOM + 20, _short(edge)))
    drawn.append(text((LEFT + RIGHT) / 2, BOTTOM + 40, axis))
    drawn.append(text(LEFT - 8, TOP - 16, "students"))
    legend = ((470, "before", "before the penalty"), (632, "after", "after"))
    for x, colour, label in legend if is_pair else ():
        drawn.append(box(x, 8, 12, 12, colour))
        drawn.append(text(x + 18, 18, label, "start"))
    return svg(WIDTH, HEIGHT, drawn, says=_in_words(parts, axis, is_pair=is_pair))


def _in_words(parts: Sequence[Bin], axis: str, *, is_pair: bool) -> str:
    if not is_pair:
        counts = "; ".join(f"{part.label}: {part.after}" for part in parts)
        return f"Students by {axis}. {counts}"
    counts = "; ".join(f"{part.label}: {part.before}, {part.after}" for part in parts)
    return f"Students by {axis}, before and after the late penalty. {counts}"


def _short(points: Decimal) -> str:
    text = points_text(points)
    return text.rstrip("0").rstrip(".") if "." in text else text
