"""Asking a network: a session on one core, maps filled up to what it takes, its answers cut back."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from models.training.cement_reader.layout import INPUT, MULTIPLE_PX, OUTPUTS

F32 = NDArray[np.float32]


def session_of(model: bytes) -> Any:
    """A session on one core."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def padded(maps: F32) -> F32:
    """Maps with a leading axis of one, rows and columns filled up with zeros to multiples of 8."""
    _, rows, cols = maps.shape
    return np.pad(maps[None], [(0, 0), (0, 0), (0, -rows % MULTIPLE_PX), (0, -cols % MULTIPLE_PX)])


def answers(session: Any, maps: F32) -> tuple[F32, F32, F32]:
    """Probability of cement in sight, path in mm, its relative standard deviation, (rows, cols) each."""
    rows, cols = maps.shape[1:]
    p, path_mm, spread = session.run(list(OUTPUTS), {INPUT: padded(maps)})
    return p[0, :rows, :cols], path_mm[0, :rows, :cols], spread[0, :rows, :cols]
