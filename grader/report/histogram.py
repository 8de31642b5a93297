"""How the points of a class are spread: counted, and drawn as SVG in the page's own colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from grader.report.csv_text import points_text

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
    """An `<svg>` for inside a page, with its alternative text; in the colours of the page, which
    change between light and dark.

    Args:
        axis: what is counted, below the bars.
        is_pair: before and after the late penalty; else what is after it, alone.

    Drawn here and not by a plotting library: a dozen rectangles, and the library would take longer
    to import than a class of hundreds to grade again.
    """
    most = max(max(part.before * is_pair, part.after) for part in parts)
    step = _step(most)
    top = step * max(1, -(-most // step))
    scale = (BOTTOM - TOP) / top
    pitch = (RIGHT - LEFT) / len(parts)
    drawn = []
    for count in range(0, top + 1, step):
        y = BOTTOM - count * scale
        drawn.append(_line(LEFT, y, RIGHT, y))
        drawn.append(_text(LEFT - 8, y + 4, str(count), "end"))
    for k, part in enumerate(parts):
        pair = ((0.1, part.before, "before"), (0.5, part.after, "after"))
        for place, count, colour in pair if is_pair else ((0.1, part.after, "after"),):
            x, height = LEFT + (k + place) * pitch, count * scale
            width = pitch * (0.4 if is_pair else 0.8)
            drawn.append(
                f'<rect x="{x:.1f}" y="{BOTTOM - height:.1f}" width="{width:.1f}" '
                f'height="{height:.1f}" fill="var(--{colour})"/>'
            )
    for k, edge in enumerate([parts[0].low, *(part.high for part in parts)]):
        drawn.append(_text(LEFT + k * pitch, BOTTOM + 20, _short(edge)))
    drawn.append(_text((LEFT + RIGHT) / 2, BOTTOM + 40, axis))
    drawn.append(_text(LEFT - 8, TOP - 16, "students"))
    legend = ((470, "before", "before the penalty"), (632, "after", "after"))
    for x, colour, label in legend if is_pair else ():
        drawn.append(f'<rect x="{x}" y="8" width="12" height="12" fill="var(--{colour})"/>')
        drawn.append(_text(x + 18, 18, label, "start"))
    said = _in_words(parts, axis, is_pair=is_pair)
    return (
        f'<svg role="img" aria-label="{said}" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'xmlns="http://www.w3.org/2000/svg" font-family="sans-serif" font-size="13">'
        f"{''.join(drawn)}</svg>"
    )


def _step(most: int) -> int:
    """Between the lines across: 1, 2, 5, 10, ..., so that there are six of them at most."""
    step = 1
    while step * 5 < most:
        step = step * 5 // 2 if str(step).startswith("2") else step * 2
    return step


def _line(x: float, y: float, to_x: float, to_y: float) -> str:
    return f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{to_x:.1f}" y2="{to_y:.1f}" stroke="var(--line)"/>'


def _text(x: float, y: float, text: str, anchor: str = "middle") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="var(--ink)">{text}</text>'


def _in_words(parts: Sequence[Bin], axis: str, *, is_pair: bool) -> str:
    if not is_pair:
        counts = "; ".join(f"{part.label}: {part.after}" for part in parts)
        return f"Students by {axis}. {counts}"
    counts = "; ".join(f"{part.label}: {part.before}, {part.after}" for part in parts)
    return f"Students by {axis}, before and after the late penalty. {counts}"


def _short(points: Decimal) -> str:
    text = points_text(points)
    return text.rstrip("0").rstrip(".") if "." in text else text
