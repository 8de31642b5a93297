"""`grader excuse`."""

from grader.cli.decisions import excuse as command

__all__ = ["command"]
