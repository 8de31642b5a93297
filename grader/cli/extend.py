"""`grader extend`."""

from grader.cli.decisions import extend as command

__all__ = ["command"]
