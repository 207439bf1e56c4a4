"""Liveness: whether X-ray is on, and whether the picture is new; its face. Nothing outside imports the inside.

`ScreenWatch` is the step: which picture of a screen is looked at, and what it is. `judge_liveness` (`LivenessMemory`)
is the same for one picture alone, for the self-test; `SeenPictures` is what a session has shown so far, and outlives a
plan; `picture_with` finds a plan's picture on a screen; `moves_fast` is asked by the pipeline of what it saw.
"""

from assistant.steps.liveness.liveness import LivenessMemory, judge_liveness, moves_fast, start_liveness
from assistant.steps.liveness.screen_watch import ScreenWatch, SeenField, picture_with
from assistant.steps.liveness.seen_pictures import SeenPictures

__all__ = [
    "LivenessMemory",
    "ScreenWatch",
    "SeenField",
    "SeenPictures",
    "judge_liveness",
    "moves_fast",
    "picture_with",
    "start_liveness",
]
