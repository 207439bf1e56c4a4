"""Cement: where it is seen, and with which sign it shows; its face. Nothing outside imports the inside."""

from assistant.steps.cement.baseline import Baseline, cement_crop, start_baseline
from assistant.steps.cement.cement import find_cement
from assistant.steps.cement.ground import ground_of
from assistant.steps.cement.limits import USUAL_LIMITS, CementLimits, limits_with
from assistant.steps.cement.memory import MaskMemory, start_masking
from assistant.steps.cement.polarity import Body, Polarity, judged, log_odds_of, said
from assistant.steps.cement.polarity_watch import PolarityWatch

__all__ = [
    "USUAL_LIMITS",
    "Baseline",
    "Body",
    "CementLimits",
    "MaskMemory",
    "Polarity",
    "PolarityWatch",
    "cement_crop",
    "find_cement",
    "ground_of",
    "judged",
    "limits_with",
    "log_odds_of",
    "said",
    "start_baseline",
    "start_masking",
]
