"""Motion: where the vertebra is, how it is shown, how fast it goes; its face. Nothing outside imports the inside.

Three questions with a memory each: `follow` (`MotionMemory`), how the console shows it (`DisplayWatch`, which looks
closely only where the first finds nothing sure), and, of what the first believes, `too_fast` (`SpeedMemory`).
`Pyramid` is the picture as the first takes it, made once for all views.
"""

from assistant.steps.motion.display_watch import DisplayWatch
from assistant.steps.motion.motion import MotionMemory, follow, start_following
from assistant.steps.motion.pyramid import Pyramid
from assistant.steps.motion.speed import SpeedMemory, too_fast

__all__ = [
    "DisplayWatch",
    "MotionMemory",
    "Pyramid",
    "SpeedMemory",
    "follow",
    "start_following",
    "too_fast",
]
