"""Every word that a person reads in the window. Plain text only; never safe, clear, or the like."""

from __future__ import annotations

from assistant.vocabulary import AlarmSite, FrameState, LeakSite, Priority

APPLICATION = "Fluoroscopy assistant"
RESEARCH = "Research software. What is not shown may be there all the same."

STATE = {
    FrameState.LIVE: "LIVE",
    FrameState.REPEAT: "LIVE",
    FrameState.FROZEN: "HELD",
    FrameState.NO_SIGNAL: "NO SIGNAL",
    FrameState.UNUSABLE: "UNUSABLE",
    FrameState.MOVING: "MOVING",
}
UNKNOWN_VIEW = "UNKNOWN VIEW"
MONITORING = "MONITORING"
NOT_MONITORING = "NOT MONITORING"
WAITING = "WAITING FOR X-RAY"
REPLAY = "REPLAY"
NOT_LIVE = "recorded run · not live"

NO_CROSSING = "NO CROSSING SEEN"
IN_THIS_VIEW = "in this view"
LATERAL_ONLY = "Lateral only. Says nothing about the canal or the veins."
AP_ONLY = "AP only. Says nothing about the canal or the discs."
NOT_KNOWN = "NOT KNOWN"
NO_PLAN = "NO LINES: NO DISTANCES"
LEVELS_APART = (
    "This recording holds several levels, each with lines of its own: open one of them from its case, or from its "
    "folder “levels”. Where the case has it as one run, import it again: then each level becomes one."
)
LOOKING_ONLY = "The run is shown without lines: no distances, no alarms."
NO_PLAN_ACTION = "Six points: [[review:edit plan]] · a plan: [[review:open plan]]"
NO_RUN = "NO RUN OPEN"
NO_RUN_ACTION = "Open a recording ([[review:open]]) or drop it here."
ANALYSIS_STOPPED = "ANALYSIS STOPPED"
ANALYSIS_STOPPED_ACTION = "No figures from here on. The pictures still play."
ANALYSIS_LATE = "ANALYSIS LATE · picture waits"
SET_UP = "SET THE LINES"
SET_UP_ACTION = "Six points, then the scale. Nothing is watched meanwhile."
FETCHING = "The picture of this frame is being read …"
AS_SEEN = "as seen then: {0}"
PLAN_SAVED = "Plan saved: {0}"
PLAN_KEPT = "Plan saved: {0} · the one before is kept as {1}"
PLAN_NOT_SAVED = "{0}: cannot be saved ({1}). The analysis runs with it all the same; save it before you close."
ANALYSIS_WORKING = "Analysis working …"

BEFORE_OFF = "Before X-ray off. {0}"
HELD_PLATE = "X-RAY OFF – HELD {0}"
NO_SIGNAL_PLATE = "NO SIGNAL"
UNUSABLE_PLATE = "PICTURE NOT USABLE"
IMAGE_AGE = "Image age"
ANTERIOR = "ANT"
POSTERIOR = "POST"

DISTANCE_TITLE = "Visible cement → posterior line"
DISTANCE_TITLE_SHORT = "Visible cement → line b"
DISTANCE_TITLE_AP = "Visible cement → side wall"
BEFORE_LINE = "before your line b"
PAST_LINE = "past your line b"
INSIDE_WALL = "inside the side wall"
BEYOND_WALL = "beyond the side wall"
OF_DEPTH = "≈ {0:.0f} % of depth from wall · line at {1:.0f} %"
FROM_WALL = " from wall"
ONLY_SHARES = "{0} · % of {1} · line at {2:.0f} %"
ONLY_SHARES_AP = "{0} · % of {1}"
THIRDS = ("Upper", "Middle", "Lower")
NO_CEMENT = "no cement"
SUPERIOR, INFERIOR = "Superior endplate", "Inferior endplate"
INSIDE, BEYOND, NEAR = "inside", "beyond", "near"
NOT_ON_HELD = "No distance on a held image"
CURVE_TITLE = "Nearest third, {0} to line"
STANDS = "does not come nearer"
TIME_TO_LINE = " · at line in ≈ {0:.0f} s if unchanged"
XRAY_OFF = "X-ray off"
YOUR_LINE = "your line b"
LEGEND = (("wall", "bone"), ("endplates", "dots"), ("your line b", "limit"), ("cement seen", "cement"))
ONE_VIEW = "One view: canal and vein leaks mostly not visible."

EVENTS_TITLE = "Events"
LEAK_TITLE = "Leak"
SHAPE_NOTE = "Shape in this view only. No risk is derived."

PRIORITY = {Priority.HIGH: "HIGH", Priority.MEDIUM: "MEDIUM", Priority.LOW: "LOW", Priority.NONE: ""}
SITE = {
    AlarmSite.POSTERIOR: "",
    AlarmSite.SUPERIOR_ENDPLATE: "superior",
    AlarmSite.INFERIOR_ENDPLATE: "inferior",
    AlarmSite.ANTERIOR: "anterior",
    AlarmSite.LATERAL: "lateral",
}
LEAK_SITE = {
    LeakSite.POSTERIOR: "posterior",
    LeakSite.SUPERIOR_DISC: "superior disc",
    LeakSite.INFERIOR_DISC: "inferior disc",
    LeakSite.ANTERIOR: "anterior",
    LeakSite.LATERAL: "lateral",
}

POINTS = (
    "Superior endplate, anterior corner",
    "Superior endplate, middle",
    "Superior endplate, posterior corner",
    "Inferior endplate, anterior corner",
    "Inferior endplate, middle",
    "Inferior endplate, posterior corner",
)
POINTS_AP = (
    "Superior endplate, left in the picture",
    "Superior endplate, middle",
    "Superior endplate, right in the picture",
    "Inferior endplate, left in the picture",
    "Inferior endplate, middle",
    "Inferior endplate, right in the picture",
)
PLAN_TITLE = "Set the lines"
PLAN_HINT = "Place it where endplate and wall meet. Arrows move it by 1 px, with Shift by 10."
RULER_HINT = "Click the two edges of the cannula, straight across it."
LEVEL_NOTE = "The program does not count levels."
SAVE_AND_START = "Save plan and analyse"

SECONDS = "{0:.0f} s"


def clock(seconds: float) -> str:
    """Minutes and seconds."""
    whole = max(0, int(seconds))
    return f"{whole // 60:02d}:{whole % 60:02d}"
