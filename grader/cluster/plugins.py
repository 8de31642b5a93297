"""What is put into Dask's own processes, for one batch each. Imports Dask.

Both carry the batch's name, and are gone with it: the client takes them out, and where it cannot,
because it was killed, the scheduler does.
"""

from __future__ import annotations

import asyncio
import socket
from typing import Any

from distributed import get_worker
from distributed.diagnostics.plugin import SchedulerPlugin, WorkerPlugin

from grader.cluster.parcels import unpack_order
from grader.cluster.site import Site


class SitePlugin(WorkerPlugin):
    """A worker's site, from the batch's beginning, or the worker's, to its end."""

    def __init__(self, order: bytes) -> None:
        self._order = order
        self.site: Site | None = None

    async def setup(self, worker: Any) -> None:
        """Open the site. That it cannot be is asked for (`refusal`), and told by each task."""
        self.site = Site(unpack_order(self._order), worker.state.nthreads)
        await asyncio.to_thread(self.site.open)  # its threads last as long as the worker

    async def teardown(self, worker: Any) -> None:
        if self.site is not None:
            await asyncio.to_thread(self.site.close)


def execute_task(packed: bytes, batch: str) -> bytes:
    """One submission, in a thread of a worker."""
    return _site(get_worker(), batch).answer(packed)


def refusal(batch: str, dask_worker: Any) -> tuple[str, str, str] | None:
    """Where and why a worker cannot run student code, and what to do; None if it can."""
    found = _site(dask_worker, batch).refusal
    return None if found is None else (socket.gethostname(), found.problem, found.fix)


def _site(worker: Any, batch: str) -> Site:
    site: Site | None = worker.plugins[batch].site
    assert site is not None
    return site


class BatchPlugin(SchedulerPlugin):
    """Watches over a batch where everything about it is known."""

    def __init__(self, batch: str, client: str) -> None:
        self._batch = batch
        self._client = client
        self._scheduler: Any = None
        self._ending: asyncio.Task[Any] | None = None

    async def start(self, scheduler: Any) -> None:
        self._scheduler = scheduler

    def transition(self, key: Any, start: str, finish: str, *args: Any, **kwargs: Any) -> None:
        """A task of ours that loses its first worker is at once under suspicion: whatever else
        waited for that worker is, too, and each is tried again alone, by the client."""
        if finish == "processing" and str(key).startswith(self._batch):
            self._scheduler.tasks[key].suspicious = self._scheduler.allowed_failures

    def remove_client(self, scheduler: Any, client: str) -> None:
        """The client has gone: so has its batch, wherever it still runs."""
        if client == self._client and self._batch in scheduler.worker_plugins:
            self._ending = asyncio.ensure_future(self._end(scheduler))

    async def _end(self, scheduler: Any) -> None:
        await scheduler.unregister_worker_plugin(comm=None, name=self._batch)
        await scheduler.unregister_scheduler_plugin(name=self._batch)
