"""What the live picture is, and when NO CROSSING SEEN may be said. Pure: what is known goes in, one state comes out.

"No alarm" must never read as "no leak": NO CROSSING SEEN is said for exactly one combination of what is known, and
anything that is not known makes it NOT KNOWN. States after the project's liveness table (design, 7.1).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

from assistant.language import sentence
from assistant.live.messages import Lines, LiveState
from assistant.live.status import Quiet
from assistant.vocabulary import REPLAYED, FrameState, Measure, Unknown

STALE_MS: Final = 250.0
NO_SIGNAL_MS: Final = 1000.0
LATE_MS: Final = 500.0
_STALE_PERIODS, _NO_SIGNAL_PERIODS = 2.5, 4.0
"""A source slower than ten frames/s is not stale between two frames."""
_HELD_PULSES: Final = 1.6
"""At one pulse a second the next picture may come a little later than a second; two missing pulses are a hold."""
_SLOWEST_PULSE_S: Final = 1.2
_NO_GRAIN_GREY: Final = 0.1
_OTHER_INPUT: Final = sentence("no fluoroscopy picture")
"""How the liveness step begins its reason for a screen or a menu."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of the live picture at one instant.

    Attributes
    ----------
    now_ns : int
        Monotonic.
    capture_well, analysis_well : bool
        The processes run and answer.
    frame_ns : int or None
        When the newest frame was grabbed; None before the first.
    frame_period_ms : float or Unknown
        Usual time between frames.
    waited_since_ns : int or None
        When the newest analysed frame was grabbed, or the first one after a pause of the source; None before any.
    frame_state : FrameState or None
        What the analysis says of it.
    frame_reason : str
    noise_grey : float or Unknown
        Grain of that picture, of 255.
    xray_age_s : float or Unknown
        Age of the X-ray picture in that frame, when it was grabbed.
    frozen_after_s : float
        An X-ray picture older than this is held (of the settings).
    pulse_period_s : float or Unknown
        Usual time between new X-ray pictures.
    mark_lit : bool or None
        The console's X-ray-on mark; None where the layout has none.
    in_colour : bool
        The picture is in colour: another input was chosen.
    elsewhere : str
        Where on the screen another picture is live while this one is held (left, right, ...); empty: nowhere.
    frozen : bool
        Frames are bit-identical although this source's held pictures never were: its driver repeats itself.
    lines : Lines
    moved : bool
        The analysis does not find the vertebra where the lines are, or shows another view.
    """

    now_ns: int
    capture_well: bool
    analysis_well: bool
    frame_ns: int | None
    frame_period_ms: Measure
    waited_since_ns: int | None
    frame_state: FrameState | None
    frame_reason: str
    noise_grey: Measure
    xray_age_s: Measure
    frozen_after_s: float
    pulse_period_s: Measure
    mark_lit: bool | None
    in_colour: bool
    elsewhere: str = ""
    frozen: bool
    lines: Lines
    moved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureVerdict:
    """A state and its reason in plain words (empty for LIVE)."""

    state: LiveState
    reason: str


def judge(known: Known) -> PictureVerdict:
    """Say what the picture is: the worst that is true wins, in the order of the text below."""
    age_ms = None if known.frame_ns is None else (known.now_ns - known.frame_ns) / 1e6
    period_ms = 0.0 if isinstance(known.frame_period_ms, Unknown) else known.frame_period_ms
    if age_ms is None:
        return PictureVerdict(state=LiveState.NO_SIGNAL, reason=sentence("no picture has come from the C-arm yet"))
    if age_ms > max(NO_SIGNAL_MS, _NO_SIGNAL_PERIODS * period_ms):
        return PictureVerdict(
            state=LiveState.NO_SIGNAL, reason=sentence(f"no picture from the C-arm for {age_ms / 1000:.0f} s")
        )
    if not known.capture_well:
        return PictureVerdict(
            state=LiveState.NO_SIGNAL, reason=sentence("the capture stopped and is being started again")
        )
    if age_ms > max(STALE_MS, _STALE_PERIODS * period_ms):
        return PictureVerdict(state=LiveState.STALE, reason=sentence(f"no picture for {age_ms:.0f} ms"))
    return _judge_analysed(known)


def _judge_analysed(known: Known) -> PictureVerdict:
    """The picture comes; what it is, only the analysis can say, if it keeps up. Colour is seen before."""
    assert known.frame_ns is not None
    if known.in_colour:
        return PictureVerdict(
            state=LiveState.NOT_FLUOROSCOPY, reason=sentence("the picture is in colour: another input was chosen")
        )
    if not known.analysis_well:
        return PictureVerdict(
            state=LiveState.ANALYSIS_LATE, reason=sentence("the analysis stopped and is being started again")
        )
    if known.waited_since_ns is None or known.frame_state is None:
        return PictureVerdict(state=LiveState.ANALYSIS_LATE, reason=sentence("the analysis has not seen a picture yet"))
    behind_ms = (known.now_ns - known.waited_since_ns) / 1e6
    if behind_ms > max(LATE_MS, _late_limit_ms(known)):
        return PictureVerdict(
            state=LiveState.ANALYSIS_LATE, reason=sentence(f"the analysis is {behind_ms:.0f} ms behind the picture")
        )
    if known.frame_state is FrameState.NO_SIGNAL:
        return PictureVerdict(state=LiveState.NO_SIGNAL, reason=known.frame_reason or sentence("the picture is empty"))
    if known.frame_state is FrameState.UNUSABLE and (_is_made(known) or known.frame_reason.startswith(_OTHER_INPUT)):
        return PictureVerdict(state=LiveState.NOT_FLUOROSCOPY, reason=known.frame_reason)
    held = _held(known)
    if held is not None:
        return held
    if known.lines is not Lines.CONFIRMED:
        return PictureVerdict(state=LiveState.UNKNOWN_VIEW, reason=sentence("the lines are not confirmed"))
    if known.moved:
        return PictureVerdict(state=LiveState.UNKNOWN_VIEW, reason=sentence("the lines do not fit this picture"))
    return PictureVerdict(state=LiveState.LIVE, reason="")


def _is_made(known: Known) -> bool:
    """Without any grain it was drawn by a computer; the most filtered X-ray picture has about one grey."""
    return not isinstance(known.noise_grey, Unknown) and known.noise_grey < _NO_GRAIN_GREY


def _late_limit_ms(known: Known) -> float:
    """A slow source gives the analysis nothing new to see for a period."""
    period_ms = 0.0 if isinstance(known.frame_period_ms, Unknown) else known.frame_period_ms
    return _STALE_PERIODS * period_ms + STALE_MS if period_ms > 100.0 else LATE_MS


def _held(known: Known) -> PictureVerdict | None:
    age_s = known.xray_age_s
    if known.frozen and not known.elsewhere:
        return PictureVerdict(state=LiveState.FROZEN, reason=sentence("the video input repeats one picture bit by bit"))
    if known.frame_reason == REPLAYED:
        return PictureVerdict(state=LiveState.FROZEN if known.mark_lit else LiveState.HELD, reason=REPLAYED)
    if known.frame_state not in (FrameState.FROZEN, FrameState.REPEAT) or isinstance(age_s, Unknown):
        return None
    pulse_s = 0.0 if isinstance(known.pulse_period_s, Unknown) else min(known.pulse_period_s, _SLOWEST_PULSE_S)
    if age_s <= max(known.frozen_after_s, _HELD_PULSES * pulse_s):
        return None
    if known.elsewhere:
        reason = sentence(f"the picture at the {known.elsewhere} is the live one: are the lines on it?")
        return PictureVerdict(state=LiveState.FROZEN, reason=reason)
    if known.mark_lit:
        return PictureVerdict(state=LiveState.FROZEN, reason=sentence("X-ray is on and the picture does not change"))
    return PictureVerdict(state=LiveState.HELD, reason=sentence("X-ray off"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """All that must be true for NO CROSSING SEEN. The sentence of each says what is missing and what to do.

    The order is that in which a missing one is named.
    """

    picture_live: bool
    lines_placed: bool
    analysis_in_time: bool
    lines_confirmed: bool
    view_confirmed: bool
    tracking_good: bool
    sound_available: bool
    no_alarm_stands: bool


_MISSING: Final = {
    "picture_live": sentence("Wait for a live picture."),
    "analysis_in_time": sentence("Analysis late. Judge by eye."),
    "lines_placed": sentence("Place the lines. Set-up: [[theatre:set up]]"),
    "lines_confirmed": sentence("Confirm the lines: [[theatre:lines]]"),
    "view_confirmed": sentence("Re-confirm the lines: [[theatre:lines]]"),
    "tracking_good": sentence("Cement not tracked. Judge by eye."),
    "sound_available": sentence("No alarm sound. Watch the screen."),
    "no_alarm_stands": sentence("An alarm stands."),
}
_VIEW_SAYS: Final = {
    "lateral": sentence("Lateral only. Says nothing about the canal or the veins."),
    "ap": sentence("AP only. Says nothing about the canal or the veins."),
}


def quiet(terms: Terms, *, armed: bool, view: str) -> Quiet:
    """What the message bar says while no alarm stands.

    Parameters
    ----------
    terms : Terms
    armed : bool
    view : str
        "lateral" or "ap": the view that the picture shows.
    """
    for term in fields(terms):
        if not getattr(terms, term.name):
            return Quiet(seen_none=False, headline=sentence("NOT KNOWN"), action=_MISSING[term.name])
    if not armed:
        return Quiet(
            seen_none=False,
            headline=sentence("NOT ARMED"),
            action=sentence("Press [[theatre:inject]] when you inject."),
        )
    return Quiet(seen_none=True, headline=sentence("NO CROSSING SEEN in this view"), action=_VIEW_SAYS.get(view, ""))
