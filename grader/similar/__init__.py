"""Who shares too much: hand-ins beside one another, by what people who work alone rarely share.

Pure: no files, no clock. Traces of a hand-in (`traces`, `numbers`), how rare they are and what
pairs share of them (`pairing`), how surprising that is in this class (`surprise`, `ranking`), and
two hand-ins to be looked at (`side_by_side`). A number comes out, and never a verdict.
"""

from grader.similar.numbers import numbers_of
from grader.similar.ranking import FALSE_ALARMS, HandIn, Pair, Ranking, ranked
from grader.similar.side_by_side import SideBySide, side_by_side, summary_of
from grader.similar.traces import Given, Trace, Work, ids_in, kinds_of, traces_of, work_in
from grader.similar.winnowing import keyed

VERSION = "2"
"""Of traces: counts up when the same file gives others."""

__all__ = [
    "FALSE_ALARMS",
    "VERSION",
    "Given",
    "HandIn",
    "Pair",
    "Ranking",
    "SideBySide",
    "Trace",
    "Work",
    "ids_in",
    "keyed",
    "kinds_of",
    "numbers_of",
    "ranked",
    "side_by_side",
    "summary_of",
    "traces_of",
    "work_in",
]
