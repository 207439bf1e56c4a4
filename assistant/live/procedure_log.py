"""What the team does beside the picture: cement clock, millilitres, marks, AP looks, X-ray time. No disk.

Every act is a value with its time; nothing is ever deleted: taking back is an entry of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from assistant.language import tr
from assistant.settings.tree import TheatreSettings
from assistant.vocabulary import Measure, Unknown

XRAY: Final = "xray"
"""Kind of the act that counts a stretch with X-ray on: its number from 1 and its length; number 0 begins the count."""
STEP_ML: Final = 0.2
_MOST_ML: Final = 30.0
_LOGGED_EVERY_S: Final = 10.0
"""So much of a stretch with X-ray on can be lost with a window that dies."""


@dataclass(slots=True)
class ProcedureLog:
    """The acts of a session. Millilitres belong to a level; clock, AP look and X-ray go on over the levels.

    Attributes
    ----------
    level : str
        The level that is worked on, as its lines say; empty before the first lines.
    stages : tuple of str
        Names of the cement's stages.
    ap_again_s : float
        After this long the bar asks for another look in the other plane.
    mixed_ns : int or None
        When the cement clock was started.
    stage : int
        Which stage is named; its time in ``stage_ns``.
    entries_ml : dict of str to list of float
        Millilitres entered by hand at each level, in order.
    pushes_s : list of float
        Lengths of the stretches with X-ray on ("pushes" of the pedal, exposures), in order.
    """

    stages: tuple[str, ...]
    ap_again_s: float
    level: str = ""
    mixed_ns: int | None = None
    stage: int = 0
    stage_ns: int | None = None
    entries_ml: dict[str, list[float]] = field(default_factory=dict)
    taken_back: int = 0
    pauses: int = 0
    bookmarks: int = 0
    key_images: int = 0
    ap_ns: int | None = None
    pushes_s: list[float] = field(default_factory=list)
    levels_done: list[str] = field(default_factory=list)
    _before: int = 0
    """Exposures that a window before this one has counted."""
    _logged_s: dict[int, float] = field(default_factory=dict)

    @classmethod
    def by(cls, settings: TheatreSettings) -> ProcedureLog:
        """The log of a new case."""
        stages = tuple(name for part in settings.cement_stages.split(",") if (name := part.strip()))
        return cls(stages=stages or ("mixed",), ap_again_s=settings.ap_again_s)

    def recall(self, events: Iterable[Mapping[str, Any]], now_ns: int, wall_now_ns: int) -> None:
        """Take back what the event log says of a session that goes on: level, clock, millilitres, AP look, counts.

        Parameters
        ----------
        events : iterable of dict
            As the log holds them; what cannot be read is passed over.
        now_ns, wall_now_ns : int
            The monotonic clock and the wall's, now: the log may come from before a restart of the machine.
        """
        for event in events:
            data, wall_ns = event.get("data"), event.get("wall_ns")
            if isinstance(data, Mapping) and isinstance(wall_ns, int):
                self._do_again(str(event.get("kind")), data, now_ns - (wall_now_ns - wall_ns))
        self.pushes_s = [self._logged_s.get(k, 0.0) for k in range(1, 1 + max(self._logged_s, default=0))]
        self._before = len(self.pushes_s)

    def _do_again(self, kind: str, data: Mapping[str, Any], at_ns: int) -> None:
        """Do an act of the log as it was done then, also going on to another level: what comes next is of that one."""
        if kind == "cement_clock":
            self.restart_clock(at_ns)
        elif kind == "cement_stage":
            self.next_stage(at_ns)
        elif kind == "ap_look":
            self.ap_ns = at_ns
        elif kind == "next_level":
            self.next_level()
        elif kind == "plan_set" and data.get("input", 1) == 1:
            self.at_level(_level_of(data.get("plan")))
        elif kind in ("ml", "ml_back"):
            self._enter_again(data.get("total_ml"), taken_back=kind == "ml_back")
        elif kind == XRAY and isinstance(data.get("number"), int):
            self._logged_s[data["number"]] = _number(data.get("seconds")) or 0.0
        self.pauses += kind == "pause"
        self.bookmarks += kind == "bookmark"
        self.key_images += kind == "key_image"

    def _enter_again(self, said_ml: object, *, taken_back: bool) -> None:
        total_ml = _number(said_ml)
        if total_ml is None or not 0 <= total_ml <= _MOST_ML:
            return
        if taken_back:
            self.take_back()
        else:
            self.entries_ml.setdefault(self.level, []).append(round(total_ml - self.total_ml, 3))

    def at_level(self, level: str) -> bool:
        """Work goes on at this level: its millilitres are those that were entered for it. Whether it is another one."""
        if level == self.level:
            return False
        if not self.level:
            # Entered before its lines stood.
            self.entries_ml[level] = self.entries_ml.get(level, []) + self.entries_ml.pop("", [])
        self.level = level
        return True

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
            return tr("[[theatre:cement clock]] starts it")
        if self.stage == 0:
            return tr("since mixing")
        seconds = max(0, int((now_ns - self.stage_ns) / 1e9))
        return tr("{stage} for {time}", stage=self.stages[self.stage], time=f"{seconds // 60:02d}:{seconds % 60:02d}")

    def put_in(self) -> float | None:
        """One step more; the sum in ml, None where no one would inject more."""
        if self.total_ml + STEP_ML > _MOST_ML + 1e-9:
            return None
        self.entries_ml.setdefault(self.level, []).append(STEP_ML)
        return self.total_ml

    def take_back(self) -> float | None:
        """The last entry was wrong; the sum in ml, None where there is none."""
        entries = self.entries_ml.get(self.level)
        if not entries:
            return None
        entries.pop()
        self.taken_back += 1
        return self.total_ml

    @property
    def total_ml(self) -> float:
        """Entered by hand at this level."""
        return round(sum(self.entries_ml.get(self.level, [])), 3)

    def see_xray(self, exposures_s: Sequence[float]) -> None:
        """Take over the X-ray time of each exposure since this window has looked (`LiveStatus.xray_s`)."""
        self.pushes_s[self._before :] = exposures_s

    @property
    def pushes(self) -> int:
        """Stretches with X-ray on."""
        return len(self.pushes_s)

    @property
    def xray_on_s(self) -> float:
        """Sum of those stretches."""
        return sum(self.pushes_s)

    def log_xray(self, note: Callable[..., None], *, is_over: bool) -> None:
        """Write what was counted of X-ray and does not stand in the log yet, or too short: it belongs to the case.

        The first time number 0 comes with it: from here on it is counted.

        Parameters
        ----------
        note : callable
            `LiveSession.note`.
        is_over : bool
            X-ray is off now, or the session ends: the newest stretch has its whole length.
        """
        made = {} if 0 in self._logged_s else {0: 0.0}
        for number in range(1, self.pushes + 1):
            length_s, logged_s = round(self.pushes_s[number - 1], 2), self._logged_s.get(number)
            whole = is_over or number < self.pushes
            if logged_s is None or (whole and length_s != logged_s) or length_s - logged_s > _LOGGED_EVERY_S:
                made[number] = length_s
        for number, length_s in made.items():
            note(XRAY, number=number, seconds=length_s, level=self.level)
        self._logged_s.update(made)

    def ap_words(self, now_ns: int) -> str:
        """When the other plane was looked at last, for the quiet bar."""
        if self.ap_ns is None:
            return tr("No AP look yet: [[theatre:ap look]]")
        seconds = max(0, int((now_ns - self.ap_ns) / 1e9))
        text = tr("Last AP look {time} ago", time=f"{seconds // 60:02d}:{seconds % 60:02d}")
        return tr("{text} · look again: [[theatre:ap look]]", text=text) if seconds >= self.ap_again_s else text

    def next_level(self) -> None:
        """The level is done; the lines of the next say which it is: what is entered before they stand is of it.

        Asked for again before they stand, what was entered since is done as a level that nobody named.
        """
        if self.level or self.total_ml:
            self.levels_done.append(f"{self.level or 'level'} · {self.total_ml:.1f} ml")
        self.entries_ml.pop("", None)
        self.level = ""


def _level_of(plan: object) -> str:
    """The level that the lines of a log's plan are of; empty where they do not say it."""
    views = plan.get("views") if isinstance(plan, Mapping) else None
    first = views[0] if isinstance(views, list) and views else None
    level = first.get("level") if isinstance(first, Mapping) else None
    return level if isinstance(level, str) else ""


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
