"""Executes submissions: the only stage that runs a student's code. It never knows the answers."""

from grader.execute.conditions import Conditions
from grader.execute.notebook import UnreadableNotebookError, executed, read_notebook
from grader.execute.pool import Executed, default_jobs, execute_all
from grader.execute.sandbox import Sandbox, cold_start, starts
from grader.execute.submission import execute

__all__ = [
    "Conditions",
    "Executed",
    "Sandbox",
    "UnreadableNotebookError",
    "cold_start",
    "default_jobs",
    "execute",
    "execute_all",
    "executed",
    "read_notebook",
    "starts",
]
