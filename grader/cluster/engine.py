"""The engine past one machine, as the client sees it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence, Sized
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from queue import Empty, SimpleQueue
from typing import Any, Generic, Literal, TypeVar

from grader.cluster.alike import digest_of_source
from grader.cluster.parcels import (
    Answer,
    BadAnswerError,
    Order,
    decode_answer,
    evidence_from,
    pack,
    task_of,
    unnamed,
)
from grader.errors import GraderError
from grader.execute import Asked, Conditions, Executed, conditions_key, probe_keys
from grader.records.probes import Probe

T = TypeVar("T")

IN_HAND = 2
"""Submissions for each thread of the cluster: it is kept busy, and memory is bounded."""

LOOK_SECONDS = 2.0
"""How often the workers are counted: some come, some go."""

ANSWER_SECONDS = 60.0
"""For the scheduler to say which workers it has; one that stands still is gone, too."""

NO_WORKER_SECONDS = 120.0
"""For a cluster without any worker to get one: a nanny starts a lost one again in seconds."""

BEGINNINGS = 3
"""So often a batch is begun where workers go while it is."""

ANYWHERE_ALONE = "alone"
"""A place, like a worker's address: on whichever worker comes next."""

LEAVE_SECONDS = 10.0
"""For the cluster to end what is ours."""

Client = Any  # Dask has no types, and is imported only where a cluster is asked for
Future = Any
Connect = Callable[[Conditions], AbstractContextManager[Client]]


class LostWorkersError(Exception):
    """A submission is given up: it may be what two workers died of."""


class OnWorkerError(Exception):
    """A failure of ours on a worker; its traceback is a note."""


@dataclass(frozen=True)
class DaskEngine:
    """See `Engine`.

    Attributes:
        environment: of the workers.
        address: the scheduler's, for words.
        connect: a client of the cluster, for as long as it is needed.
    """

    environment: str
    address: str
    sandbox: Literal["full", "best"]
    connect: Connect

    def execute_all(
        self, works: Iterable[T], asked: Callable[[T], Asked], conditions: Conditions
    ) -> Generator[Executed[T], None, None]:
        """See `Engine`."""
        total = len(works) if isinstance(works, Sized) else None
        queue = _opened(works, asked)
        for first in queue:  # a cluster takes seconds to begin: for the first that can be opened
            if isinstance(first, Executed):
                yield first
                continue
            salt = secrets.token_bytes(16)
            order = Order(
                conditions,
                unnamed(first.asked.probes, salt),
                conditions_key(conditions),
                self.environment,
                digest_of_source(),
                self.sandbox,
            )
            with self.connect(conditions) as client:
                batch = _Batch(client, self.address, order, first.asked.probes, salt, total)
                try:
                    batch.begin()
                    yield from batch.executed(chain([first], queue), partial(_opened, asked=asked))
                finally:
                    batch.end()


@dataclass(frozen=True, eq=False)
class _Opened(Generic[T]):
    work: T
    asked: Asked


def _opened(works: Iterable[T], asked: Callable[[T], Asked]) -> Iterator[_Opened[T] | Executed[T]]:
    """Each piece of work, opened when it is its turn, or the failure to open it."""
    for work in works:
        try:
            yield _Opened(work, asked(work))
        except Exception as error:  # the fence around each submission of a batch
            yield Executed(work, None, error)


@dataclass(frozen=True)
class _Lost:
    """No answer came: the worker died that had the task."""

    worker: str


