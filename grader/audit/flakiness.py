"""Verdicts that move from run to run though nothing about the answer has changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.records.verdicts import Verdict


@dataclass(frozen=True)
class Moving:
    """One check whose verdict is not always the same.

    Attributes:
        seen: each verdict that it had, with the name of the first run that had it.
    """

    question: str
    check: str
    seen: tuple[tuple[str, Verdict], ...]

    @property
    def words(self) -> str:
        said = "; ".join(f"{run}: {_in_short(verdict)}" for run, verdict in self.seen)
        return f"{self.check} ({self.question}) is judged differently from run to run: {said}"


def moving(runs: Mapping[str, Sequence[Verdict]]) -> list[Moving]:
    """The checks whose verdict moves.

    Args:
        runs: the verdicts on one notebook, all of the same key, by what was special about a run:
            its seed, how many threads it had, which repetition it was.
    """
    found = []
    for verdicts in zip(*runs.values(), strict=True):
        seen: dict[object, tuple[str, Verdict]] = {}
        for run, verdict in zip(runs, verdicts, strict=True):
            what = (verdict.credit, verdict.mistake, bool(verdict.doubt))
            seen.setdefault(what, (run, verdict))
        if len(seen) > 1:
            found.append(Moving(verdicts[0].question, verdicts[0].check, tuple(seen.values())))
    return found


def _in_short(verdict: Verdict) -> str:
    if verdict.credit is None:
        said = "not judged"
    else:
        said = "right" if verdict.credit == 1 else f"credit {verdict.credit.normalize():f}"
    named = f", {verdict.mistake}" if verdict.mistake else ""
    return f"{said}{named}{', in doubt' if verdict.doubt else ''}"
