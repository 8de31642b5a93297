"""Hand-ins from where people put them, as `Submission`s: what, by whom, when."""

from grader.collect.folder import collect_folder

__all__ = ["collect_folder"]
