"""How the points of a class are spread: counted, and drawn as SVG in the page's own colours."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from grader.report.csv_text import points_text

# colours that stand for the page's, which change between light and dark
STAND_INS = {
    "#010203": "var(--ink)",
    "#040506": "var(--line)",
    "#070809": "var(--before)",
    "#0a0b0c": "var(--after)",
}
INK, LINE, BEFORE, AFTER = STAND_INS
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


def histogram_svg(parts: Sequence[Bin]) -> str:
    """An `<svg>` for inside a page, with its alternative text."""
    import matplotlib
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    style = {"svg.fonttype": "none", "svg.hashsalt": "grader", "font.family": "sans-serif",
             "font.size": 11, "text.color": INK, "axes.edgecolor": LINE, "axes.labelcolor": INK,
             "xtick.color": INK, "ytick.color": INK}  # fmt: skip
    with matplotlib.rc_context(style):
        figure = Figure(figsize=(7.2, 3.0), layout="constrained")
        axes = figure.subplots()
        places = range(len(parts))
        axes.bar(
            [k - 0.2 for k in places], [part.before for part in parts], 0.4, color=BEFORE,
            label="before the penalty",
        )  # fmt: skip
        axes.bar(
            [k + 0.2 for k in places], [part.after for part in parts], 0.4, color=AFTER,
            label="after",
        )  # fmt: skip
        edges = [parts[0].low, *(part.high for part in parts)]
        axes.set_xticks([k - 0.5 for k in range(len(edges))], [_short(edge) for edge in edges])
        axes.set(xlabel="points", ylabel="students")
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False)
        file = io.StringIO()
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})
    svg = file.getvalue()
    svg = svg[svg.index("<svg") :]
    for stand_in, colour in STAND_INS.items():
        svg = svg.replace(stand_in, colour)
    return svg.replace("<svg", f'<svg role="img" aria-label="{_in_words(parts)}"', 1)


def _in_words(parts: Sequence[Bin]) -> str:
    counts = "; ".join(f"{part.label}: {part.before}, {part.after}" for part in parts)
    return f"Students by points, before and after the late penalty. {counts}"


def _short(points: Decimal) -> str:
    text = points_text(points)
    return text.rstrip("0").rstrip(".") if "." in text else text
