"""Where notebooks run, as the command line says it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from grader.cli.options import jobs_option, sandbox_option

if TYPE_CHECKING:
    from grader.execute import Engine

F = TypeVar("F", bound=Callable[..., Any])


def engine_options(function: F) -> F:
    """`--jobs`, `--engine`, `--scheduler`, `--sandbox`."""
    command: Any = sandbox_option(function)
    for option in (
        click.option(
            "--scheduler",
            metavar="ADDRESS",
            help="Of the Dask cluster, such as tls://HOST:8786. By default a cluster of processes "
            "on this machine, --jobs of them.",
        ),
        click.option(
            "--engine",
            type=click.Choice(["local", "dask"]),
            default="local",
            help="Where notebooks are run: on this machine, or on a Dask cluster.",
        ),
        jobs_option,
    ):
        command = option(command)
    return command  # type: ignore[no-any-return]


@contextmanager
def chosen_engine(
    engine: str, *, scheduler: str | None, jobs: int | None, sandbox: str
) -> Iterator[Engine]:
    """The engine that the options ask for.

    Raises:
        click.UsageError: they do not belong together.
        GraderError: it cannot be had.
    """
    if engine == "local":
        if scheduler is not None:
            raise click.UsageError("--scheduler ADDRESS goes with --engine dask.")
        from grader.cli.show import chosen_sandbox
        from grader.execute import Local

        yield Local(jobs, chosen_sandbox(sandbox))
        return
    if scheduler is not None and jobs is not None:
        raise click.UsageError(
            "--jobs goes without --scheduler: a cluster that is there has the workers that it has."
        )
    if sandbox == "off":
        raise click.UsageError(
            "--engine dask goes without --sandbox off: code without a sandbox could speak to the "
            "scheduler, and have every machine of the cluster, this one too, run anything."
        )
    from grader.cluster.joining import dask_engine, is_exposed

    if is_exposed(scheduler):
        click.secho(
            f"warning: {scheduler} is not encrypted: whoever reaches it reads hand-ins, and can "
            "have the workers run anything; see docs/operator.md",
            fg="yellow",
            err=True,
        )
    with dask_engine(
        scheduler, workers=jobs, sandbox="full" if sandbox == "require" else "best"
    ) as found:
        yield found
