"""From submissions to verdicts: what is stored is looked up, what is missing is executed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.errors import GraderError
from grader.execute import (
    Asked,
    Engine,
    Executed,
    UnreadableNotebookError,
    code_cells,
    notebook_key,
    parse_notebook,
    read_file,
    run_key,
)
from grader.judge import Checked, probes_of, settled
from grader.prepared import Prepared
from grader.records.evidence import Evidence
from grader.records.submissions import Submission
from grader.records.verdicts import Verdict
from grader.score import Attempt
from grader.second_opinion import judge_check
from grader.store.notebooks import add_notebook, read_notebooks
from grader.store.receipts import Judged, Receipt
from grader.store.record_file import DamagedRecordError, is_whole
from grader.store.runs import StoredRun, read_run, run_file, write_run

MOST_REMEMBERED = 50_000
"""Verdicts that are remembered by what they were about: most students answer alike."""

Earlier = Callable[[str], "Receipt | None"]
"""The receipt of a student's earlier score, if it was made with this plan and this judge."""


class ChangedFileError(Exception):
    """A file is not any more what it was when the hand-ins were looked through."""


class _IsThereError(Exception):
    """Nothing is to be executed: another file with the same cells was."""


@dataclass(eq=False)
class Line:
    """One command's way from submissions to verdicts.

    Attributes:
        engine: where notebooks are executed.
        earlier: verdicts that are known already.
        is_fresh: whether everything is executed again.
        on_failure: told of a failure of ours, with its submission.
        notes: what a person should know, added to as it is found.
        executed: how many submissions ran code, of those `looked_at`.
    """

    prepared: Prepared
    engine: Engine
    earlier: Earlier
    is_fresh: bool = False
    on_failure: Callable[[Exception, Submission], None] = lambda error, submission: None
    notes: list[str] = field(default_factory=list)
    executed: int = 0
    looked_at: int = 0
    _checked: dict[tuple[str, int, bytes], Checked] = field(default_factory=dict)
    _made: set[str] = field(default_factory=set)  # runs that this command has written

    def judged(self, submissions: Iterable[Submission]) -> Generator[Judged, None, None]:
        """Each submission as judged: first those whose evidence is stored, then the others as
        their execution ends."""
        known = {} if self.is_fresh else read_notebooks(self._notebooks)
        waiting = []
        for submission in submissions:
            if submission.file is None:
                yield Judged(Attempt(submission))
                continue
            self.looked_at += 1
            notebook = known.get(submission.sha256)
            found = None if notebook is None else self._found(submission, notebook)
            if found is None:
                waiting.append(submission)
            else:
                yield found
        if waiting:
            yield from self._executed_once(waiting)

    def _executed_once(self, waiting: Iterable[Submission]) -> Generator[Judged, None, None]:
        """Each file once, and what came of it for all who handed it in."""
        by_content: dict[str, list[Submission]] = {}
        for submission in waiting:
            by_content.setdefault(submission.sha256, []).append(submission)
        by_itself = []
        for judged in self._executed([same[0] for same in by_content.values()]):
            yield judged
            others = by_content.pop(judged.attempt.submission.sha256)[1:]
            if judged.attempt.failure:  # ours, and perhaps about one of them alone
                by_itself += others
                continue
            for submission in others:
                attempt = replace(judged.attempt, submission=submission)
                yield replace(judged, attempt=attempt)
        if by_itself:
            yield from self._executed(by_itself)

    def _found(self, submission: Submission, notebook: str) -> Judged | None:
        """From what is stored; None if that is not enough."""
        key = self._run_key(notebook)
        receipt = self.earlier(submission.student)
        for before in receipt.attempts if receipt is not None else ():
            same = before.attempt.submission.attempt == submission.attempt
            if same and before.run == key and is_whole(run_file(self._runs, key)):
                attempt = Attempt(submission, before.attempt.verdicts, before.attempt.flags)
                return Judged(attempt, key, before.sandbox)
        stored = self._stored(key, submission)
        if stored is None or stored.lacks(self.prepared.probe_keys):
            return None
        return self.attempt(submission, stored)

    def _executed(self, waiting: Sequence[Submission]) -> Generator[Judged, None, None]:
        partly: dict[Submission, StoredRun] = {}  # what is there of a run that lacks outcomes
        keys = self.prepared.probe_keys

        def asked(submission: Submission) -> Asked:
            assert submission.file is not None
            content = read_file(submission.file)
            if hashlib.sha256(content).hexdigest() != submission.sha256:
                raise ChangedFileError(f"{submission.file_name} changed while it was graded")
            notebook = parse_notebook(content, submission.file_name)
            probes = self.prepared.planned.probes
            cells = notebook_key(code_cells(notebook))
            add_notebook(self._notebooks, submission.sha256, cells)
            key = self._run_key(cells)
            stored = None if self.is_fresh else self._stored(key, submission)
            if stored is None:
                return Asked(notebook, probes)
            partly[submission] = stored
            lacking = set(stored.lacks(keys))
            if not lacking:
                raise _IsThereError
            there = stored.evidence({name: keys[name] for name in keys if name not in lacking})
            return Asked(notebook, [p for p in probes if p.id in lacking], dict(there.outcomes))

        running = self.engine.execute_all(waiting, asked, self.prepared.conditions)
        with closing(running):  # at once when the batch is stopped, not when memory is collected
            for result in running:
                yield self._kept(result, partly.pop(result.work, None))

    def _kept(self, result: Executed[Submission], before: StoredRun | None) -> Judged:
        """The evidence on disk, and judged; a failure stays with its submission."""
        submission = result.work
        if isinstance(result.failure, UnreadableNotebookError):
            return Judged(Attempt(submission, unreadable=result.failure.problem))
        try:
            if isinstance(result.failure, _IsThereError) and before is not None:
                return self.attempt(submission, before)
            if result.evidence is None:
                raise result.failure or RuntimeError("no evidence")
            self.executed += 1
            key = result.evidence.run.key
            twin = self._stored(key, submission) if key in self._made else None
            if twin is not None:  # the same cells: what they did once counts for all who have them
                return self.attempt(submission, twin)
            stored = self._merged(submission, result.evidence, before)
            write_run(self._runs, stored)
            self._made.add(key)
            return self.attempt(submission, stored)
        except GraderError:  # the disk is full: so it is for all that follow
            raise
        except Exception as error:  # the fence around each submission of a batch
            self.on_failure(error, submission)
            return Judged(Attempt(submission, failure=f"{type(error).__name__}: {error}"))

    def _merged(
        self, submission: Submission, evidence: Evidence, before: StoredRun | None
    ) -> StoredRun:
        if before is None:
            return StoredRun.of(evidence.run, evidence.outcomes.values(), evidence.measurement)
        if before.run != evidence.run:
            self.notes.append(
                f"{submission.student}: the notebook did not do the same when it was run again; "
                "what it did first counts"
            )
        merged = before.with_more(evidence.outcomes.values())
        if before.measurement.sandbox != "full":
            return merged
        return replace(merged, measurement=evidence.measurement)  # no better than its weakest part

    def attempt(self, submission: Submission, stored: StoredRun) -> Judged:
        """A submission with the verdicts on what it did."""
        run, sandbox = stored.run, stored.measurement.sandbox
        flags = (*run.flags, *([] if sandbox == "full" else [f"sandbox:{sandbox}"]))
        return Judged(Attempt(submission, self._verdicts_on(stored), flags), run.key, sandbox)

    def _verdicts_on(self, stored: StoredRun) -> tuple[Verdict, ...]:
        """As `judge` gives them; one that was given before is the same object."""
        keys, properties = self.prepared.probe_keys, self.prepared.planned.properties
        evidence = stored.evidence(keys)
        stops = [(c.number, c.status, c.error) for c in stored.run.cells if c.status != "ok"]
        checked = []
        for question in self.prepared.planned.answer_key.questions:
            for place, check in enumerate(question.checks):
                asked = probes_of(check)
                if not asked:
                    checked.append(judge_check(question.id, check, evidence, properties))
                    continue
                digest = hashlib.blake2b(repr(stops).encode(), digest_size=16)
                for probe in asked:
                    raw = stored.outcomes.raw[keys[probe]]
                    digest.update(len(bytes(raw)).to_bytes(8, "big"))
                    digest.update(raw)
                about = (question.id, place, digest.digest())
                if about not in self._checked:
                    if len(self._checked) >= MOST_REMEMBERED:
                        self._checked.clear()
                    self._checked[about] = judge_check(question.id, check, evidence, properties)
                checked.append(self._checked[about])
        return settled(checked)

    @property
    def _runs(self) -> Path:
        return self.prepared.records / "runs"

    @property
    def _notebooks(self) -> Path:
        return self.prepared.records / "notebooks"

    def _stored(self, key: str, submission: Submission) -> StoredRun | None:
        try:
            return read_run(self._runs, key)
        except DamagedRecordError:
            self.notes.append(
                f"the evidence of {submission.student} is damaged on disk: it is made again"
            )
            return None

    def _run_key(self, notebook: str) -> str:
        return run_key(notebook, self.prepared.conditions_key, self.engine.environment)
