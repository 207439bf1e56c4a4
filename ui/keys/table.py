"""The one table of keys: page, act, key. Pages, keycaps, the keys' editor and the documents read it.

Nothing else names the key of an act. A site's own keys are laid over it by `ui.keys.key_map`. A key is written as on
its cap: ``M``, ``+``, ``Ctrl+Z``, ``Shift+Left``. A row counts in some *parts* of its page (a step of the set-up,
placing points); one without parts counts on the whole page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

ACKNOWLEDGE: Final = "acknowledge"
SPACE: Final = "Space"
"""Not to be changed: acknowledging, playing and stopping are the same on every machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyAction:
    """One row.

    Attributes
    ----------
    page, name : str
    word : str
        What it does, in few words.
    keys : tuple of str
        The first one is drawn.
    parts : tuple of str
        Parts of the page in which it counts; empty: everywhere on it.
    repeats : bool
        A held key goes on (a step, a move). No other act is ever repeated by the keyboard.
    is_listed : bool
        It stands in the editor and the documents; a figure that is typed does not.
    """

    page: str
    name: str
    word: str
    keys: tuple[str, ...]
    parts: tuple[str, ...] = ()
    repeats: bool = False
    is_listed: bool = True

    def meets(self, other: KeyAction) -> bool:
        """Whether both count at one time, so that they cannot have the same key."""
        here, there = self.page, other.page
        if "window" in (here, there):
            return True
        if here != there:
            return False
        return not self.parts or not other.parts or bool(set(self.parts) & set(other.parts))


TITLES: Final = {
    "theatre": "Theatre",
    "setup": "Set-up",
    "review": "Review",
    "cases": "Cases",
    "training": "Training",
    "selftest": "Self-test",
    "form": "Forms",
    "window": "Window",
}
"""The pages, in the order of the editor."""


def _rows(page: str, *rows: tuple[str, str, str], parts: str = "", repeats: bool = False) -> tuple[KeyAction, ...]:
    """Rows of (name, keys, word); keys and parts with blanks between them."""
    return tuple(
        KeyAction(
            page=page, name=name, word=word, keys=tuple(keys.split()), parts=tuple(parts.split()), repeats=repeats
        )
        for name, keys, word in rows
    )


def _digits(page: str, name: str, digits: str, parts: str) -> tuple[KeyAction, ...]:
    return tuple(
        KeyAction(page=page, name=f"{name} {d}", word=f"{name} {d}", keys=(d,), parts=(parts,), is_listed=False)
        for d in digits
    )


_THEATRE: Final = _rows(
    "theatre",
    (ACKNOWLEDGE, "Space", "Acknowledge"),
    ("inject", "I", "Injecting"),
    ("mark", "M", "Mark pause"),
    ("ml in", "+ =", "0.2 ml in"),
    ("ml back", "- _", "Take back"),
    ("cement clock", "C", "Cement clock"),
    ("stage", "X", "Next stage"),
    ("key image", "S", "Key image"),
    ("ap look", "A", "AP look"),
    ("lines", "L", "Lines"),
    ("raw", "O", "Hold: raw"),
    ("level view", "Z", "Level view"),
    ("bare", "Tab", "Bare view"),
    ("next level", "N", "Next level"),
    ("second picture", "D", "2nd picture"),
    ("bookmark", "B", "Bookmark"),
    ("clip", "R", "Keep 20 s"),
    ("set up", "P", "Set-up"),
) + _rows("theatre", ("close", "Enter", "Close while injecting"), parts="closing")

