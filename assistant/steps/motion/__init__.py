"""Motion: where the vertebra is, how it is shown, how fast it goes; its face. Nothing outside imports the inside."""

from assistant.steps.motion.alignment import Pyramid
from assistant.steps.motion.motion import MotionMemory, follow, start_following
from assistant.steps.motion.orientation import ReferenceLook, compare, learn_reference
from assistant.steps.motion.speed import SpeedMemory, too_fast

__all__ = [
    "MotionMemory",
    "Pyramid",
    "ReferenceLook",
    "SpeedMemory",
    "compare",
    "follow",
    "learn_reference",
    "start_following",
    "too_fast",
]
