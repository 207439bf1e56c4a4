"""The parts of the page of training, one of which is in front."""

from __future__ import annotations

from typing import Final

WELCOME: Final = "welcome"
ASKING: Final = "asking"
FEEDBACK: Final = "feedback"
OVERVIEW: Final = "overview"
INSTRUCTOR: Final = "instructor"
