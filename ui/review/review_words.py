"""Every word of the review page. Plain text only; the rules of `ui.words` hold here too."""

from __future__ import annotations

from assistant.vocabulary import LeakSite

NO_RUN = "Open a recording: [[review:open]], or drop it here"
NOT_LIVE = "not live"
NO_CLOCK = "times assumed"
AS_SEEN_LIVE = "as seen live"
RECOMPUTED = "recomputed"
NO_RECORD = "This run holds no figures from the day: only recomputed ones can be shown."
LINES_OF_DAY = "Lines and settings as on the day"
LINES_RECOMPUTED = "Recomputed with today's program"
MADE_BY = "made by version {0}"
EARLIER = "earlier result"
KEPT_RESULT = "kept result"
NO_OUTLINES = "outlines not kept"
ANALYSE_ANEW = "{}  Analyse anew"
ANEW_SHORT = "{}  Anew"
ANEW = "The run is analysed anew with this program, its settings and the run's plan."
NO_PLAN_YET = "Place the six points first: [[review:edit plan]]."
CLOSE = "Close"
GO_LIVE = "Live picture available – {}: go live"
LIVE_SHORT = "{}  Live"
PREVIEW = "preview · the exact picture is being read"
NEAREST = "a picture shortly before · the exact one is being read"
DIFFERENCE = "DIFFERENCE to frame {0}"
NO_DIFFERENCE = "No difference: {0}"
PINNED = "held beside · frame {0}"
OTHER_RUN = "other run · frame {0}"

TABS = ("Leak", "Figures", "Measure", "What-if", "Correct")
EVENTS = "Events"
KEY_IMAGES = "Key images"
ADD = "add"
NOTE_MARK = "Note"
KEY_IMAGE_MARK = "Key image"
SCREEN_MARK = "Screen changed"
ADD_NOTE = "Add note  {}"
WHAT_IF_LINE = "What-if line  {}"
NO_KEY_IMAGE = "none yet: [[review:key image]] keeps the picture on the screen"

FIRST_SEEN = "first seen {0}"
SHAPE = "Shape: {0}"
SCORE = "score towards {0} {1:.2f} (no probability)"
PROBABILITY = "probability of {0} {1:.2f}"
ZONES = ("round", "undetermined", "spike")
ZONE_NOTE = "Between the marks it stays undetermined: no shape stands out, or the picture is unusual."
SALIENCY_NOTE = "Coloured: the cement that the answer hangs on, and which shape it speaks for."
FRAMES_BEHIND = "Frames behind it ({0})"
FRAMES_SEEN = "Frames in which it was seen ({0})"
LEAK_ROWS = ("Length · width", "Area", "Route (Yeom) · size", "Model")
REVIEWER = "Reviewer"
ACTS = {
    "armed": ("Injecting on", "flag"),
    "disarmed": ("Injecting off", "flag"),
    "acknowledged": ("Acknowledged", "tick"),
    "pause": ("Pause marked", "flag"),
    "ml": ("Cement in", "drop"),
    "ml_back": ("Cement taken back", "drop"),
    "cement_clock": ("Cement clock", "clock"),
    "cement_stage": ("Cement stage", "clock"),
    "ap_look": ("AP look", "watching"),
    "bookmark": ("Bookmark", "flag"),
    "key_image": ("Key image of the day", "camera"),
    "next_level": ("Next level", "flag"),
    "slept": ("The computer slept", "stale"),
    "clip": ("Clip kept", "flag"),
    "xray": ("X-ray on", "live"),
}
"""What was done on the day: words and icon."""
TOLD = "Told {0}"
ANSWERED, NOT_ANSWERED = "ack. {0}", "not ack."
"""An alarm of the day: its priority; when it was answered."""
STATES = {
    "HELD": "X-ray off",
    "FROZEN": "Picture frozen",
    "NO SIGNAL": "No signal",
    "NOT FLUOROSCOPY": "Not fluoroscopy",
    "ANALYSIS LATE": "Analysis late",
}
LEAK_NEXT = "Leak {0} of {1}"

