"""What the beam does: exposures and pauses, film time, pulse rate, X-ray time. The one place that counts them.

Film time (while the beam is on) and pause are two things: what has to last so long lasts in film, and what a pause
explains is expected after it. `AcquisitionMemory` and `take_picture` follow a source from its new X-ray pictures;
`decide` counts what could not be told when it came.
"""

from assistant.acquisition.acquisition import Acquisition, AcquisitionMemory, AcquisitionMode, decide, take_picture

__all__ = ["Acquisition", "AcquisitionMemory", "AcquisitionMode", "decide", "take_picture"]
