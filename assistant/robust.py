"""Middle and spread of many numbers, quickly: NumPy's median costs three times what its partition does."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_SIGMA_FROM_MAD = 1.4826


def middle(values: NDArray[Any]) -> float:
    """The median (for an even number the upper of the two middle ones) of a flat array that is not empty."""
    half = values.size // 2
    return float(np.partition(values, half)[half])


def spread(values: NDArray[Any], centre: float = 0.0) -> float:
    """Standard deviation of normal noise from the median of the distances to a centre; flat array, not empty."""
    return _SIGMA_FROM_MAD * middle(np.abs(values - values.dtype.type(centre)))
