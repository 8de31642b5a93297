"""What a course of 100,000 costs after the notebooks have run: judge, score, export.

    python -m benchmarks.scale

Some generated students of hw1 are really graded. Then 10,000 and 100,000 records are simulated from
what their notebooks did: each has a student, a time and a file of its own, and one in twenty has
answers that differ from all others in their last digits, so that nothing known of another helps.
Each goes the way that it goes in `grader grade`: it is decoded, judged, scored, its receipt is
encoded, its line of scores.json is written; then all are exported as a table for people. In one
run, each size in a process of its own.

Held against: time that grows as the records do, and a parent that holds no more for ten times as
many. What is not in it: execution (`benchmarks.execute`, `benchmarks.cluster`), pages
(`benchmarks.pages`), and disks.
"""
