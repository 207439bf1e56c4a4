"""The one table of keys: page, act, key. Pages, keycaps, the keys' editor and the documents read it.

Nothing else names the key of an act. A site's own keys are laid over it by `ui.keys.key_map`. A key is written as on
its cap: ``M``, ``+``, ``Ctrl+Z``, ``Shift+Left``. A row counts in some *parts* of its page (a step of the set-up,
placing points); one without parts counts on the whole page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from assistant.language import tr

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
    "theatre": tr("Theatre"),
    "setup": tr("Set-up"),
    "review": tr("Review"),
    "cases": tr("Cases"),
    "training": tr("Training"),
    "selftest": tr("Self-test"),
    "form": tr("Forms"),
    "window": tr("Window"),
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
    (ACKNOWLEDGE, "Space", tr("Acknowledge")),
    ("inject", "I", tr("Injecting")),
    ("mark", "M", tr("Mark pause")),
    ("ml in", "+ =", tr("0.2 ml in")),
    ("ml back", "- _", tr("Take back")),
    ("cement clock", "C", tr("Cement clock")),
    ("stage", "X", tr("Next stage")),
    ("key image", "S", tr("Key image")),
    ("ap look", "A", tr("AP look")),
    ("lines", "L", tr("Lines")),
    ("raw", "O", tr("Hold: raw")),
    ("level view", "Z", tr("Level view")),
    ("bare", "Tab", tr("Bare view")),
    ("take display", "T", tr("Take as shown")),
    ("cement before", "Y", tr("Cement before: yes")),
    ("none before", "E", tr("Cement before: no")),
    ("next level", "N", tr("Next level")),
    ("second picture", "D", tr("2nd picture")),
    ("bookmark", "B", tr("Bookmark")),
    ("clip", "R", tr("Keep 20 s")),
    ("set up", "P", tr("Set-up")),
) + _rows("theatre", ("close", "Enter", tr("Close while injecting")), parts="closing")

_MOVES: Final = (
    ("left", "Left", tr("Left")),
    ("right", "Right", tr("Right")),
    ("up", "Up", tr("Up")),
    ("down", "Down", tr("Down")),
)
_FAR: Final = tuple((f"far {name}", f"Shift+{key}", tr("{word}, 10 px", word=word)) for name, key, word in _MOVES)
_SETUP: Final = (
    _rows("setup", ("enter", "Enter", tr("Confirm")), ("back", "Backspace", tr("Back")), ("leave", "Esc", tr("Close")))
    + _rows("setup", *((f"step {n}", f"Ctrl+{n}", tr("Step {n}", n=n)) for n in range(1, 7)))
    + _rows("setup", *_MOVES, *_FAR, repeats=True)
    + _rows("setup", ("second", "S", tr("Second input")), ("mode", "M", tr("Other size")), parts="source")
    + _rows("setup", ("look again", "R", tr("Look again")), parts="source")
    + _digits("setup", "source", "123456789", "source")
    + _rows("setup", ("yes", "Y", tr("Yes")), parts="orientation")
    + _rows("setup", ("flip", "H", tr("Flip")), parts="orientation points")
    + _rows("setup", ("turn over", "V", tr("Upside down")), ("turn", "R", tr("Turn 90°")), parts="orientation points")
    + _rows("setup", ("next field", "Tab", tr("Other picture")), parts="orientation")
    + _rows("setup", ("ap", "A", tr("AP view")), parts="points scale line")
    + _rows(
        "setup",
        ("next point", "Tab", tr("Next point")),
        ("fresh", "F", tr("Fresh picture")),
        ("propose", "P", tr("Propose here")),
        ("whole", "Z", tr("Whole picture")),
        ("undo", "Ctrl+Z", tr("Undo")),
        ("redo", "Ctrl+Y", tr("Redo")),
        parts="points",
    )
    + _rows(
        "setup",
        ("gauge", "G", tr("Gauge")),
        ("uncalibrated", "U", tr("Uncalibrated")),
        ("next end", "Tab", tr("Other end")),
        parts="scale",
    )
    + _digits("setup", "type", "0123456789", "scale")
    + _rows("setup", ("type .", ". ,", tr("Decimal point")), parts="scale")
    + _rows("setup", ("line +", "+ =", tr("1 % on")), ("line -", "-", tr("1 % back")), parts="line")
    + _rows("setup", ("polarity", "P", tr("Native or inverted")), parts="line")
    + _rows(
        "setup",
        ("test sound", "T", tr("Test sound")),
        ("heard", "Y", tr("Heard")),
        ("not heard", "N", tr("Not heard")),
        parts="line",
    )
)

_REVIEW: Final = (
    _rows(
        "review",
        ("play", "Space K", tr("Play or pause")),
        ("slower", "J", tr("Slower")),
        ("faster", "L", tr("Faster")),
        ("every", "F", tr("Every frame")),
        ("event before", "[", tr("Event before")),
        ("event next", "]", tr("Next event")),
        ("range from", "A", tr("Range from here")),
        ("range to", "B", tr("Range to here")),
        ("loop", "P", tr("Loop the range")),
        ("first", "Home", tr("First frame")),
        ("last", "End", tr("Last frame")),
        ("level view", "Z", tr("Level view")),
        ("bare", "Tab", tr("Bare view")),
        ("raw", "O", tr("Hold: raw")),
        ("key image", "S", tr("Key image")),
        ("note", "N", tr("Add note")),
        ("what-if", "W", tr("What-if line")),
        ("figures", "V", tr("As seen or recomputed")),
        ("anew", "U", tr("Analyse anew")),
        ("reviewer", "H", tr("Who reviews")),
        ("notes", "I", tr("Notes")),
        ("report", "R", tr("Report (PDF)")),
        ("export", "E", tr("Export")),
        ("live", "G", tr("Go live")),
        ("beside", "C", tr("Hold beside")),
        ("difference", "D", tr("Difference")),
        ("measure", "M", tr("Measure")),
        ("keep", "Enter", tr("Keep the measure")),
        ("clip", "T", tr("Cut a clip")),
        ("leave", "Esc", tr("Close")),
        ("open", "Ctrl+O", tr("Open")),
        ("edit plan", "Ctrl+P", tr("Place the points")),
        ("open plan", "Ctrl+L", tr("Open a plan")),
        ("other run", "Ctrl+B", tr("Another run beside")),
        ("next field", "Ctrl+Tab", tr("Next field")),
        ("undo", "Ctrl+Z", tr("Undo")),
        ("redo", "Ctrl+Y", tr("Redo")),
    )
    + _rows("review", *((f"card {n}", str(n), tr("Card {n}", n=n)) for n in range(1, 10)))
    + _rows(
        "review",
        ("step back", ", Left", tr("Frame back")),
        ("step on", ". Right", tr("Frame on")),
        ("step back 10", "Shift+Left < Shift+, Shift+;", tr("10 frames back")),
        ("step on 10", "Shift+Right > Shift+. Shift+:", tr("10 frames on")),
        ("zoom in", "+ =", tr("Larger")),
        ("zoom out", "-", tr("Smaller")),
        *((f"pan {name}", f"Ctrl+{key}", tr("Picture {name}", name=name)) for name, key, _ in _MOVES),
        repeats=True,
    )
    + _rows(
        "review",
        ("finish plan", "Enter", tr("Save and analyse")),
        ("next point", "Tab", tr("Next point")),
        ("ruler", "G", tr("Measure the cannula")),
        parts="points",
    )
    + _rows(
        "review",
        *((f"point {n}", k, tr("Point {w}", w=w)) for n, k, w in (*_MOVES, *_FAR)),
        parts="points",
        repeats=True,
    )
)

_CASES: Final = (
    _rows("cases", ("row up", "Up", tr("Choose")), ("row down", "Down", tr("Choose, down")), repeats=True)
    + _rows("cases", ("rows up", "PgUp", tr("8 up")), ("rows down", "PgDown", tr("8 down")), repeats=True)
    + _rows(
        "cases",
        ("review", "Enter", tr("Open in review")),
        ("search", "/", tr("Search")),
        ("import", "I", tr("Import")),
        ("import here", "Shift+I", tr("Import to this case")),
        ("delete", "Del", tr("Delete…")),
        ("training", "T", tr("To training")),
        ("ct", "C", tr("CT")),
        ("outcome", "O", tr("Outcome")),
        ("export", "E", tr("Export")),
        ("edit", "N", tr("Note and level")),
        ("restore", "B", tr("Newest copy")),
        ("find again", "M", tr("Find a moved run")),
        ("run before", "[", tr("Run before")),
        ("run next", "]", tr("Next run")),
        ("filter before", "Left", tr("Filter before")),
        ("filter next", "Right", tr("Next filter")),
        ("undo", "Ctrl+Z", tr("Undo")),
        ("leave", "Esc", tr("End the search")),
    )
)

_TRAINING: Final = (
    _rows("training", ("leave", "Esc", tr("To the overview")))
    + _rows(
        "training",
        ("agree", "Enter", tr("Agree and begin")),
        ("nothing", "N", tr("Begin, keep nothing")),
        parts="welcome",
    )
    + _rows("training", ("lock", "Enter", tr("Lock the answer")), parts="asking watching")
    + _rows("training", ("stop", "Space", tr("Stop injecting")), parts="watching")
    + _rows("training", *((f"answer {n}", n, tr("Answer {n}", n=n)) for n in "123"), parts="asking")
    + _rows("training", *((f"answer {n}", n, tr("How sure, {n}", n=n)) for n in "456789"), parts="asking")
    + _rows(
        "training",
        ("answer W", "W", tr("Superior disc")),
        ("answer D", "D", tr("Posterior")),
        ("answer X", "X", tr("Inferior disc")),
        ("answer A", "A", tr("Anterior")),
        ("answer S", "S", tr("Stays in")),
        parts="asking",
    )
    + _rows(
        "training",
        ("next", "Enter", tr("Next case")),
        ("run", "R", tr("See the run")),
        ("flag", "F", tr("Flag")),
        parts="feedback",
    )
    + _rows(
        "training",
        ("start", "Enter", tr("Start")),
        ("watch", "C", tr("Watching")),
        ("site", "L", tr("Leak site")),
        ("shape", "S", tr("Leak shape")),
        ("withdraw", "W", tr("Withdraw")),
        ("instructor", "I", tr("Instructor")),
        ("set", "G", tr("Another set")),
        ("lines", "H", tr("With lines")),
        parts="overview",
    )
    + _rows(
        "training",
        ("who", "P", tr("Who trains")),
        ("export", "E", tr("Answers as a table")),
        parts="overview instructor",
    )
    + _rows("training", ("new set", "N", tr("New set")), parts="instructor")
)

_SELFTEST: Final = (
    _rows(
        "selftest",
        ("heard", "Y", tr("Sound heard")),
        ("not heard", "N", tr("Not heard")),
        ("again", "R", tr("Run again")),
        ("sign", "Enter", tr("Sign and start list")),
        ("keys", "K", tr("Keys and pedals")),
        ("cards", "C", tr("Model cards")),
        parts="list",
    )
    + _rows("selftest", ("use pack", "A", tr("Use another pack")), parts="cards")
    + _rows("selftest", ("first", "Home", tr("Begin")), ("last", "End", tr("End")), parts="cards")
    + _rows("selftest", ("change", "Enter", tr("Change")), ("usual", "Del", tr("The usual key")), parts="keys")
    + _rows("selftest", ("close", "Esc", tr("Close")), parts="cards keys")
    + _rows(
        "selftest",
        *_MOVES,
        ("page up", "PgUp", tr("Page up")),
        ("page down", "PgDown", tr("Page down")),
        parts="cards keys",
        repeats=True,
    )
)

_FORM: Final = _rows("form", ("keep", "Enter", tr("Keep")), ("leave", "Esc", tr("Leave"))) + _rows(
    "form", ("next field", "Tab", tr("Next field")), ("field before", "Shift+Tab", tr("Field before")), repeats=True
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


def actions_of(page: str) -> tuple[KeyAction, ...]:
    """The acts of a page, in their order."""
    return tuple(act for act in TABLE.values() if act.page == page)
