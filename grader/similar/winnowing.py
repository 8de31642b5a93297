"""Winnowing: of all runs of k tokens, the few by which two texts are compared.

After Schleimer, Wilkerson and Aiken, Winnowing: local algorithms for document fingerprinting,
SIGMOD 2003. Of each window of hashes the smallest is kept, of equal ones the rightmost. So what two
texts share is found if it is at least k + window - 1 tokens long, and nothing shorter than k is.

Digests are the same in every process and on every machine: they are kept for years. That, and
tokens of Python instead of characters, is why this is no library's: copydetect's fingerprints are
Python's own hashes of characters, of another seed in each process.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

K = 10
"""Tokens in a fingerprint."""
WINDOW = 8


def digest(kind: str, content: str) -> int:
    """64 bits; `kind` keeps equal texts of different kinds apart."""
    text = f"{kind}\0{content}".encode(errors="replace")
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big")


def keyed(digest: int, key: bytes) -> int:
    """Another 64 bits for it, which nobody can make who lacks the key.

    Whoever has a digest of one word tries all words there are: the digest alone keeps no secret.
    """
    again = hashlib.blake2b(digest.to_bytes(8, "big"), digest_size=8, key=key)
    return int.from_bytes(again.digest(), "big")


def winnowed(hashes: Sequence[int], window: int = WINDOW) -> list[int]:
    """The places of those that are kept, in their order; of fewer than a window, of the smallest.

    >>> winnowed([77, 74, 42, 17, 98, 50, 17, 98, 8, 88, 67, 39, 77, 74, 42, 17, 98], window=4)
    [3, 6, 8, 11, 15]
    """
    if not hashes:
        return []
    window = min(window, len(hashes))
    kept: list[int] = []
    for start in range(len(hashes) - window + 1):
        smallest = min(range(start, start + window), key=lambda k: (hashes[k], -k))
        if not kept or kept[-1] != smallest:
            kept.append(smallest)
    return kept
