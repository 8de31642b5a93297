"""Pictures of a page as SVG: made here, of numbers, in the colours of the page.

Not by a plotting library: a dozen shapes, and the library would take longer to import than a class
of hundreds to grade again. Colours are the page's variables, which change between light and dark;
what a colour says is said by a shape or a word too.
"""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Sequence


def svg(
    width: int, height: int, shapes: Iterable[str], *, says: str, is_small: bool = False
) -> str:
    """An `<svg>` for inside a page.

    Args:
        width, height: in units of the picture, which is as wide as the page lets it be.
        says: its alternative text.
        is_small: whether it is no wider than so many pixels.
    """
    size = f' width="{width}" height="{height}"' if is_small else ""
    return (
        f'<svg role="img" aria-label="{html.escape(says)}"{size} viewBox="0 0 {width} {height}" '
        'xmlns="http://www.w3.org/2000/svg" font-family="sans-serif" font-size="13">'
        f"{''.join(shapes)}</svg>"
    )


def line(
    x: float, y: float, to_x: float, to_y: float, *, colour: str = "line", style: str = ""
) -> str:
    return (
        f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{to_x:.1f}" y2="{to_y:.1f}" '
        f'stroke="var(--{colour})"{style}/>'
    )


def text(x: float, y: float, words: str, anchor: str = "middle", *, size: int = 0) -> str:
    larger = f' font-size="{size}"' if size else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="var(--ink)"{larger}>'
        f"{html.escape(words)}</text>"
    )


def box(x: float, y: float, width: float, height: float, colour: str) -> str:
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" '
        f'fill="var(--{colour})"/>'
    )


THICK = ' stroke-width="2.5"'
DASHED = f'{THICK} stroke-dasharray="7 5"'


def polyline(points: Sequence[tuple[float, float]], colour: str, style: str = THICK) -> str:
    joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{joined}" fill="none" stroke="var(--{colour})"{style}/>'


def round_step(most: int) -> int:
    """Between the lines across: 1, 2, 5, 10, ..., so that there are six of them at most."""
    step = 1
    while step * 5 < most:
        step = step * 5 // 2 if str(step).startswith("2") else step * 2
    return step


def in_digits(number: float) -> str:
    """Of few digits, for an axis.

    >>> in_digits(1234.5), in_digits(0.25), in_digits(1e9)
    ('1.23e+03', '0.25', '1e+09')
    """
    return f"{number:.3g}" if math.isfinite(number) else "not finite"
