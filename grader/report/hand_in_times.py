"""When a class handed in: counted in steps that are short near the deadline, and drawn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from grader.report.svg import box, line, round_step, svg, text

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
BEFORE = (3 * DAY, 2 * DAY, DAY, 12 * HOUR, 6 * HOUR, 3 * HOUR, HOUR)
BEFORE_IN_SHORT = (">3 d", "3 d", "2 d", "24 h", "12 h", "6 h", "3 h", "1 h")
BEFORE_IN_WORDS = (
    "more than 3 days before",
    "3 to 2 days before",
    "2 days to 24 hours before",
    "24 to 12 hours before",
    "12 to 6 hours before",
    "6 to 3 hours before",
    "3 hours to 1 hour before",
    "in the last hour",
)
MOST_DAYS = 7  # late ones, each by itself


@dataclass(frozen=True)
class Slot:
    """`label` is short, for below a bar."""

    label: str
    words: str
    count: int
    is_late: bool


def slots(due: datetime, times: Iterable[datetime]) -> tuple[Slot, ...]:
    """How many handed in when: up to everybody's deadline, then by days. The minute that begins
    with the deadline is before it."""
    early = [0] * len(BEFORE_IN_WORDS)
    late = [0] * (MOST_DAYS + 1)
    for time in times:
        after = time - due
        if after < timedelta(minutes=1):
            early[sum(-after < edge for edge in BEFORE)] += 1
        else:
            late[min((after - timedelta(minutes=1)) // DAY, MOST_DAYS)] += 1
    found = [
        Slot(label, words, count, False)
        for label, words, count in zip(BEFORE_IN_SHORT, BEFORE_IN_WORDS, early, strict=True)
    ]
    used = max((k + 1 for k, count in enumerate(late) if count), default=0)
    for k, count in enumerate(late[:used]):
        is_last = k == MOST_DAYS
        label = f">{k} d" if is_last else f"+{k + 1} d"
        words = f"more than {k} days after" if is_last else f"day {k + 1} after"
        found.append(Slot(label, words, count, True))
    return tuple(found)


WIDTH, HEIGHT = 720, 260
LEFT, RIGHT, TOP, BOTTOM = 56, 704, 34, 200


def hand_in_times_svg(parts: tuple[Slot, ...]) -> str:
    """An `<svg>` for inside a page, with its alternative text; a line stands at the deadline."""
    most = max(part.count for part in parts)
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
        height = part.count * scale
        colour = "before" if part.is_late else "after"
        drawn.append(box(LEFT + (k + 0.1) * pitch, BOTTOM - height, pitch * 0.8, height, colour))
        drawn.append(text(LEFT + (k + 0.5) * pitch, BOTTOM + 20, part.label))
    deadline = LEFT + len(BEFORE_IN_WORDS) * pitch
    drawn.append(line(deadline, TOP - 8, deadline, BOTTOM + 6, colour="ink"))
    drawn.append(text(deadline, TOP - 16, "deadline", "middle" if pitch < 80 else "end"))
    drawn.append(text((LEFT + RIGHT) / 2, BOTTOM + 44, "before and after the deadline"))
    drawn.append(text(LEFT - 8, TOP - 16, "students"))
    counts = "; ".join(f"{part.words}: {part.count}" for part in parts)
    return svg(WIDTH, HEIGHT, drawn, says=f"Hand-ins around the deadline. {counts}")
