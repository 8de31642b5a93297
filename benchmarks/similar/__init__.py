"""Who copied, found among hundreds of independent solutions: ours beside token winnowing alone and
beside copydetect, on classes that a seeded generator makes.

`python -m benchmarks.similar` prints three tables: precision and recall over planted copies, false
alarms in classes without copies, and what it costs.
"""
