"""Each kind of check: from what an author declares to its probes and its key."""
