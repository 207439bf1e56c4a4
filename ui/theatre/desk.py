"""What the team does beside the picture: cement clock, millilitres, marks, AP looks, X-ray time. No Qt, no disk.

Every act is a value with its time; nothing is ever deleted: taking back is an entry of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from assistant.settings import TheatreSettings
from assistant.vocabulary import Measure, Unknown

STEP_ML: Final = 0.2
_MOST_ML: Final = 30.0
_NEW_PUSH_S: Final = 0.35


@dataclass(slots=True)
class Desk:
    """The acts of one level of a case; clock and AP look go on over the levels of a case.

    Attributes
    ----------
    stages : tuple of str
        Names of the cement's stages.
    ap_again_s : float
        After this long the bar asks for another look in the other plane.
    mixed_ns : int or None
        When the cement clock was started.
    stage : int
        Which stage is named; its time in ``stage_ns``.
    entries_ml : list of float
        Millilitres entered by hand, in order.
    pushes : int
        Stretches with X-ray on.
    xray_on_s : float
        Sum of those stretches.
    """

    stages: tuple[str, ...]
    ap_again_s: float
    mixed_ns: int | None = None
    stage: int = 0
    stage_ns: int | None = None
    entries_ml: list[float] = field(default_factory=list)
    taken_back: int = 0
    pauses: int = 0
    bookmarks: int = 0
    key_images: int = 0
    ap_ns: int | None = None
    pushes: int = 0
    xray_on_s: float = 0.0
    levels_done: list[str] = field(default_factory=list)
    _known_push_s: float | None = None

    @classmethod
    def by(cls, settings: TheatreSettings) -> Desk:
        """A desk of a new case."""
        stages = tuple(name for part in settings.cement_stages.split(",") if (name := part.strip()))
        return cls(stages=stages or ("mixed",), ap_again_s=settings.ap_again_s)

    def recall(self, events: Iterable[Mapping[str, Any]], now_ns: int, wall_now_ns: int) -> None:
        """Take back what the event log says of a session that goes on: clock, millilitres, AP look, counts.

        Parameters
        ----------
        events : iterable of dict
            As the log holds them; what cannot be read is passed over.
        now_ns, wall_now_ns : int
            The monotonic clock and the wall's, now: the log may come from before a restart of the machine.
        """
        for event in events:
            data, kind = event.get("data"), event.get("kind")
            wall_ns = event.get("wall_ns")
            if not isinstance(data, Mapping) or not isinstance(wall_ns, int):
                continue
            at_ns = now_ns - (wall_now_ns - wall_ns)
            total = data.get("total_ml")
            if kind in ("ml", "ml_back") and isinstance(total, int | float) and 0 <= total <= _MOST_ML:
                self.entries_ml = [float(total)] if total > 0 else []
            elif kind == "cement_clock":
                self.restart_clock(at_ns)
            elif kind == "cement_stage":
                self.next_stage(at_ns)
            elif kind == "ap_look":
                self.ap_ns = at_ns
            elif kind == "next_level":
                self.entries_ml = []
                done = data.get("done")
                self.levels_done = [str(name) for name in done] if isinstance(done, list) else []
            self.pauses += kind == "pause"
            self.bookmarks += kind == "bookmark"
            self.key_images += kind == "key_image"

    def start_clock(self, now_ns: int) -> bool:
        """Start the cement clock; False where it runs already."""
        if self.mixed_ns is not None:
            return False
        self.restart_clock(now_ns)
        return True

    def restart_clock(self, now_ns: int) -> None:
        """A new batch."""
        self.mixed_ns = self.stage_ns = now_ns
        self.stage = 0

    def next_stage(self, now_ns: int) -> str | None:
        """The cement is at its next stage; its name, None where there is none or the clock does not run."""
        if self.mixed_ns is None or self.stage + 1 >= len(self.stages):
            return None
        self.stage += 1
        self.stage_ns = now_ns
        return self.stages[self.stage]

    def clock_s(self, now_ns: int) -> Measure:
        """Time since mixing."""
        if self.mixed_ns is None:
            return Unknown("not started")
        return (now_ns - self.mixed_ns) / 1e9

    def stage_words(self, now_ns: int) -> str:
        """Under the clock."""
        if self.mixed_ns is None or self.stage_ns is None:
            return "C starts it"
        if self.stage == 0:
            return "since mixing"
        seconds = max(0, int((now_ns - self.stage_ns) / 1e9))
        return f"{self.stages[self.stage]} for {seconds // 60:02d}:{seconds % 60:02d}"

    def put_in(self) -> float | None:
        """One step more; the sum in ml, None where no one would inject more."""
        if self.total_ml + STEP_ML > _MOST_ML + 1e-9:
            return None
        self.entries_ml.append(STEP_ML)
        return self.total_ml

    def take_back(self) -> float | None:
        """The last entry was wrong; the sum in ml, None where there is none."""
        if not self.entries_ml:
            return None
        self.entries_ml.pop()
        self.taken_back += 1
        return self.total_ml

    @property
    def total_ml(self) -> float:
        """Entered by hand."""
        return round(sum(self.entries_ml), 3)

    def see_push(self, push_s: Measure) -> None:
        """Count stretches of X-ray from the time that the present one has lasted."""
        if isinstance(push_s, Unknown):
            return
        before_s, self._known_push_s = self._known_push_s, push_s
        if before_s is None or push_s < before_s - _NEW_PUSH_S:
            self.pushes += 1
            self.xray_on_s += push_s
        else:
            # The same push, perhaps after a while in which nobody could say how long it has lasted.
            self.xray_on_s += max(0.0, push_s - before_s)

    def ap_words(self, now_ns: int) -> str:
        """When the other plane was looked at last, for the quiet bar."""
        if self.ap_ns is None:
            return "No AP look yet: A"
        seconds = max(0, int((now_ns - self.ap_ns) / 1e9))
        told = f"Last AP look {seconds // 60:02d}:{seconds % 60:02d} ago"
        return f"{told} · look again: A" if seconds >= self.ap_again_s else told

    def next_level(self, level: str) -> None:
        """The level is done; clock, AP look and X-ray time go on, the millilitres begin anew."""
        self.levels_done.append(f"{level} · {self.total_ml:.1f} ml")
        self.entries_ml.clear()
