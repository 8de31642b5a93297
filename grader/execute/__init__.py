"""Executes submissions: the only stage that runs a student's code. It never knows the answers."""

from grader.execute.conditions import Conditions
from grader.execute.engine import Engine, Local
from grader.execute.keys import conditions_key, notebook_key, probe_keys, run_key
from grader.execute.notebook import (
    UnreadableNotebookError,
    code_cells,
    executed,
    parse_notebook,
    read_file,
    read_notebook,
)
from grader.execute.pool import Asked, Executed, default_jobs, execute_all
from grader.execute.sandbox import Sandbox, cold_start, starts
from grader.execute.submission import execute

__all__ = [
    "Asked",
    "Conditions",
    "Engine",
    "Executed",
    "Local",
    "Sandbox",
    "UnreadableNotebookError",
    "code_cells",
    "cold_start",
    "conditions_key",
    "default_jobs",
    "execute",
    "execute_all",
    "executed",
    "notebook_key",
    "parse_notebook",
    "probe_keys",
    "read_file",
    "read_notebook",
    "run_key",
    "starts",
]
