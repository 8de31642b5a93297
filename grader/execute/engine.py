"""Where notebooks are executed: here, on this machine; past it, in `grader/cluster`."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from grader.execute.conditions import Conditions
from grader.execute.pool import Asked, Executed, default_jobs, execute_all
from grader.execute.sandbox import Sandbox
from grader.runner.libraries import environment

T = TypeVar("T")


class Engine(Protocol):
    """Makes evidence, the same wherever that is."""

    @property
    def environment(self) -> str:
        """Of the processes that run notebooks; it is part of each run's key."""

    def execute_all(
        self, works: Iterable[T], asked: Callable[[T], Asked], conditions: Conditions
    ) -> Generator[Executed[T], None, None]:
        """Execute each piece of work; give what came of it as soon as it is there.

        Close it, and everything that it has running is stopped.

        Args:
            asked: opens a piece of work, when it is its turn.

        Raises:
            GraderError: student code cannot be run, or not any more. What was given out stands.
        """


@dataclass(frozen=True)
class Local:
    """Processes of this machine.

    Attributes:
        jobs: notebooks at a time; None: one a core, as far as memory reaches.
    """

    jobs: int | None = None
    sandbox: Sandbox = "full"

    @property
    def environment(self) -> str:
        """Of this interpreter, which starts them."""
        return environment()

    def execute_all(
        self, works: Iterable[T], asked: Callable[[T], Asked], conditions: Conditions
    ) -> Generator[Executed[T], None, None]:
        """See `Engine`."""
        jobs = self.jobs or default_jobs(conditions.limits.memory_bytes)
        return execute_all(works, asked, conditions, jobs=jobs, sandbox=self.sandbox)
