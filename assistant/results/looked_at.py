"""That nothing was found, said only of what was looked at: not looked yet, not visible and none are three things.

Screens, lists, tables and reports take the words from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from assistant.language import sentence

NOT_YET: Final = sentence("not looked yet")
NONE_SEEN: Final = sentence("none seen in this view")
NOT_VISIBLE: Final = sentence("not visible")
NOT_TO_ITS_END: Final = sentence("not looked at to its end")
_PART: Final = sentence("{0} % looked at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """How much of a run was looked at.

    Attributes
    ----------
    frames : int
        Looked at so far.
    of : int or None
        Frames of the run; None where nobody knows.
    through : bool
        The analysis came to the end of the run.
    measured : bool
        In at least one picture cement could be looked for.
    """

    frames: int
    of: int | None
    through: bool
    measured: bool

    @property
    def none(self) -> str:
        """What is said where nothing is listed."""
        if self.through:
            return NONE_SEEN if self.measured else NOT_VISIBLE
        if self.frames == 0:
            return NOT_YET
        return _PART.format(min(99, 100 * self.frames // self.of)) if self.of else NOT_TO_ITS_END


def looked_of(document: Mapping[str, Any]) -> Looked:
    """How much was looked at, by a ``result.json``. The share of the body is known once a picture was measured."""
    return Looked(
        frames=int(document["run"]["frames"]),
        of=None,
        through=bool(document["complete"]),
        measured=document["final"].get("fill_area_ratio") is not None or bool(document["leaks"]),
    )
