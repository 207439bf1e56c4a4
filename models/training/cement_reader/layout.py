"""What the network is given and what a pack of it says of itself."""

from __future__ import annotations

from assistant.steps.cement.reader_inputs import CHANNELS

__all__ = ["CHANNELS", "INPUT", "LAYOUT", "MM_PER_PX", "MULTIPLE_PX", "OUTPUTS", "PATH_STEPS", "SCHEMA"]

LAYOUT = "stabilised-crop-1"
INPUT = "maps"
OUTPUTS = ("p", "path_mm", "path_spread")
SCHEMA = "fluoro-assistant/cement-reader-pack/1"
MULTIPLE_PX = 8
"""Rows and columns are padded with zeros, right and below, to a multiple of this."""
MM_PER_PX = (0.31, 0.70)
"""Of the crops that the network learned from."""
PATH_STEPS = 8
"""Samples keep the path in steps of 1/8 mm."""
