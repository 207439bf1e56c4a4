"""What the team does beside the picture: cement clock, millilitres, marks, AP looks, X-ray of each input. No disk.

Every act is a value with its time; nothing is ever deleted: taking back is an entry of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from assistant.language import tr
from assistant.live.plan_store import SECOND
from assistant.live.xray_count import XrayCount
from assistant.settings.tree import TheatreSettings
from assistant.vocabulary import Measure, Unknown

XRAY: Final = "xray"
"""Kind of the act that counts a stretch with X-ray on: its number from 1 and its length; number 0 begins the count, or
says why it is not known (``unknown``; its last word counts).

That of a second input says so (``input``): each has its own numbers."""
STEP_ML: Final = 0.2
_MOST_ML: Final = 30.0


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
    xray, second_xray : XrayCount
        X-ray of the first and of the second input: two planes that are exposed at once are two doses.
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
    xray: XrayCount = field(default_factory=XrayCount)
    second_xray: XrayCount = field(default_factory=XrayCount)
    levels_done: list[str] = field(default_factory=list)

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
        elif kind == XRAY:
            (self.second_xray if data.get("input") == SECOND else self.xray).recall(data)
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

    @property
    def xray_on_s(self) -> float:
        """X-ray time of both inputs: each plane is a beam of its own."""
        return self.xray.xray_on_s + self.second_xray.xray_on_s

    def log_xray(self, note: Callable[..., None], *, is_over: bool, second_is_over: bool) -> None:
        """Write what was counted of X-ray and does not stand in the log yet, or too short: it belongs to the case.

        Parameters
        ----------
        note : callable
            `LiveSession.note`.
        is_over, second_is_over : bool
            X-ray is off now in the first and in the second input, or the session ends.
        """
        for count, over, of in ((self.xray, is_over, {}), (self.second_xray, second_is_over, {"input": SECOND})):
            for number, length_s in count.unlogged(is_over=over).items():
                note(XRAY, number=number, seconds=length_s, level=self.level, **of)
            doubt = count.unlogged_doubt()
            if doubt is not None:
                note(XRAY, number=0, seconds=0.0, level=self.level, unknown=doubt, **of)

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