_MOVES: Final = (("left", "Left", "Left"), ("right", "Right", "Right"), ("up", "Up", "Up"), ("down", "Down", "Down"))
_FAR: Final = tuple((f"far {name}", f"Shift+{key}", f"{word}, 10 px") for name, key, word in _MOVES)
_SETUP: Final = (
    _rows("setup", ("enter", "Enter", "Confirm"), ("back", "Backspace", "Back"), ("leave", "Esc", "Close"))
    + _rows("setup", *((f"step {n}", f"Ctrl+{n}", f"Step {n}") for n in range(1, 7)))
    + _rows("setup", *_MOVES, *_FAR, repeats=True)
    + _rows("setup", ("second", "S", "Second input"), ("mode", "M", "Other size"), parts="source")
    + _rows("setup", ("look again", "R", "Look again"), parts="source")
    + _digits("setup", "source", "123456789", "source")
    + _rows("setup", ("yes", "Y", "Yes"), parts="orientation")
    + _rows("setup", ("flip", "H", "Flip"), parts="orientation points")
    + _rows("setup", ("turn over", "V", "Upside down"), ("turn", "R", "Turn 90°"), parts="orientation points")
    + _rows("setup", ("next field", "Tab", "Other picture"), parts="orientation")
    + _rows("setup", ("ap", "A", "AP view"), parts="points scale line")
    + _rows(
        "setup",
        ("next point", "Tab", "Next point"),
        ("fresh", "F", "Fresh picture"),
        ("propose", "P", "Propose here"),
        ("whole", "Z", "Whole picture"),
        ("undo", "Ctrl+Z", "Undo"),
        ("redo", "Ctrl+Y", "Redo"),
        parts="points",
    )
    + _rows(
        "setup",
        ("gauge", "G", "Gauge"),
        ("uncalibrated", "U", "Uncalibrated"),
        ("next end", "Tab", "Other end"),
        parts="scale",
    )
    + _digits("setup", "type", "0123456789", "scale")
    + _rows("setup", ("type .", ". ,", "Decimal point"), parts="scale")
    + _rows("setup", ("line +", "+ =", "1 % on"), ("line -", "-", "1 % back"), parts="line")
    + _rows("setup", ("polarity", "P", "Native or inverted"), parts="line")
    + _rows(
        "setup",
        ("test sound", "T", "Test sound"),
        ("heard", "Y", "Heard"),
        ("not heard", "N", "Not heard"),
        parts="line",
    )
)

_REVIEW: Final = (
    _rows(
        "review",
        ("play", "Space K", "Play or pause"),
        ("slower", "J", "Slower"),
        ("faster", "L", "Faster"),
        ("every", "F", "Every frame"),
        ("event before", "[", "Event before"),
        ("event next", "]", "Next event"),
        ("range from", "A", "Range from here"),
        ("range to", "B", "Range to here"),
        ("loop", "P", "Loop the range"),
        ("first", "Home", "First frame"),
        ("last", "End", "Last frame"),
        ("level view", "Z", "Level view"),
        ("bare", "Tab", "Bare view"),
        ("raw", "O", "Hold: raw"),
        ("key image", "S", "Key image"),
        ("note", "N", "Add note"),
        ("what-if", "W", "What-if line"),
        ("figures", "V", "As seen or recomputed"),
        ("anew", "U", "Analyse anew"),
        ("reviewer", "H", "Who reviews"),
        ("notes", "I", "Notes"),
        ("report", "R", "Report (PDF)"),
        ("export", "E", "Export"),
        ("live", "G", "Go live"),
        ("beside", "C", "Hold beside"),
        ("difference", "D", "Difference"),
        ("measure", "M", "Measure"),
        ("keep", "Enter", "Keep the measure"),
        ("clip", "T", "Cut a clip"),
        ("leave", "Esc", "Close"),
        ("open", "Ctrl+O", "Open"),
        ("edit plan", "Ctrl+P", "Place the points"),
        ("open plan", "Ctrl+L", "Open a plan"),
        ("other run", "Ctrl+B", "Another run beside"),
        ("next field", "Ctrl+Tab", "Next field"),
        ("undo", "Ctrl+Z", "Undo"),
        ("redo", "Ctrl+Y", "Redo"),
    )
    + _rows("review", *((f"card {n}", str(n), f"Card {n}") for n in range(1, 10)))
    + _rows(
        "review",
        ("step back", ", Left", "Frame back"),
        ("step on", ". Right", "Frame on"),
        ("step back 10", "Shift+Left < Shift+, Shift+;", "10 frames back"),
        ("step on 10", "Shift+Right > Shift+. Shift+:", "10 frames on"),
        ("zoom in", "+ =", "Larger"),
        ("zoom out", "-", "Smaller"),
        *((f"pan {name}", f"Ctrl+{key}", f"Picture {name}") for name, key, _ in _MOVES),
        repeats=True,
    )
    + _rows(
        "review",
        ("finish plan", "Enter", "Save and analyse"),
        ("next point", "Tab", "Next point"),
        ("ruler", "G", "Measure the cannula"),
        parts="points",
    )
    + _rows("review", *((f"point {n}", k, f"Point {w}") for n, k, w in (*_MOVES, *_FAR)), parts="points", repeats=True)
)

