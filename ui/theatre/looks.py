"""How each liveness state looks (design, 7.1): one row a state, so that no two can be taken for each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Final

from assistant.language import tr, translate
from assistant.live.messages import LiveState
from assistant.live.status import LiveStatus
from assistant.vocabulary import REPLAYED, Unknown
from ui import words


class LinesLook(Enum):
    """How the lines are drawn."""

    COLOURED = auto()
    GREY = auto()
    NONE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One state.

    Attributes
    ----------
    icon : str
    watching : str
        Second word of the strip while armed.
    lines : LinesLook
    dimmed, hatched, black : bool
        What is done to the picture.
    plate : str
        Words on the picture, with a place for the time; empty: none.
    figure : str
        What stands in the place of the big figure; empty: the figure.
    explanation : str
        A second line under it.
    gap : str
        What the curve's gap is called; empty: no gap.
    push_runs : bool
    age : str
        "ms", "s" or "": how the age of the picture is told.
    """

    icon: str
    watching: str
    lines: LinesLook = LinesLook.NONE
    dimmed: bool = False
    hatched: bool = False
    black: bool = False
    plate: str = ""
    figure: str = ""
    explanation: str = ""
    gap: str = ""
    push_runs: bool = False
    age: str = "ms"


LOOKS: Final[Mapping[LiveState, Look]] = {
    LiveState.LIVE: Look(icon="live", watching=words.MONITORING, lines=LinesLook.COLOURED, push_runs=True),
    LiveState.HELD: Look(
        icon="held",
        watching=words.WAITING,
        lines=LinesLook.GREY,
        dimmed=True,
        hatched=True,
        plate=words.HELD_PLATE,
        figure=words.NOT_ON_HELD,
        explanation=tr("Returns with the next X-ray frame."),
        gap=words.XRAY_OFF,
        age="s",
    ),
    LiveState.FROZEN: Look(
        icon="frozen",
        watching=words.NOT_MONITORING,
        dimmed=True,
        hatched=True,
        plate=tr("PICTURE FROZEN {0}"),
        figure=tr("No distance on a frozen image"),
        explanation=tr("The C-arm's picture does not change."),
        gap=tr("frozen"),
        age="s",
    ),
    LiveState.STALE: Look(
        icon="stale",
        watching=tr("CHECKING"),
        dimmed=True,
        figure=tr("Waiting for the picture"),
        explanation=tr("It is late."),
        gap=tr("late"),
        push_runs=True,
    ),
    LiveState.NO_SIGNAL: Look(
        icon="no signal",
        watching=words.NOT_MONITORING,
        black=True,
        plate=words.NO_SIGNAL_PLATE,
        figure=tr("Nothing to measure"),
        explanation=tr("Picture lost. Cement position unknown."),
        gap="no signal",
        age="",
    ),
    LiveState.NOT_FLUOROSCOPY: Look(
        icon="cross",
        watching=words.NOT_MONITORING,
        dimmed=True,
        hatched=True,
        plate=tr("NOT FLUOROSCOPY"),
        figure=tr("Not fluoroscopy"),
        explanation=tr("Choose the C-arm's input: [[theatre:set up]]"),
        gap=tr("not fluoroscopy"),
    ),
    LiveState.UNKNOWN_VIEW: Look(
        icon="unknown view",
        watching=words.NOT_MONITORING,
        figure=tr("Confirm the lines"),
        explanation=tr("Key [[theatre:lines]]. Nothing is measured meanwhile."),
        gap=tr("not measured"),
        push_runs=True,
    ),
    LiveState.ANALYSIS_LATE: Look(
        icon="analysis late",
        watching=words.NOT_MONITORING,
        figure=tr("Analysis late"),
        explanation=tr("The picture is live. Judge by eye."),
        gap=tr("late"),
        push_runs=True,
    ),
}


_REPLAY: Final = replace(
    LOOKS[LiveState.HELD],
    lines=LinesLook.NONE,
    plate=tr("REPLAY ON THE CONSOLE – NOT LIVE"),
    figure=tr("No distance on a replay"),
    gap=tr("replay"),
)
"""What moves on the screen was filmed before: no line of the newest picture lies on it."""


def look_of(status: LiveStatus) -> Look:
    """How a status is shown."""
    if status.reason == REPLAYED and status.state is LiveState.HELD:
        return _REPLAY
    look, moment = LOOKS[status.state], status.moment
    if status.state is LiveState.UNKNOWN_VIEW and moment is not None and moment.offered is not None:
        how = translate(moment.offered.words)
        explanation = tr("Key [[theatre:take display]] takes it over: {how}.", how=how)
        return replace(look, figure=tr("Shown otherwise"), explanation=explanation)
    return look


def age_words(status: LiveStatus) -> str:
    """Age of the picture on the screen: ms, whole seconds, or a dash."""
    look = LOOKS[status.state]
    in_doubt = status.moment is not None and status.moment.liveness.doubt
    if not look.age or (in_doubt and status.state in (LiveState.LIVE, LiveState.UNKNOWN_VIEW)):
        return "—"
    age_s = status.xray_age_s
    if status.state in (LiveState.STALE, LiveState.ANALYSIS_LATE) or isinstance(age_s, Unknown):
        frame_age_ms = status.frame_age_ms
        if isinstance(frame_age_ms, Unknown):
            return "—"
        age_s = frame_age_ms / 1000
    if look.age == "s":
        return tr("{age:.0f} s", age=max(age_s, 0.0))
    return tr("{age:.0f} ms", age=max(age_s, 0.0) * 1000) if age_s < 9.5 else tr("{age:.0f} s", age=age_s)


def state_words(status: LiveStatus) -> str:
    """State and age in words, for the picture's accessible name."""
    return tr("{state}, image age {status}", state=translate(status.state), status=age_words(status))


def second_word(status: LiveStatus) -> str:
    """Whether the lines are watched: the second word of the strip."""
    return tr("ARMED · {watching}", watching=LOOKS[status.state].watching) if status.armed else tr("NOT ARMED")


def since_s(status: LiveStatus) -> float:
    """How long the X-ray picture has been the same (held, frozen), or the state has lasted."""
    age_s = status.xray_age_s
    if status.state is LiveState.NO_SIGNAL and not isinstance(status.frame_age_ms, Unknown):
        return status.frame_age_ms / 1000
    if status.state in (LiveState.HELD, LiveState.FROZEN) and not isinstance(age_s, Unknown):
        return age_s
    return (status.now_ns - status.since_ns) / 1e9


def live_elsewhere(status: LiveStatus) -> str:
    """Of a frozen picture on a screen with more than one: that another is live; empty where none is."""
    at = status.moment.liveness.elsewhere if status.moment is not None else ""
    return (
        tr("the picture at the {at} is live: are the lines on it?", at=at)
        if at and status.state is LiveState.FROZEN
        else ""
    )
