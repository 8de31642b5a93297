"""Getting a cluster: one that is there, by its scheduler's address, or one on this machine."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from functools import partial
from typing import Any, Literal
from urllib.parse import urlsplit

from grader.cluster.alike import (
    ON_WORKERS,
    PACKAGES,
    about,
    refuse_other_code,
    refuse_other_versions,
)
from grader.cluster.engine import DaskEngine
from grader.errors import GraderError
from grader.execute import Conditions, default_jobs
from grader.runner.libraries import environment

CONNECT_SECONDS = 10.0
WORKER_SECONDS = 15.0
"""For a cluster that has just been started to have its first worker."""

LARGE = "distributed.admin.large-graph-warning-threshold"
"""A submission may have 100 MB, and that is no mistake in how it is sent."""

NOISY = ("distributed", "tornado", "asyncio", "bokeh")
TLS = (
    "say which certificates are yours: DASK_DISTRIBUTED__COMM__TLS__CA_FILE, ...__CLIENT__CERT and "
    "...__CLIENT__KEY, or Dask's configuration; see docs/operator.md"
)


@contextmanager
def dask_engine(
    scheduler: str | None, *, workers: int | None, sandbox: Literal["full", "best"]
) -> Iterator[DaskEngine]:
    """An engine on a cluster.

    Args:
        scheduler: its address, `tcp://HOST:PORT` or `tls://HOST:PORT`. None: a cluster of processes
            on this machine, which is started when there is something to execute.
        workers: of that, how many; None: as many as notebooks at a time.
        sandbox: what each worker has to put around student code.

    Raises:
        GraderError: Dask is not installed, nobody answers, or the machines are not alike. Nothing
            has run then.
    """
    try:
        import dask
        import distributed  # noqa: F401
    except ImportError as error:
        raise GraderError(
            f"a cluster needs packages that are not installed: {error}",
            fix='pip install "grader[dask]"',
        ) from error
    with _quiet(), dask.config.set({LARGE: "1GB"}):
        if scheduler is None:
            here = "this machine"
            yield DaskEngine(environment(), here, sandbox, partial(_own_cluster, workers))
            return
        with _joined(scheduler) as client:
            theirs = _checked(client, scheduler)
            yield DaskEngine(theirs, scheduler, sandbox, lambda conditions: nullcontext(client))


def is_exposed(scheduler: str | None) -> bool:
    """Whether others on a network may be able to speak to it: it is not encrypted, and not here."""
    if scheduler is None or scheduler.startswith("tls://"):
        return False
    host = None
    with suppress(ValueError):
        host = urlsplit(scheduler if "://" in scheduler else f"//{scheduler}").hostname
    try:
        return not ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return host != "localhost"


@contextmanager
def _joined(scheduler: str) -> Iterator[Any]:
    """A client of the scheduler at that address."""
    from distributed import Client

    try:
        asyncio.run(_greeted(scheduler))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about versions: they are compared, and refused
            client = Client(scheduler, timeout=CONNECT_SECONDS, set_as_default=False)
    except Exception as error:  # whatever answers there may say anything
        said = str(error).strip().splitlines()
        why = said[0] if said else repr(error)
        if isinstance(error, MemoryError):  # its first bytes, taken for a size
            why = "what answers there is something else"
        is_tls = scheduler.startswith("tls://")
        raise GraderError(
            f"no scheduler can be spoken to at {scheduler}: {why}"[:400],
            at="--scheduler",
            fix=TLS
            if is_tls
            else "give the address that `dask scheduler` says when it starts; "
            "where it is encrypted that is tls://HOST:PORT",
        ) from error
    try:
        yield client
    finally:
        with suppress(OSError):  # it does not answer any more: then there is nothing to end
            client.close(timeout=2)


async def _greeted(scheduler: str) -> None:
    """See who answers: somebody who never speaks would hold a client for ever, and somebody who
    speaks something else would break it.

    Raises:
        TimeoutError: nobody, or nothing was said.
    """
    import dask
    from distributed import Security
    from distributed.comm import connect

    if dask.config.get("distributed.client.security-loader", None):
        return  # only a client knows how to ask that for certificates
    connection = Security().get_connection_args("client")
    talk = connect(scheduler, timeout=CONNECT_SECONDS, **connection)
    try:
        comm = await asyncio.wait_for(talk, CONNECT_SECONDS + 2.0)
    except TimeoutError as error:
        raise TimeoutError(str(error) or "what answers there says nothing") from error
    await comm.close()


def _checked(client: Any, scheduler: str) -> str:
    """The environment of its workers, which are alike, and as this machine but for its kind."""
    try:
        client.wait_for_workers(1, timeout=WORKER_SECONDS)
        found = client.get_versions(packages=[*PACKAGES, *ON_WORKERS])
        refuse_other_versions(found, where=scheduler)
        said = client.run(about, on_error="return")
        try:
            said[""] = client.run_on_scheduler(about)
        except Exception as error:  # whatever it is that it cannot load
            said[""] = error
    except TimeoutError as error:
        raise GraderError(
            f"the scheduler at {scheduler} has no workers",
            at="--scheduler",
            fix=f"on each machine that is to execute notebooks: dask worker {scheduler}",
        ) from error
    except OSError as error:
        raise GraderError(
            f"the scheduler at {scheduler} does not answer any more: {error}", at="--scheduler"
        ) from error
    return refuse_other_code(said, where=scheduler)


@contextmanager
def _own_cluster(workers: int | None, conditions: Conditions) -> Iterator[Any]:
    """A cluster of processes on this machine, encrypted with a certificate made for it: who else is
    on this machine could have it run anything otherwise."""
    import dask
    from distributed import Client, LocalCluster, Security

    settings = {
        "distributed.admin.tick.interval": "500ms",
        "distributed.worker.profile.enabled": False,  # nobody looks at it, and it costs
    }
    with ExitStack() as stack:
        stack.enter_context(dask.config.set(settings))
        try:
            cluster = LocalCluster(
                n_workers=workers or default_jobs(conditions.limits.memory_bytes),
                threads_per_worker=1,
                processes=True,
                host="127.0.0.1",
                dashboard_address="127.0.0.1:0",  # never shown, and not the port that all use
                memory_limit=0,  # what it supervises has limits of its own
                security=Security.temporary(),
                silence_logs=logging.CRITICAL,
            )
            stack.enter_context(cluster)
            client = Client(cluster, set_as_default=False, direct_to_workers=True)
            stack.enter_context(client)
            client.run(os.setpgrp)  # a terminal's Ctrl-C is for us: they would each tell of it
        except Exception as error:  # no room, no port, too many processes
            raise GraderError(
                f"a cluster of this machine does not start: {type(error).__name__}: {error}"[:400],
                fix="mend that, take fewer --jobs, or leave --engine dask out",
            ) from error
        yield client


@contextmanager
def _quiet() -> Iterator[None]:
    """Without Dask's log on standard error: what matters of it, we say."""
    names = [
        name for name in logging.root.manager.loggerDict if name.partition(".")[0] in (*NOISY,)
    ]
    loggers = [logging.getLogger(name) for name in dict.fromkeys([*NOISY, *names])]
    before = [logger.level for logger in loggers]
    try:
        for logger in loggers:
            logger.setLevel(logging.CRITICAL)
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)
