"""What a student waits for: `check.py` on a correct hw1, beside a script with the same cells."""
