"""How late a hand-in is. Pure: no clock, no files.

A late day counts when it starts: one full minute past the deadline is day 1.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

GRACE = timedelta(minutes=1)  # 17:00:59 is still on time
DAY = timedelta(days=1)


def days_late(due: datetime, handed_in: datetime, *, grace: timedelta = GRACE) -> int:
    """The number of late days started at `handed_in`; 0 if on time.

    Days are wall-clock days in the zone of `due`.

    Raises:
        ValueError: if either time has no zone.
    """
    if due.tzinfo is None or handed_in.tzinfo is None:
        raise ValueError(f"both times need a zone: {due=}, {handed_in=}")
    # Python subtracts two times that share a tzinfo by the clock on the wall.
    # That is what we want: a summer-time change moves no deadline.
    first_day = due + grace
    days = (handed_in.astimezone(due.tzinfo) - first_day) // DAY + 1
    # In the hour that autumn repeats the wall clock runs back; a day that started stays started.
    if (first_day + days * DAY).astimezone(UTC) <= handed_in.astimezone(UTC):
        days += 1
    return max(0, days)
