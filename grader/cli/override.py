"""`grader override`."""

from grader.cli.decisions import override as command

__all__ = ["command"]
