"""The scale of a view while it is set: cannula, typed, or stated by the file. Changes the view, not the screen."""

from __future__ import annotations

from assistant.language import sentence, tr
from assistant.setup.carried_scale import KnownScale, StillDisplay
from assistant.setup.model import GAUGES_MM, Point, SetView
from assistant.setup.shaft_width import measure_shaft
from assistant.vocabulary import Unknown

_MOST_TYPED = 8


class Scale:
    """What was typed or measured, until it is used.

    Attributes
    ----------
    typed : str
        The figure in mm/px as text; empty: none yet.
    by : str
        How it was measured; empty: typed or proposed.
    note : str
        What the person has to know of the scale of another picture before it is used here; may be empty.
    gauge : int
        Which cannula.
    shaft : list
        Two places along the cannula, in px of the stored picture.
    active_end : int
        Which of them the arrows move.
    widths : list
        Measured widths of the cannula, each from edge to edge.
    """

    def __init__(self) -> None:
        self.typed, self.by, self.note, self.gauge = "", "", "", 2
        self.shaft: list[Point] = []
        self.active_end = 0
        self.widths: list[tuple[Point, Point]] = []

    def forget_shaft(self) -> None:
        """Another picture: the places on the shaft belong to the one before."""
        self.shaft, self.active_end, self.widths = [], 0, []

    @property
    def gauge_name(self) -> str:
        """The cannula."""
        return list(GAUGES_MM)[self.gauge]

    def type_in(self, character: str) -> None:
        """One more character."""
        self.typed, self.by = (self.typed + character)[:_MOST_TYPED], ""

    def rub_out(self) -> None:
        """The last character is wrong."""
        self.typed, self.by = self.typed[:-1], ""

    def propose(self, mm_per_px: float, by: str) -> None:
        """A figure that came from elsewhere: used only when the person takes it."""
        self.typed, self.by, self.note = f"{mm_per_px:.4f}", by, ""

    def known(self, display: StillDisplay) -> KnownScale | None:
        """What stands here and was not used yet, of a picture shown like that; None where it is no number."""
        try:
            mm_per_px = float(self.typed)
        except ValueError:
            return None
        by = self.by or sentence("typed")
        return KnownScale(mm_per_px=mm_per_px, by=by, display=display) if mm_per_px > 0 else None

    def next_gauge(self, view: SetView) -> str:
        """Another cannula; the first time two places are put where the arrows can take them."""
        self.gauge = (self.gauge + 1) % len(GAUGES_MM)
        if not self.shaft and view.still is not None:
            rows, cols = view.still.grey.shape
            self.shaft = [(cols * 0.62, rows * 0.45), (cols * 0.72, rows * 0.42)]
            return ""
        return self.measure(view)

    def measure(self, view: SetView) -> str:
        """The scale from the shaft's width between the two places; why it cannot be, else empty."""
        if view.still is None or len(self.shaft) < 2:
            return ""
        found = measure_shaft(view.still.grey, view.still.white, self.shaft[0], self.shaft[1])
        if isinstance(found, Unknown):
            self.widths = []
            return found.reason
        self.widths = list(found.edges)
        by = sentence(f"cannula {self.gauge_name}, {found.width_px:.1f} px ± {found.spread_percent:.0f} %")
        self.propose(GAUGES_MM[self.gauge_name] / found.width_px, by)
        return ""

    def nudge(self, dx_px: float, dy_px: float) -> None:
        """Move the active end."""
        if self.shaft:
            end = min(self.active_end, len(self.shaft) - 1)
            x, y = self.shaft[end]
            self.shaft[end] = (x + dx_px, y + dy_px)

    def use(self, view: SetView, hint_mm_per_px: float | None) -> str:
        """Take the figure over into the view; why it cannot be, else empty."""
        text = self.typed or (f"{hint_mm_per_px:.5f}" if hint_mm_per_px else "")
        try:
            scale = float(text)
        except ValueError:
            ways = tr("Measure the cannula ([[setup:gauge]], two clicks), type mm/px, or")
            return tr("{ways} [[setup:uncalibrated]]: uncalibrated.", ways=ways)
        if not 0.01 <= scale <= 10:
            return tr("{scale:g} mm/px cannot be: between 0.01 and 10.", scale=scale)
        view.mm_per_px = scale
        view.scale_by = self.by or (sentence("typed") if self.typed else sentence("from the file"))
        return ""