_CASES: Final = (
    _rows("cases", ("row up", "Up", "Choose"), ("row down", "Down", "Choose, down"), repeats=True)
    + _rows("cases", ("rows up", "PgUp", "8 up"), ("rows down", "PgDown", "8 down"), repeats=True)
    + _rows(
        "cases",
        ("review", "Enter", "Open in review"),
        ("search", "/", "Search"),
        ("import", "I", "Import"),
        ("import here", "Shift+I", "Import to this case"),
        ("delete", "Del", "Delete…"),
        ("training", "T", "To training"),
        ("ct", "C", "CT"),
        ("outcome", "O", "Outcome"),
        ("export", "E", "Export"),
        ("edit", "N", "Note and level"),
        ("restore", "B", "Newest copy"),
        ("find again", "M", "Find a moved run"),
        ("run before", "[", "Run before"),
        ("run next", "]", "Next run"),
        ("filter before", "Left", "Filter before"),
        ("filter next", "Right", "Next filter"),
        ("undo", "Ctrl+Z", "Undo"),
        ("leave", "Esc", "End the search"),
    )
)

_TRAINING: Final = (
    _rows("training", ("leave", "Esc", "To the overview"))
    + _rows("training", ("agree", "Enter", "Agree and begin"), ("nothing", "N", "Begin, keep nothing"), parts="welcome")
    + _rows("training", ("lock", "Enter", "Lock the answer"), parts="asking watching")
    + _rows("training", ("stop", "Space", "Stop injecting"), parts="watching")
    + _rows("training", *((f"answer {n}", n, f"Answer {n}") for n in "123"), parts="asking")
    + _rows("training", *((f"answer {n}", n, f"How sure, {n}") for n in "456789"), parts="asking")
    + _rows(
        "training",
        ("answer W", "W", "Superior disc"),
        ("answer D", "D", "Posterior"),
        ("answer X", "X", "Inferior disc"),
        ("answer A", "A", "Anterior"),
        ("answer S", "S", "Stays in"),
        parts="asking",
    )
    + _rows(
        "training", ("next", "Enter", "Next case"), ("run", "R", "See the run"), ("flag", "F", "Flag"), parts="feedback"
    )
    + _rows(
        "training",
        ("start", "Enter", "Start"),
        ("watch", "C", "Watching"),
        ("site", "L", "Leak site"),
        ("shape", "S", "Leak shape"),
        ("withdraw", "W", "Withdraw"),
        ("instructor", "I", "Instructor"),
        ("set", "G", "Another set"),
        ("lines", "H", "With lines"),
        parts="overview",
    )
    + _rows("training", ("who", "P", "Who trains"), ("export", "E", "Answers as a table"), parts="overview instructor")
    + _rows("training", ("new set", "N", "New set"), parts="instructor")
)

_SELFTEST: Final = (
    _rows(
        "selftest",
        ("heard", "Y", "Sound heard"),
        ("not heard", "N", "Not heard"),
        ("again", "R", "Run again"),
        ("sign", "Enter", "Sign and start list"),
        ("keys", "K", "Keys and pedals"),
        ("cards", "C", "Model cards"),
        parts="list",
    )
    + _rows("selftest", ("use pack", "A", "Use another pack"), parts="cards")
    + _rows("selftest", ("first", "Home", "Begin"), ("last", "End", "End"), parts="cards")
    + _rows("selftest", ("change", "Enter", "Change"), ("usual", "Del", "The usual key"), parts="keys")
    + _rows("selftest", ("close", "Esc", "Close"), parts="cards keys")
    + _rows(
        "selftest",
        *_MOVES,
        ("page up", "PgUp", "Page up"),
        ("page down", "PgDown", "Page down"),
        parts="cards keys",
        repeats=True,
    )
)

_FORM: Final = _rows("form", ("keep", "Enter", "Keep"), ("leave", "Esc", "Leave")) + _rows(
    "form", ("next field", "Tab", "Next field"), ("field before", "Shift+Tab", "Field before"), repeats=True
)

_WINDOW: Final = _rows(
    "window",
    *(
        (page, f"F{n}", TITLES[page])
        for n, page in enumerate(("theatre", "review", "training", "cases", "selftest"), 1)
    ),
)

TABLE: Final[dict[tuple[str, str], KeyAction]] = {
    (act.page, act.name): act
    for page in (_THEATRE, _SETUP, _REVIEW, _CASES, _TRAINING, _SELFTEST, _FORM, _WINDOW)
    for act in page
}
"""Every act by page and name."""


def acts_of(page: str) -> tuple[KeyAction, ...]:
    """The acts of a page, in their order."""
    return tuple(act for act in TABLE.values() if act.page == page)
