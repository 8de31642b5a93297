"""Mistakes that need no author: what a reference gives when it is rewritten as a slip would."""
