"""Every word that a person reads in the window. Plain text only; never safe, clear, or the like."""

from __future__ import annotations

from assistant.language import tr
from assistant.vocabulary import AlarmSite, FrameState, LeakSite, Priority

APPLICATION = tr("Fluoroscopy assistant")

STATE = {
    FrameState.LIVE: tr("LIVE"),
    FrameState.REPEAT: tr("LIVE"),
    FrameState.FROZEN: tr("HELD"),
    FrameState.NO_SIGNAL: tr("NO SIGNAL"),
    FrameState.UNUSABLE: tr("UNUSABLE"),
    FrameState.MOVING: tr("MOVING"),
}
UNKNOWN_VIEW = tr("UNKNOWN VIEW")
MONITORING = tr("MONITORING")
NOT_MONITORING = tr("NOT MONITORING")
WAITING = tr("WAITING FOR X-RAY")
REPLAY = tr("REPLAY")
SECOND_INPUT = tr("second input")
NOT_LIVE = tr("recorded run · not live")

NO_CROSSING = tr("NO CROSSING SEEN")
IN_THIS_VIEW = tr("in this view")
LATERAL_ONLY = tr("Lateral only. Says nothing about the canal or the veins.")
AP_ONLY = tr("AP only. Says nothing about the canal or the discs.")
NOT_KNOWN = tr("NOT KNOWN")
NO_PLAN = tr("NO LINES: NO DISTANCES")
LEVELS_APART = tr(
    "This recording holds several levels, each with lines of its own: open one of them from its case, or from its "
    "folder “levels”. Where the case has it as one run, import it again: then each level becomes one."
)
LOOKING_ONLY = tr("The run is shown without lines: no distances, no alarms.")
NO_PLAN_ACTION = tr("Six points: [[review:edit plan]] · a plan: [[review:open plan]]")
NO_RUN = tr("NO RUN OPEN")
NO_RUN_ACTION = tr("Open a recording ([[review:open]]) or drop it here.")
ANALYSIS_STOPPED = tr("ANALYSIS STOPPED")
ANALYSIS_STOPPED_ACTION = tr("No figures from here on. The pictures still play.")
ANALYSIS_LATE = tr("ANALYSIS LATE · picture waits")
SET_UP = tr("SET THE LINES")
SET_UP_ACTION = tr("Six points, then the scale. Nothing is watched meanwhile.")
FETCHING = tr("The picture of this frame is being read …")
AS_SEEN = tr("as seen then: {0}")
PLAN_SAVED = tr("Plan saved: {0}")
PLAN_KEPT = tr("Plan saved: {0} · the one before is kept as {1}")
PLAN_NOT_SAVED = tr("{0}: cannot be saved ({1}). The analysis runs with it all the same; save it before you close.")
ANALYSIS_WORKING = tr("Analysis working …")

BEFORE_OFF = tr("Before X-ray off. {0}")
HELD_PLATE = tr("X-RAY OFF – HELD {0}")
NO_SIGNAL_PLATE = tr("NO SIGNAL")
UNUSABLE_PLATE = tr("PICTURE NOT USABLE")
IMAGE_AGE = tr("Image age")
ANTERIOR = tr("ANT")
POSTERIOR = tr("POST")

DISTANCE_TITLE = tr("Visible cement → posterior line")
DISTANCE_TITLE_SHORT = tr("Visible cement → line b")
DISTANCE_TITLE_AP = tr("Visible cement → side wall")
BEFORE_LINE = tr("before your line b")
PAST_LINE = tr("past your line b")
PAST_UNPROVED = tr("past your line b? Take another picture")
INSIDE_WALL = tr("inside the side wall")
BEYOND_WALL = tr("beyond the side wall")
OF_DEPTH = tr("≈ {0:.0f} % of depth from wall · line at {1:.0f} %")
FROM_WALL = tr(" from wall")
ONLY_SHARES = tr("{0} · % of {1} · line at {2:.0f} %")
ONLY_SHARES_AP = tr("{0} · % of {1}")
THIRDS = (tr("Upper"), tr("Middle"), tr("Lower"))
NO_CEMENT = tr("no cement")
SUPERIOR, INFERIOR = tr("Superior endplate"), tr("Inferior endplate")
INSIDE, BEYOND, NEAR = tr("inside"), tr("beyond"), tr("near")
NOT_ON_HELD = tr("No distance on a held image")
CURVE_TITLE = tr("Nearest third, {0} to line")
STANDS = tr("does not come nearer")
TIME_TO_LINE = tr(" · at line in ≈ {0:.0f} s if unchanged")
XRAY_OFF = tr("X-ray off")
XRAY_NO_CLOCK = tr("X-ray not counted: no clock")
XRAY_IN_DOUBT = tr("X-ray not known: noisy line")
ONE_VIEW = tr("One view: canal and vein leaks mostly not visible.")

LEAK_TITLE = tr("Leak")
SHAPE_NOTE = tr("Shape in this view only. No risk is derived.")

PRIORITY = {Priority.HIGH: tr("HIGH"), Priority.MEDIUM: tr("MEDIUM"), Priority.LOW: tr("LOW"), Priority.NONE: ""}
SITE = {
    AlarmSite.POSTERIOR: "",
    AlarmSite.SUPERIOR_ENDPLATE: tr("superior"),
    AlarmSite.INFERIOR_ENDPLATE: tr("inferior"),
    AlarmSite.ANTERIOR: tr("anterior"),
    AlarmSite.LATERAL: tr("lateral"),
}
LEAK_SITE = {
    LeakSite.POSTERIOR: tr("posterior"),
    LeakSite.SUPERIOR_DISC: tr("superior disc"),
    LeakSite.INFERIOR_DISC: tr("inferior disc"),
    LeakSite.ANTERIOR: tr("anterior"),
    LeakSite.LATERAL: tr("lateral"),
}

POINTS = (
    tr("Superior endplate, anterior corner"),
    tr("Superior endplate, middle"),
    tr("Superior endplate, posterior corner"),
    tr("Inferior endplate, anterior corner"),
    tr("Inferior endplate, middle"),
    tr("Inferior endplate, posterior corner"),
)
POINTS_AP = (
    tr("Superior endplate, left in the picture"),
    tr("Superior endplate, middle"),
    tr("Superior endplate, right in the picture"),
    tr("Inferior endplate, left in the picture"),
    tr("Inferior endplate, middle"),
    tr("Inferior endplate, right in the picture"),
)
PLAN_TITLE = tr("Set the lines")
PLAN_HINT = tr("Place it where endplate and wall meet. Arrows move it by 1 px, with Shift by 10.")
RULER_HINT = tr("Click the two edges of the cannula, straight across it.")
LEVEL_NOTE = tr("The program does not count levels.")
SAVE_AND_START = tr("Save plan and analyse")

SECONDS = tr("{0:.0f} s")


def clock(seconds: float) -> str:
    """Minutes and seconds."""
    whole = max(0, int(seconds))
    return f"{whole // 60:02d}:{whole % 60:02d}"
