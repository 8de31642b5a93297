"""From an assignment to what students get: the notebook without solutions, data, the self-check."""
