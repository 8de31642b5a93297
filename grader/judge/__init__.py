"""Judges evidence: pure functions of arrays. It knows mathematics, never who or when.

NumPy and the standard library alone, Python 3.10 and later: the students' self-check is this code.
"""

from grader.judge.carry import Checked, settled
from grader.judge.judge import judge, judge_check, probes_of
from grader.judge.properties import Holds, Properties

__all__ = ["Checked", "Holds", "Properties", "judge", "judge_check", "probes_of", "settled"]