MEASURE_HINT = (
    "Choose a tool, press on the picture. [[review:keep]] keeps the figures, [[review:undo]] takes a point back."
)
TOOLS = {
    "distance": ("Distance", 2),
    "angle": ("Angle", 3),
    "six": ("Six points", 6),
    "above": ("… above", 6),
    "below": ("… below", 6),
    "cobb": ("Cobb", 4),
}
TOOL_HINTS = {
    "distance": "Press two points.",
    "angle": "Press the end of one arm, the corner, the end of the other arm.",
    "six": "Superior: anterior, middle, posterior. Then inferior: the same.",
    "above": "The same six points on the vertebra above.",
    "below": "The same six points on the vertebra below.",
    "cobb": "Upper endplate of the vertebra above: anterior, posterior. Lower endplate of the one below: the same.",
}
FROM_PLAN = "from the plan"
UNCALIBRATED = "uncal.: no scale in the plan, lengths in px"
NOT_STORED = "not kept"

WHATIF_TITLE = "What would have warned when"
WHATIF_LINE = "Line b at"
WHATIF_BAND = "Band before it"
WHATIF_RUN = "This run"
WHATIF_ALL = "All runs"
WHATIF_RULE = "shapes by rule"
WHATIF_STOP = "Stop"
WHATIF_SAVE = "Table CSV"
WHATIF_COLUMNS = ("way", "first told", "moved by", "line b", "nearest")
WHATIF_STATES = {
    "idle": "Choose another line or band, then the runs. The table shows how much earlier or later each warns.",
    "working": "{0} of {1} done · may be stopped, what is done stays",
    "stopped": "Stopped after {0} of {1}. The same choice goes on from here.",
    "done": "{0} of {1} done",
    "failed": "Ended early: {0}",
}
NO_LIBRARY = "The library holds no run with a plan."

CORRECT_TITLE = "Your view, kept apart from the program's"
CORRECT_SITE = "Leak site"
CORRECT_YEOM = "Route (Yeom)"
CORRECT_SHAPE = "Shape"
CORRECT_KEEP = "Keep"
CORRECT_NO_LEAK = "No leak here"
CORRECT_POINTS = "Move points"
CORRECT_UNDO = "Undo"
CORRECT_REDO = "Redo"
NONE_OF_YOURS = "No word of yours to take back or to let hold again; another reviewer's words stand."
CORRECT_NOTE = "Note at this picture, Enter keeps it"
CORRECT_LEAK = "Leak"
NEW_REVIEWER = "new reviewer"
REVIEWS_NOW = "{0} reviews now."
ADDED = "reviewer · {0}"
CHOOSE_SITE = "Choose the leak, or the site of one that the program did not list."
LEAK_FROM = "{0}, from frame {1}"
LEAK_OF_OLD = "leak {0} of that day's list"
NOT_FOUND_BY = "Kept beside the run. The search will find it when the run is opened again: {0}"
CORRECT_NEW = "a leak the program did not list"
BLANK = "—"
ENTRY = "{0} · {1} · {2}"
ABOUT = {
    "note": "note",
    "key_image": "key image",
    "landmarks": "points moved",
    "leak_site": "leak site",
    "yeom": "Yeom",
    "shape": "shape",
    "no_leak": "no leak",
    "measure": "measured",
}
SITES = tuple(site.value for site in LeakSite)

REPORT = "Report PDF  {}"
CSV = "CSV"
PNG = "PNG"
VIDEO = "Video"
DICOM = "DICOM"
EXPORTED = "Written: {0}"
EXPORTING = "Writing … {0} %"
EXPORT_STOP = "Stop  {}"
EXPORT_STOPPED = "Stopped: nothing unfinished is left"
EXPORT_BUSY = "One thing after the other: wait, or stop what is being written with [[review:leave]]"
NOT_EXPORTED = "Not written: {0}"
EXPORT_NOTE = "Exports go to {0}"
RUN_WHOLE = "Recording whole · {0} frames"
RUN_NOT_WHOLE = "Recording: {0}"
ANALYSED = "analysed {0} %"

EVERY_FRAME = "every frame"
REAL_TIME = "real time"
LAYERS = {"lines": "bone", "limit": "line b", "cement": "cement", "leaks": "leaks", "marks": "labels"}
EXPORT = "Export"
OTHER = "Other run  {}"
REHEARSAL = "rehearsal, not a patient"
NOT_THROUGH = "the analysis was not through when this was written"
LEAKS_NOT_KEPT = "not kept on the day: [[review:figures]] recomputes"
