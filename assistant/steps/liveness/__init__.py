"""Liveness: whether X-ray is on, and whether the picture is new; its face. Nothing outside imports the inside."""

from assistant.steps.liveness.liveness import LivenessMemory, judge_liveness, moves_fast, start_liveness
from assistant.steps.liveness.screen_watch import ScreenWatch, SeenField, picture_with

__all__ = [
    "LivenessMemory",
    "ScreenWatch",
    "SeenField",
    "judge_liveness",
    "moves_fast",
    "picture_with",
    "start_liveness",
]
