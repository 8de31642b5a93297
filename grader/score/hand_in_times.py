"""When people hand in, around their own deadlines. Pure: no clock, no files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from grader.score.policy import LatePolicy

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MOST_DAYS = 7
"""Late days that are counted one by one."""
JUST_OVER = timedelta(minutes=10)
ENOUGH = 3
"""Hand-ins, before they say something about a deadline."""

EARLY = "more than a day before"
SAME_DAY = "6 to 24 hours before"
HOURS = "1 to 6 hours before"
LAST_HOUR = "in the last hour"
GRACE = "within the grace"
LATER = "later"
NO_TIME = "no time known"
NOTHING = "nothing handed in"
EXCUSED = "excused, nothing handed in"
STRETCHES = (
    *(EARLY, SAME_DAY, HOURS, LAST_HOUR, GRACE),
    *(f"day {day}" for day in range(1, MOST_DAYS + 1)),
    *(LATER, NO_TIME, NOTHING, EXCUSED),
)


def stretch_of(deadline: datetime, handed_in: datetime, days: int) -> str:
    """Which of the stretches a hand-in falls into.

    Args:
        deadline: the student's own.
        days: late days that had begun then.
    """
    if days:
        return f"day {days}" if days <= MOST_DAYS else LATER
    before = deadline.astimezone(UTC) - handed_in.astimezone(UTC)
    if before < timedelta(0):
        return GRACE
    if before <= HOUR:
        return LAST_HOUR
    if before <= 6 * HOUR:
        return HOURS
    return SAME_DAY if before <= DAY else EARLY


@dataclass(frozen=True)
class JustOver:
    """How many handed in beside the line at which the first late day begins.

    Attributes:
        minutes: in the first ten minutes after it.
        hour: in the first hour after it.
        hour_before: in the hour before the deadline, or within the grace.
    """

    minutes: int
    hour: int
    hour_before: int

    @property
    def may_be_an_hour_off(self) -> bool:
        """Whether the rush before a deadline seems to come after this one."""
        return self.hour >= ENOUGH and self.hour > 2 * self.hour_before

    @property
    def are_minutes_late(self) -> bool:
        """Whether ten minutes have twice their share of that hour, or more."""
        return self.minutes >= ENOUGH and 3 * self.minutes >= self.hour


def just_over(times: Iterable[tuple[datetime, datetime]], policy: LatePolicy) -> JustOver:
    """Of pairs of a student's deadline and hand-in."""
    after = [
        handed_in.astimezone(UTC) - (deadline + policy.grace).astimezone(UTC)
        for deadline, handed_in in times
    ]
    nothing = timedelta(0)
    return JustOver(
        minutes=sum(nothing <= each < JUST_OVER for each in after),
        hour=sum(nothing <= each < HOUR for each in after),
        hour_before=sum(-HOUR - policy.grace <= each < nothing for each in after),
    )


def where_to_stop(days: Sequence[int | None]) -> tuple[int, ...]:
    """Those attempts that would have counted, had the student stopped when they were less late.

    Args:
        days: how late each attempt of one student is, in order; the last one counts. None is not
            known.

    Returns:
        Places in `days`: each attempt that is less late than all that follow.
    """
    found: list[int] = []
    least = days[-1] if days else None
    if least is None:
        return ()
    for place in reversed(range(len(days) - 1)):
        late = days[place]
        if late is not None and late < least:
            found.append(place)
            least = late
    return tuple(reversed(found))
