"""Names for the code of cells: those that a kernel gives, `/tmp/ipykernel_1/2657636074.py`.

They show in tracebacks, warnings and syntax errors. There is no such file, and IPython draws the
lines of a cell differently for a name that could not be one.
"""

from __future__ import annotations

from IPython.core.compilerop import CachingCompiler

from .statements import CELLS

_WORD = 0xFFFFFFFF
_MULTIPLIER = 0x5BD1E995
_SEED = 0xC70F6907  # a kernel's


class CellCompiler(CachingCompiler):
    def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
        return f"{CELLS}{_murmur2(raw_code.encode())}.py"


def _murmur2(data: bytes) -> int:
    """The 32-bit hash MurmurHash2 by Austin Appleby."""
    state = _SEED ^ len(data)
    whole = len(data) & ~3
    for place in range(0, whole, 4):
        word = int.from_bytes(data[place : place + 4], "little") * _MULTIPLIER & _WORD
        word = (word ^ word >> 24) * _MULTIPLIER & _WORD
        state = state * _MULTIPLIER & _WORD ^ word
    if len(data) > whole:
        state = (state ^ int.from_bytes(data[whole:], "little")) * _MULTIPLIER & _WORD
    state = (state ^ state >> 13) * _MULTIPLIER & _WORD
    return state ^ state >> 15
