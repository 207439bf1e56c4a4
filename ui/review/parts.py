"""The parts of the page of review: made here, fed by the presenter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from assistant.settings.tree import Settings
from assistant.system.places import data_home
from ui.review import review_words
from ui.review.arrangement import Arrangement
from ui.review.cards.correct_panel import CorrectPanel
from ui.review.cards.events_panel import EventsPanel
from ui.review.cards.export_panel import ExportPanel
from ui.review.cards.figures_card import FiguresCard
from ui.review.cards.leak_card import LeakCard
from ui.review.cards.measure_panel import MeasurePanel
from ui.review.cards.whatif_panel import WhatIfPanel
from ui.review.header import Header
from ui.review.message_line import MessageLine
from ui.review.picture import ReviewPicture
from ui.review.second_picture import PictureBeside
from ui.review.state import ReviewState
from ui.review.transport import Transport
from ui.widgets.plan_panel import PlanPanel


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReviewParts:
    """Each with a place in the arrangement."""

    header: Header
    message: MessageLine
    picture: ReviewPicture
    beside: PictureBeside
    leak: LeakCard
    figures: FiguresCard
    measure: MeasurePanel
    whatif: WhatIfPanel
    correct: CorrectPanel
    events: EventsPanel
    export: ExportPanel
    plan: PlanPanel
    transport: Transport
    arrangement: Arrangement


def make_parts(settings: Settings, state: ReviewState, do: Callable[[str], None]) -> ReviewParts:
    """Make and arrange them.

    Parameters
    ----------
    settings : Settings
    state : ReviewState
        The board, the curves and the events that they show.
    do : callable
        Does an act of the page.
    """
    cards = (
        leak := LeakCard(),
        figures := FiguresCard(),
        measure := MeasurePanel(state.board),
        whatif := WhatIfPanel(data_home, settings),
        correct := CorrectPanel(),
    )
    placed = {
        "header": (header := Header()),
        "picture": (picture := ReviewPicture(state.board)),
        "beside": (beside := PictureBeside()),
        "message": (message := MessageLine()),
        "plan": (plan := PlanPanel(settings.alarms.warning_lines)),
        "transport": (transport := Transport(state.curves, do)),
        "events": (events := EventsPanel(state.events)),
        "export": (export := ExportPanel()),
    }
    return ReviewParts(
        header=header,
        message=message,
        picture=picture,
        beside=beside,
        leak=leak,
        figures=figures,
        measure=measure,
        whatif=whatif,
        correct=correct,
        events=events,
        export=export,
        plan=plan,
        transport=transport,
        arrangement=Arrangement(placed, dict(zip(review_words.TABS, cards, strict=True))),
    )
