"""The same random numbers for everybody."""

from __future__ import annotations

import gc
import random

import numpy as np


def seed(number: int) -> None:
    """Set before the first cell, and before every probe."""
    random.seed(number)
    np.random.seed(number)
    gc.collect(0)
