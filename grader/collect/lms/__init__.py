"""Takes a download from an LMS in: whose is what, handed in when, and where it goes."""

from grader.collect.lms.kinds import Kind, deliveries, kind_of

__all__ = ["Kind", "deliveries", "kind_of"]
