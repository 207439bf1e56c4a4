"""Every word of the review page. Plain text only; the rules of `ui.words` hold here too."""

from __future__ import annotations

from assistant.language import sentence, tr, translate

NO_RUN = tr("Open a recording: [[review:open]], or drop it here")
NOT_LIVE = tr("not live")
NO_CLOCK = tr("times assumed")
AS_SEEN_LIVE = tr("as seen live")
RECOMPUTED = tr("recomputed")
NO_RECORD = tr("This run holds no figures from the day: only recomputed ones can be shown.")
MADE_BY = tr("made by version {0}")
EARLIER = tr("earlier result")
KEPT_RESULT = tr("kept result")
NO_OUTLINES = tr("outlines not kept")
ANALYSE_ANEW = tr("{}  Analyse anew")
ANEW_SHORT = tr("{}  Anew")
ANEW = tr("The run is analysed anew with this program, its settings and the run's plan.")
NO_PLAN_YET = tr("Place the six points first: [[review:edit plan]].")
CLOSE = tr("Close")
GO_LIVE = tr("Live picture available – {}: go live")
LIVE_SHORT = tr("{}  Live")
PREVIEW = tr("preview · the exact picture is being read")
NEAREST = tr("a picture shortly before · the exact one is being read")
DIFFERENCE = tr("DIFFERENCE to frame {0}")
NO_DIFFERENCE = tr("No difference: {0}")
PINNED = tr("held beside · frame {0}")
OTHER_RUN = tr("other run · frame {0}")

TABS = (tr("Leak"), tr("Figures"), tr("Measure"), tr("What-if"), tr("Correct"))
EVENTS = tr("Events")
KEY_IMAGES = tr("Key images")
ADD = tr("add")
NOTE_MARK = tr("Note")
KEY_IMAGE_MARK = tr("Key image")
SCREEN_MARK = tr("Screen changed")
ADD_NOTE = tr("Add note  {}")
WHAT_IF_LINE = tr("What-if line  {}")
NO_KEY_IMAGE = tr("none yet: [[review:key image]] keeps the picture on the screen")

FIRST_SEEN = tr("first seen {0}")
SHAPE = tr("Shape: {0}")
SCORE = tr("score towards {0} {1:.2f} (no probability)")
PROBABILITY = tr("probability of {0} {1:.2f}")
ZONES = ("round", "undetermined", "spike")  # sentences
ZONE_NOTE = tr("Between the marks it stays undetermined: no shape stands out, or the picture is unusual.")
SALIENCY_NOTE = tr("Coloured: the cement that the answer hangs on, and which shape it speaks for.")
FRAMES_BEHIND = tr("Frames behind it ({0})")
FRAMES_SEEN = tr("Frames in which it was seen ({0})")
LEAK_ROWS = (tr("Length · width"), tr("Area"), tr("Route (Yeom) · size"), tr("Model"))
REVIEWER = tr("Reviewer")
ACTS = {
    "armed": (tr("Injecting on"), "flag"),
    "disarmed": (tr("Injecting off"), "flag"),
    "acknowledged": (tr("Acknowledged"), "tick"),
    "pause": (tr("Pause marked"), "flag"),
    "ml": (tr("Cement in"), "drop"),
    "ml_back": (tr("Cement taken back"), "drop"),
    "cement_clock": (tr("Cement clock"), "clock"),
    "cement_stage": (tr("Cement stage"), "clock"),
    "ap_look": (tr("AP look"), "watching"),
    "bookmark": (tr("Bookmark"), "flag"),
    "key_image": (tr("Key image of the day"), "camera"),
    "next_level": (tr("Next level"), "flag"),
    "slept": (tr("The computer slept"), "stale"),
    "clip": (tr("Clip kept"), "flag"),
    "xray": (tr("X-ray on"), "live"),
}
"""What was done on the day: words and icon."""
TOLD = tr("Told {0}")
ANSWERED, NOT_ANSWERED = tr("ack. {0}"), tr("not ack.")
"""An alarm of the day: its priority; when it was answered."""
STATES = {
    "HELD": tr("X-ray off"),
    "FROZEN": tr("Picture frozen"),
    "NO SIGNAL": tr("No signal"),
    "NOT FLUOROSCOPY": tr("Not fluoroscopy"),
    "ANALYSIS LATE": tr("Analysis late"),
}

