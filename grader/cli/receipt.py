"""A receipt as a person reads it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from textwrap import TextWrapper
from typing import Any

import click

from grader.cli.show import printable
from grader.errors import GraderError
from grader.receipts import CheckAccount, Records, accounts
from grader.records.probes import Argument, Formula, OutcomeOf, Own, Probe
from grader.records.scores import BY_HAND, QuestionScore
from grader.records.values import in_short
from grader.score.explain import plain

WIDTH = 100


def print_receipt(records: Records, question: str | None) -> None:
    """All of it, or what is about one question.

    Raises:
        GraderError: there is no such question.
    """
    ids = [each.id for each in records.plan.answer_key.questions]
    if question is not None and question not in ids:
        raise GraderError(f"there is no question {question}", fix=f"one of {', '.join(ids)}")
    _head(records)
    scores = {each.id: each for each in records.score.questions}
    for key in records.plan.answer_key.questions:
        if question in (None, key.id) and key.id in scores:
            _question(scores[key.id], list(accounts(records, key)), records)
    _records(records)


def _head(records: Records) -> None:
    score, receipt = records.score, records.receipt
    _say(f"{receipt.assignment}, {score.student} {score.name}".rstrip(), bold=True)
    _say(score.explanation, "  ")
    if records.counted is not None:
        file = records.counted.attempt.submission
        name = "no file" if file.file is None else file.file.name
        at = "at an unknown time"
        if file.submitted_at is not None:
            at = f"{file.submitted_at.astimezone(receipt.due.tzinfo)}"
        _say(f"attempt {file.attempt}: {name}, handed in {at}", "  ")
    for decision in receipt.decisions:
        what = f"{decision.kind} {decision.question}".strip()
        value = "" if decision.value is None else f" {decision.value}"
        reason = f": {decision.reason}" if decision.reason else ""
        _say(f"decision: {what}{value}{reason} ({decision.at})", "  ")
    if score.flags:
        _say(f"flags: {', '.join(score.flags)}", "  ")


def _question(score: QuestionScore, checks: list[CheckAccount], records: Records) -> None:
    click.echo()
    earned = plain(round(score.earned, 4))
    _say(f"{score.id} {score.title}: {earned} of {plain(score.points)}", bold=True)
    for decided in score.verdicts:
        if decided.check == BY_HAND:
            _say(decided.reason, "  ")
    probes = {probe.id: probe for probe in records.plan.probes}
    is_decided = any(decided.check == BY_HAND for decided in score.verdicts)
    unmarked = "marked by hand" if is_decided else "no mark yet"
    for check in checks:
        verdict = check.verdict
        if verdict is None:
            _say(f"{check.check}: not judged", "  ")
        else:
            credit = f"credit {plain(verdict.credit)}" if verdict.credit is not None else unmarked
            _say(f"{check.check}: {credit}, weight {plain(verdict.weight)}", "  ")
            _say(verdict.reason, "    ")
            if verdict.mistake:
                _say(f"mistake: {verdict.mistake}", "    ")
            for remark in verdict.remarks:
                _say(f"remark: {remark}", "    ")
        _say(f"rule: {check.rule}", "    ")
        for case in check.cases:
            error = "" if case.error is None else f"  error/tolerance {_ratio(case.error)}"
            mark = "" if case.error is None else "  ok" if case.error <= 1 else "  WRONG"
            _say(f"case {case.case!r}{error}{mark}", "      ")
            if case.probe in probes:
                _say(f"asked:    {asked_in_words(probes[case.probe])}", "        ")
            if case.expected:
                _say(f"expected: {case.expected}", "        ")
            _say(f"got:      {case.got}", "        ")


def _records(records: Records) -> None:
    receipt, counted = records.receipt, records.counted
    click.echo()
    _say("records", bold=True)
    rows = [
        ("file", "" if counted is None else counted.attempt.submission.sha256),
        ("evidence", "" if counted is None else counted.run),
        ("questions", receipt.plan),
        ("judge", receipt.judge),
        ("secret", receipt.fingerprint),
        ("sandbox", "" if counted is None else counted.sandbox),
        ("environment", "" if records.stored is None else records.stored.run.environment),
    ]
    policy = receipt.policy
    cut_off = "never" if policy.cutoff_days is None else f"{policy.cutoff_days} days"
    rows.append(
        (
            "policy",
            f"due {receipt.due}, {policy.rate} a day of what was {policy.base}"
            f"{'' if policy.base == 'earned' else ' to be had'}, {policy.mode}, grace "
            f"{policy.grace.total_seconds():g} s, cut-off {cut_off}, slip days {receipt.slip_days} "
            f"left, attempts {policy.attempts}",
        )
    )
    for name, value in rows:
        if value:
            _say(f"{name + ':':<13}{value}", "  ")


def print_evidence(records: Records) -> None:
    """What the notebook did, cell by cell, and what it answered."""
    stored = records.stored
    _say(f"{records.receipt.assignment}, {records.score.student}", bold=True)
    if stored is None:
        _say(f"no evidence: {records.score.explanation}", "  ")
        return
    measured = stored.measurement
    cpu = "" if measured.cpu_seconds is None else f", {measured.cpu_seconds:.2f} s of CPU"
    _say(
        f"measured: {measured.wall_seconds:.2f} s{cpu}, {measured.processes} "
        f"process{'es' * (measured.processes != 1)}, sandbox {measured.sandbox}",
        "  ",
    )
    _say(f"environment: {stored.run.environment}", "  ")
    if stored.run.flags:
        _say(f"flags: {', '.join(stored.run.flags)}", "  ")
    click.echo()
    _say("cells", bold=True)
    for cell in stored.run.cells:
        error = f": {cell.error}" if cell.error else ""
        _say(f"{cell.number:>3}  {cell.status}{error}", "  ")
        for line in _shown_by(cell.outputs):
            _say(line, "         ")
    click.echo()
    _say("answers", bold=True)
    for probe in records.plan.probes:
        outcome = stored.outcomes[records.plan.keys[probe.id]]
        said = in_short(outcome.value) if outcome.status == "returned" else outcome.status
        said += f": {outcome.error}" if outcome.error else ""
        _say(f"{asked_in_words(probe)} -> {said}", "  ")


def _shown_by(outputs: Sequence[dict[str, Any]]) -> Iterator[str]:
    """The outputs of a cell, each in a line."""
    for output in outputs:
        kind = output["output_type"]
        if kind == "stream":
            first, *more = output["text"].strip().splitlines() or [""]
            yield f"{output['name']}: {first}{f' (and {len(more)} more lines)' if more else ''}"
        elif kind != "error":
            picture = next((mime for mime in output["data"] if mime.startswith("image/")), "")
            text = output["data"].get("text/plain", "")
            yield picture or " ".join(str(text).split())[:WIDTH]


def asked_in_words(probe: Probe) -> str:
    """`compute_cost([1.0, 2.0], 0.5)`, or the name of a variable."""
    if not probe.call:
        return f"the variable {probe.target}"
    arguments = [_argument(each) for each in probe.args]
    arguments += [f"{name}={_argument(each)}" for name, each in probe.kwargs]
    return f"{probe.target}({', '.join(arguments)})"


def _argument(argument: Argument) -> str:
    if isinstance(argument, Own):
        return f"their {argument.name}"
    if isinstance(argument, Formula):
        return f"{', '.join(argument.parameters)} -> {argument.body}"
    if isinstance(argument, OutcomeOf):
        return f"what {argument.probe} gave"
    return in_short(argument)


def _ratio(error: float) -> str:
    return f"{error:.3g}" if math.isfinite(error) else "infinite"


def _say(text: str, indent: str = "", *, bold: bool = False) -> None:
    wrapper = TextWrapper(
        WIDTH, initial_indent=indent, subsequent_indent=indent + "  ", break_on_hyphens=False
    )
    for line in wrapper.wrap(printable(text)) or [""]:
        click.secho(line, bold=bold)
