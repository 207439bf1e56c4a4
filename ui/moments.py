"""What the window keeps of each analysed frame (made in `assistant.readings.moments`)."""

from __future__ import annotations

from assistant.readings.moments import Moment, MomentStore, Outline, cement_outline

__all__ = ["Moment", "MomentStore", "Outline", "cement_outline"]
