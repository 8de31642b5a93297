"""Reads what was written for nbgrader, and makes a course of ours of it.

`source` reads cells and what they are for, `asserts` turns tests into checks, `course` writes the
files and says what could not be carried over. Facts of the format: nbgrader's metadata, version 3.
"""