@dataclass(eq=False)
class _Batch:
    """One batch on a cluster. All that belongs to it there carries its name."""

    client: Client
    address: str
    order: Order
    usual: Sequence[Probe]
    salt: bytes
    total: int | None
    name: str = field(default_factory=lambda: f"grader-{secrets.token_hex(8)}")
    sent: int = 0
    kept: int = 0
    _threads: Mapping[str, int] = field(default_factory=dict)  # of each worker, by address
    _looked: float = 0.0
    _last_worker: float = field(default_factory=time.monotonic)
    _conditions: dict[int, str] = field(default_factory=dict)  # keys by seed
    _keys: Mapping[str, str] = field(default_factory=dict)  # of the probes that were last asked
    _keys_of: Sequence[Probe] | None = None
    _running: dict[Future, tuple[_Opened[Any], str]] = field(default_factory=dict)
    _ended: SimpleQueue[Future] = field(default_factory=SimpleQueue)

    def begin(self) -> None:
        """Open a site on each worker.

        Raises:
            GraderError: student code cannot be run on one of them. Nothing of a student's has run.
        """
        from grader.cluster.plugins import BatchPlugin

        try:
            with self._in_words():
                watching = BatchPlugin(self.name, self.client.id)
                self.client.register_plugin(watching, name=self.name)
                refusals = self._opened_sites()
        except GraderError:
            raise
        except Exception as error:
            raise self._unable(error) from error
        for address, said in refusals.items():
            if said is not None:
                host, problem, fix = said
                raise GraderError(problem, at=f"worker {address} on {host}", fix=fix)

    def _opened_sites(self) -> Mapping[str, tuple[str, str, str] | None]:
        """Why each of the workers cannot run student code, if it cannot."""
        from grader.cluster.plugins import SitePlugin, refusal

        order = pack(self.order)
        attempt = 1
        while True:
            try:
                self.client.register_plugin(SitePlugin(order), name=self.name)
                refusals: Mapping[str, tuple[str, str, str] | None]
                refusals = self.client.run(refusal, self.name)
                return refusals
            except OSError:  # a worker that goes just now cannot be told
                time.sleep(1.0)
                if attempt == BEGINNINGS or self.client.status != "running":
                    raise
                attempt += 1

    def end(self) -> None:
        """Leave nothing on the cluster: no task, no process of ours; if the cluster is there."""
        for future in self._running:
            with suppress(Exception):
                future.release()
        self._running.clear()
        scheduler = self.client.scheduler
        if self.client.status == "running":
            for leave in (
                scheduler.unregister_worker_plugin,
                scheduler.unregister_scheduler_plugin,
            ):
                with suppress(Exception):  # it may go at this very moment
                    self.client.sync(leave, name=self.name, callback_timeout=LEAVE_SECONDS)

    def executed(
        self,
        queue: Iterator[_Opened[T] | Executed[T]],
        opened_again: Callable[[Iterable[T]], Iterator[_Opened[T] | Executed[T]]],
    ) -> Iterator[Executed[T]]:
        """Everything once; then again, one on a host, what a worker was lost with or a busy machine
        may explain."""
        doubtful: list[T] = []
        for opened, answer in self._answers(queue, self._room):
            if isinstance(opened, Executed):
                yield opened
            elif isinstance(answer, _Lost) or answer.status == "again":
                doubtful.append(opened.work)
            else:
                yield self._executed(opened, answer)
        for opened, answer in self._answers(opened_again(doubtful), self._quiet_places):
            yield opened if isinstance(opened, Executed) else self._executed(opened, answer)

    def _answers(
        self,
        queue: Iterator[_Opened[T] | Executed[T]],
        places: Callable[[], Sequence[str]],
    ) -> Iterator[tuple[_Opened[T] | Executed[T], Answer | _Lost]]:
        """What came of each, as it comes.

        Args:
            places: where the next may be sent now; "" is anywhere, and elsewhere is alone.
        """
        there_are_more = True
        while there_are_more or self._running:
            for place in places() if there_are_more else ():
                opened = next(queue, None)
                if opened is None:
                    there_are_more = False
                    break
                if isinstance(opened, Executed):
                    yield opened, _Lost("")
                else:
                    self._send(opened, place)
            if self._running:
                yield from self._next_answers()
            elif there_are_more:  # no worker is there
                time.sleep(LOOK_SECONDS)

    def _room(self) -> Sequence[str]:
        """As many times anywhere as the cluster can take more."""
        self._look()
        return [""] * (max(1, IN_HAND * sum(self._threads.values())) - len(self._running))

    def _quiet_places(self) -> Sequence[str]:
        """A worker of each host on which nothing of ours runs."""
        self._look()
        by_host = {_host(address): address for address in self._threads}
        taken = {_host(place) for _, place in self._running.values()}
        return [address for host, address in by_host.items() if host not in taken]

    def _send(self, opened: _Opened[Any], place: str) -> None:
        from grader.cluster.plugins import execute_task

        self.sent += 1
        task = task_of(opened.asked, self.usual, self.salt, alone=bool(place))
        with self._in_words():
            future = self.client.submit(
                execute_task,
                pack(task),
                self.name,
                key=f"{self.name}-{self.sent}",
                pure=False,
                workers=[place] if "://" in place else None,
                allow_other_workers="://" in place,
            )
            self._running[future] = opened, place
            future.add_done_callback(self._ended.put)

    def _send_stranded_again(self) -> None:
        """What was sent to a worker that had gone would wait for it for ever, whoever else comes.

        Where a task does run, on another worker, it is left alone.
        """
        gone = [
            future
            for future, (_, place) in self._running.items()
            if place and place not in self._threads and future.status == "pending"
        ]
        if not gone:
            return
        with self._in_words():
            busy = {key for keys in self.client.processing().values() for key in keys}
        for future in gone:
            if future.key not in busy:
                opened, _ = self._running.pop(future)
                future.release()
                places = self._quiet_places()
                self._send(opened, places[0] if places else ANYWHERE_ALONE)

    def _next_answers(self) -> Iterator[tuple[_Opened[Any], Answer | _Lost]]:
        """Those that have come; waits a while for one."""
        try:
            ended = [self._ended.get(timeout=LOOK_SECONDS)]
        except Empty:
            self._look()
            self._send_stranded_again()
            return
        with suppress(Empty):
            while True:
                ended.append(self._ended.get_nowait())
        ended = [future for future in ended if future in self._running]
        for future, result in self._results(ended):
            opened, _ = self._running.pop(future)
            if isinstance(result, _Lost):
                yield opened, result
                continue
            try:
                answer = decode_answer(result, self.order.conditions.limits)
            except BadAnswerError as error:
                answer = Answer("failed", "a worker", problem=str(error))
            if answer.status == "refused":
                where = f"a worker on {answer.host}, which came later"
                raise GraderError(answer.problem, at=where, fix=answer.fix)
            yield opened, answer

    def _results(self, ended: Sequence[Future]) -> Iterator[tuple[Future, Any]]:
        """What tasks gave, fetched together."""
        finished = [future for future in ended if future.status == "finished"]
        with self._in_words():
            fetched: dict[Future, Any] = {}
            if finished:
                with suppress(Exception):  # a worker that dies just now: then each by itself
                    fetched = dict(zip(finished, self.client.gather(finished), strict=True))
        for future in ended:
            if future not in fetched:
                with self._in_words():
                    fetched[future] = self._fetched(future)
            yield future, fetched[future]

    def _fetched(self, future: Future) -> Any:
        from distributed import KilledWorker

        if future.status in ("cancelled", "lost"):
            raise self._gone()
        try:
            return future.result()
        except KilledWorker as error:
            return _Lost(error.last_worker.address)
        except Exception as error:
            if self.client.status != "running":
                raise
            raise self._unable(error) from error

    def _executed(self, opened: _Opened[T], answer: Answer | _Lost) -> Executed[T]:
        """Evidence, or a failure of ours, which stays with its submission."""
        if isinstance(answer, _Lost):
            last = f"two workers were lost while they ran it, the last at {answer.worker}"
            return Executed(opened.work, None, LostWorkersError(last))
        if answer.status != "ran":
            problem = answer.problem or "it was stopped twice"
            error = OnWorkerError(f"{problem} (on {answer.host})")
            error.add_note(answer.details)
            return Executed(opened.work, None, error)
        try:
            asked = opened.asked
            conditions = self._conditions_key(asked.seed)
            evidence = evidence_from(answer.evidence, asked, conditions, self._probe_keys(asked))
        except BadAnswerError as error:
            return Executed(opened.work, None, error)
        self.kept += 1
        return Executed(opened.work, evidence)

    def _conditions_key(self, seed: int | None) -> str:
        conditions = self.order.conditions
        if seed is None or seed == conditions.seed:
            return self.order.conditions_key
        if seed not in self._conditions:
            self._conditions[seed] = conditions_key(replace(conditions, seed=seed))
        return self._conditions[seed]

    def _probe_keys(self, asked: Asked) -> Mapping[str, str]:
        if asked.earlier:
            before = {name: outcome.probe for name, outcome in asked.earlier.items()}
            return probe_keys(asked.probes, before)
        if asked.probes is not self._keys_of:  # of most they are the same
            self._keys, self._keys_of = probe_keys(asked.probes), asked.probes
        return self._keys

    def _look(self) -> None:
        """Count the workers, now and then.

        Raises:
            GraderError: the scheduler is gone, or there has been no worker for long.
        """
        now = time.monotonic()
        if self._threads and now - self._looked < LOOK_SECONDS:
            return
        with self._in_words():
            self._threads = self.client.nthreads(callback_timeout=ANSWER_SECONDS)
        self._looked = now
        if self._threads:
            self._last_worker = now
        elif now - self._last_worker > NO_WORKER_SECONDS:
            raise self._gone("the last worker of")

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        """What Dask raises where the scheduler has gone, for a person.

        Raises:
            GraderError: the scheduler does not answer any more.
        """
        try:
            yield
        except GraderError:
            raise
        except Exception as error:
            if self.client.status == "running" and not isinstance(error, OSError):
                raise
            raise self._gone() from error

    def _unable(self, error: Exception) -> GraderError:
        """A worker, or the scheduler, raises by itself; our code there answers, and never does."""
        return GraderError(
            f"the cluster cannot run this: {type(error).__name__}: {error}",
            at=self.address,
            fix="look at what its processes say; then run the same command again",
        )

    def _gone(self, what: str = "the scheduler at") -> GraderError:
        kept = f"{self.kept}" if self.total is None else f"{self.kept} of {self.total}"
        return GraderError(
            f"{what} {self.address} is gone: {kept} hand-ins were executed and are kept",
            fix="start the cluster again and run the same command: only the rest is executed",
        )


def _host(address: str) -> str:
    return address.rpartition("://")[2].rpartition(":")[0]
