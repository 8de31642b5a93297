"""Hand-ins from where people put them, as `Submission`s: what, by whom, when."""

from grader.collect.folder import collect_folder, names_in_lms

__all__ = ["collect_folder", "names_in_lms"]
