"""X-ray of one input of a session: how long each exposure was, over all windows that have looked, and what is logged.

It works nothing out: the exposures are those of `assistant.acquisition`, as the state of the input counts them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

_LOGGED_EVERY_S: Final = 2.0
"""So much of an exposure can be lost with a window that dies."""


@dataclass(slots=True)
class XrayCount:
    """The exposures of one input, in order.

    Attributes
    ----------
    pushes_s : list of float
        Lengths of the stretches with X-ray on ("pushes" of the pedal, exposures), in order.
    doubt : str
        Why they are not known to be the whole; empty where they are.
    """

    pushes_s: list[float] = field(default_factory=list)
    doubt: str = ""
    _doubt_before: str = ""
    _logged_doubt: str = ""
    _before: int = 0
    """Exposures that were counted before those that are counted now began."""
    _logged_s: dict[int, float] = field(default_factory=dict)
    _is_counted: bool = False

    @property
    def is_counted(self) -> bool:
        """Whether anybody has counted: an input whose times nobody knows is not."""
        return self._is_counted

    @property
    def pushes(self) -> int:
        """Stretches with X-ray on."""
        return len(self.pushes_s)

    @property
    def xray_on_s(self) -> float:
        """Sum of those stretches."""
        return sum(self.pushes_s)

    def see(self, exposures_s: Sequence[float]) -> None:
        """Take over the X-ray time of each exposure since the input was opened, or taken over (`LiveStatus.xray_s`)."""
        self.pushes_s[self._before :] = exposures_s
        self._is_counted, self.doubt = True, self._doubt_before

    def begin_anew(self) -> None:
        """The input is opened anew, and counts its exposures from none: those before stay."""
        self._before, self._doubt_before = len(self.pushes_s), self.doubt

    def recall(self, data: Mapping[str, Any]) -> None:
        """An entry of the log, of a session that goes on."""
        number, seconds = data.get("number"), data.get("seconds")
        if not isinstance(number, int) or number < 0:
            return
        self._logged_s[number] = float(seconds) if isinstance(seconds, int | float) else 0.0
        if "unknown" in data:
            self.doubt = self._doubt_before = self._logged_doubt = str(data["unknown"])
        self._is_counted = True
        self.pushes_s = [self._logged_s.get(k, 0.0) for k in range(1, 1 + max(self._logged_s))]
        while self.pushes_s and not self.pushes_s[-1]:
            self.pushes_s.pop()
        self._before = len(self.pushes_s)

    def unlogged(self, *, is_over: bool) -> dict[int, float]:
        """What was counted and does not stand in the log yet, or too short, by its number; it is logged from now on.

        The first time number 0 comes with it: from here on it is counted.

        Parameters
        ----------
        is_over : bool
            X-ray is off now, or the session ends: the newest stretch has its whole length.
        """
        if not self._is_counted:
            return {}
        made = {} if 0 in self._logged_s else {0: 0.0}
        for number in range(1, self.pushes + 1):
            length_s, logged_s = round(self.pushes_s[number - 1], 2), self._logged_s.get(number)
            whole = is_over or number < self.pushes
            if logged_s is None or (whole and length_s != logged_s) or length_s - logged_s > _LOGGED_EVERY_S:
                made[number] = length_s
        # Two stretches were found to be one: the last number is taken back.
        made |= {number: 0.0 for number, logged_s in self._logged_s.items() if number > self.pushes and logged_s}
        self._logged_s.update(made)
        return made

    def unlogged_doubt(self) -> str | None:
        """Why they are not known, or that they are (empty), where that is not what was logged last; None: it is."""
        if not self._is_counted or bool(self.doubt) is bool(self._logged_doubt):
            return None
        self._logged_doubt = self.doubt
        return self.doubt
