"""Native or inverted in the set-up: what the still pictures say, shown; where they do not say it, asked. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from assistant.language import tr
from assistant.setup.field_found import alone_at
from assistant.setup.model import SetUp, SetView
from assistant.steps.cement import Body, Polarity, judged, log_odds_of, stated_polarity
from assistant.vocabulary import ShownPolarity
from ui.setup.rows import ChoiceRow

_WORDS: Final = {
    ShownPolarity.NATIVE: tr("native: steel dark"),
    ShownPolarity.INVERTED: tr("inverted: steel bright"),
    ShownPolarity.NOT_KNOWN: tr("not known: which?"),
}
ASK: Final = tr(
    "Is the cannula dark (native) or bright (inverted)? The picture does not say it. [[setup:polarity]] says it; "
    "[[setup:enter]] again arms all the same, and both are watched."
)


@dataclass(slots=True)
class AskedPolarity:
    """What was judged already, so that a picture is looked at once; whether the question was put."""

    asked: bool = False
    _known: dict[tuple[int, tuple[object, ...]], float] = field(default_factory=dict)

    def of(self, setup: SetUp) -> Polarity:
        """What a person says, else what the pictures of the whole views say."""
        own = next((view.shown for view in setup.views if view.shown is not ShownPolarity.NOT_KNOWN), None)
        return stated_polarity(own) if own is not None else self._of_pictures(setup)

    def change(self, setup: SetUp) -> None:
        """The next answer: what the pictures do not say first, then the other, then the pictures' own again."""
        first, second = ShownPolarity.NATIVE, ShownPolarity.INVERTED
        if self._of_pictures(setup).shown is first:
            first, second = second, first
        now = setup.views[0].shown
        answer = {ShownPolarity.NOT_KNOWN: first, first: second, second: ShownPolarity.NOT_KNOWN}[now]
        for view in setup.views:
            view.shown = answer

    def row(self, setup: SetUp) -> ChoiceRow:
        """The line of the last step."""
        judged_now = self.of(setup)
        by_hand = any(view.shown is not ShownPolarity.NOT_KNOWN for view in setup.views)
        icon = "low" if not judged_now.is_known else "tick"
        return ChoiceRow(
            text=tr("Picture"),
            value=_WORDS[judged_now.shown] + (tr(" (by you)") if by_hand else ""),
            icon=icon,
            act="polarity",
        )

    def must_ask(self, setup: SetUp) -> bool:
        """True once where nothing tells."""
        if self.asked or self.of(setup).is_known:
            return False
        self.asked = True
        return True

    def _of_pictures(self, setup: SetUp) -> Polarity:
        scaled = zip(setup.views, setup.scales(), strict=True)
        return judged([one for view, (scale, _) in scaled if (one := self._judge(view, scale or 0.0)) is not None])

    def _judge(self, view: SetView, scale: float) -> float | None:
        if view.still is None or not view.placed:
            return None
        places = tuple(point.at for point in view.points)
        key = (view.still.index, (view.view, view.input, scale, *places))
        if key not in self._known:
            points = np.array(places, dtype=np.float64)
            body = Body(
                superior_px=points[:3], inferior_px=points[3:], is_lateral=view.view == "lateral", mm_per_px=scale
            )
            alone = alone_at(view.still, (float(points[:, 0].mean()), float(points[:, 1].mean())))
            self._known[key] = log_odds_of(alone.grey, alone.white, body)
        return self._known[key]
