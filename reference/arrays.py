"""What an array is in the reference solutions: float64, and a copy."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def floats(values: ArrayLike) -> Array:
    """The same values as a new float64 array, shape kept.

    Integers become floats before any arithmetic: `x**2` of an int8 array would wrap around, and so
    would `b - y` of an unsigned one. Complex values stay complex. The formulas are analytic, so the
    tests prove the gradients by complex step through these very functions.
    """
    array = np.asarray(values)
    return array.astype(np.result_type(array, np.float64))