MEASURE_HINT = tr(
    "Choose a tool, press on the picture. [[review:keep]] keeps the figures, [[review:undo]] takes a point back."
)
TOOLS = {
    "distance": (tr("Distance"), 2),
    "angle": (tr("Angle"), 3),
    "six": (tr("Six points"), 6),
    "above": (tr("… above"), 6),
    "below": (tr("… below"), 6),
    "cobb": (tr("Cobb"), 4),
}
TOOL_HINTS = {
    "distance": tr("Press two points."),
    "angle": tr("Press the end of one arm, the corner, the end of the other arm."),
    "six": tr("Superior: anterior, middle, posterior. Then inferior: the same."),
    "above": tr("The same six points on the vertebra above."),
    "below": tr("The same six points on the vertebra below."),
    "cobb": tr("Upper endplate of the vertebra above: anterior, posterior. Lower endplate of the one below: the same."),
}
FROM_PLAN = sentence("from the plan")
NO_SCALE_HERE = tr("Lengths in px: the scale of this picture is not known ({0})")
UNCALIBRATED = tr("uncal.: no scale in the plan, lengths in px")
NOT_STORED = tr("not kept")

WHATIF_TITLE = tr("What would have warned when")
WHATIF_LINE = tr("Line b at")
WHATIF_BAND = tr("Band before it")
WHATIF_RUN = tr("This run")
WHATIF_ALL = tr("All runs")
WHATIF_RULE = sentence("shapes by rule")
WHATIF_STOP = tr("Stop")
WHATIF_SAVE = tr("Table CSV")
WHATIF_COLUMNS = (tr("way"), tr("first told"), tr("moved by"), tr("line b"), tr("nearest"))
WHATIF_STATES = {
    "idle": tr("Choose another line or band, then the runs. The table shows how much earlier or later each warns."),
    "working": tr("{0} of {1} done · may be stopped, what is done stays"),
    "stopped": tr("Stopped after {0} of {1}. The same choice goes on from here."),
    "done": tr("{0} of {1} done"),
    "failed": tr("Ended early: {0}"),
}
NO_LIBRARY = tr("The library holds no run with a plan.")

CORRECT_TITLE = tr("Your view, kept apart from the program's")
CORRECT_SITE = tr("Leak site")
CORRECT_YEOM = tr("Route (Yeom)")
CORRECT_SHAPE = tr("Shape")
CORRECT_KEEP = tr("Keep")
CORRECT_NO_LEAK = tr("No leak here")
CORRECT_POINTS = tr("Move points")
CORRECT_UNDO = tr("Undo")
CORRECT_REDO = tr("Redo")
NONE_OF_YOURS = tr("No word of yours to take back or to let hold again; another reviewer's words stand.")
CORRECT_NOTE = tr("Note at this picture, Enter keeps it")
CORRECT_LEAK = tr("Leak")
NEW_REVIEWER = tr("new reviewer")
REVIEWS_NOW = tr("{0} reviews now.")
ADDED = tr("reviewer · {0}")
CHOOSE_SITE = tr("Choose the leak, or the site of one that the program did not list.")
LEAK_FROM = tr("{0}, from frame {1}")
LEAK_OF_OLD = tr("leak {0} of that day's list")
NOT_FOUND_BY = tr("Kept beside the run. The search will find it when the run is opened again: {0}")
CORRECT_NEW = tr("a leak the program did not list")
BLANK = "—"
ENTRY = "{0} · {1} · {2}"
ABOUT = {
    "note": tr("note"),
    "key_image": tr("key image"),
    "landmarks": tr("points moved"),
    "leak_site": tr("leak site"),
    "yeom": tr("Yeom"),
    "shape": tr("shape"),
    "no_leak": tr("no leak"),
    "measure": tr("measured"),
}

REPORT = tr("Report PDF  {}")
CSV = "CSV"
PNG = "PNG"
VIDEO = tr("Video")
DICOM = "DICOM"
EXPORTED = tr("Written: {0}")
EXPORTING = tr("Writing … {0} %")
EXPORT_STOP = tr("Stop  {}")
EXPORT_STOPPED = tr("Stopped: nothing unfinished is left")
EXPORT_BUSY = tr("One thing after the other: wait, or stop what is being written with [[review:leave]]")
NOT_EXPORTED = tr("Not written: {0}")
EXPORT_NOTE = tr("Exports go to {0}")
RUN_WHOLE = tr("Recording whole · {0} frames")
RUN_NOT_WHOLE = tr("Recording: {0}")
ANALYSED = tr("analysed {0} %")

EVERY_FRAME = tr("every frame")
REAL_TIME = tr("real time")
LAYERS = {
    "lines": tr("bone"),
    "limit": tr("line b"),
    "cement": tr("cement"),
    "leaks": tr("leaks"),
    "marks": tr("labels"),
}
EXPORT = tr("Export")
OTHER = tr("Other run  {}")
REHEARSAL = tr("rehearsal, not a patient")
NOT_THROUGH = sentence("the analysis was not through when this was written")
LEAKS_NOT_KEPT = tr("not kept on the day: [[review:figures]] recomputes")


def label_words(label: str) -> str:
    """A label that a reviewer chooses, such as "superior_disc", as a person reads it."""
    return translate(label.replace("_", " "))
