"""Cement: where it is seen, and with which sign it shows; its face. Nothing outside imports the inside.

`find_cement` is the step, `MaskMemory` what it remembers, `start_masking` (on `cement_crop`) how it begins,
`CementLimits` its numbers, `ground_of` what it hands to the shape model. Which sign cement has is asked before there is
a step to ask: by `PolarityWatch` over a run, and of single pictures at set-up (`log_odds_of` each, `judged` together,
or `stated_polarity`). `EarlierCement` asks whether cement stood there before the start.
"""

from assistant.steps.cement.baseline import cement_crop
from assistant.steps.cement.cement import find_cement
from assistant.steps.cement.earlier_cement import EarlierCement
from assistant.steps.cement.ground import ground_of
from assistant.steps.cement.limits import USUAL_LIMITS, CementLimits, limits_with
from assistant.steps.cement.memory import MaskMemory, start_masking
from assistant.steps.cement.polarity import Body, Polarity, judged, log_odds_of, stated_polarity
from assistant.steps.cement.polarity_watch import PolarityWatch

__all__ = [
    "USUAL_LIMITS",
    "Body",
    "CementLimits",
    "EarlierCement",
    "MaskMemory",
    "Polarity",
    "PolarityWatch",
    "cement_crop",
    "find_cement",
    "ground_of",
    "judged",
    "limits_with",
    "log_odds_of",
    "start_masking",
    "stated_polarity",
]
