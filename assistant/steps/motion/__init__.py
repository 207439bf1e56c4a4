"""Motion: where the vertebra is, how it is shown, how fast it goes; its face. Nothing outside imports the inside.

Three questions with a function and a memory each, for the pipeline asks the second only where the first finds nothing
sure, and the third only of what the first believes: `follow` (`MotionMemory`), `compare` (`ReferenceLook`), `too_fast`
(`SpeedMemory`). `Pyramid` is the picture as the first takes it, made once for all views.
"""

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
