"""Liveness: whether X-ray is on, and whether the picture is new; its face. Nothing outside imports the inside.

`ScreenWatch` is the step: which picture of a screen is looked at, and what it is. `judge_liveness` (`LivenessMemory`)
is the same for one picture alone, for the self-test; `SeenPictures` is what a session has shown so far, and outlives a
plan, and an analysis too where its `SeenRoom` is the session's; `picture_with` finds a plan's picture on a screen;
`moves_fast` is asked by the pipeline of what it saw.
"""

from assistant.steps.liveness.liveness import LivenessMemory, judge_liveness, moves_fast, start_liveness
from assistant.steps.liveness.screen_watch import ScreenWatch, SeenField, picture_with
from assistant.steps.liveness.seen_pictures import MOST_PICTURES, SeenPictures
from assistant.steps.liveness.seen_room import SeenRoom

__all__ = [
    "MOST_PICTURES",
    "LivenessMemory",
    "ScreenWatch",
    "SeenField",
    "SeenPictures",
    "SeenRoom",
    "judge_liveness",
    "moves_fast",
    "picture_with",
    "start_liveness",
]
