"""The parts of the theatre screen: makes them, puts them in their places, gives each what it shows."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PyQt6.QtCore import QElapsedTimer, QRect

from assistant.capture.play import is_played
from assistant.live.messages import Lines, LiveState
from assistant.live.status import LiveStatus
from assistant.vocabulary import Unknown
from ui.keys.key_map import with_keys
from ui.theatre.advice import advice_for
from ui.theatre.bar import LiveBar, message_of
from ui.theatre.beside import Beside
from ui.theatre.cards import AlarmList, Clocks, LeakLine, Legend, WorksCard, fill_words
from ui.theatre.guarded import guarded
from ui.theatre.keys_card import KeysCard
from ui.theatre.layout import Layout, lay_out
from ui.theatre.looks import LOOKS, age_words, live_elsewhere, since_s
from ui.theatre.picture import LivePicture
from ui.theatre.screen_saver import ScreenSaver
from ui.theatre.second import Second, SecondPicture
from ui.theatre.strip import LiveStrip
from ui.widgets.curve import CurveView
from ui.widgets.distance_card import DistanceCard, NotMeasured

if TYPE_CHECKING:
    from ui.theatre.page import TheatrePage

FIGURES_MS: Final = 250
"""Figures change at most four times a second, the picture at once."""
_NOTE_MS: Final = 8000


class Board:
    """All parts of a theatre page.

    Parameters
    ----------
    page : TheatrePage
        Their parent; asked for what it knows.
    """

    def __init__(self, page: TheatrePage) -> None:
        self._page = page
        self.strip, self.bar = LiveStrip(page), LiveBar(page)
        self.picture, self.second = LivePicture(page), SecondPicture(page)
        self.beside = Beside(page)
        self.distances, self.curve, self.works = DistanceCard(page), CurveView(page), WorksCard(page)
        self.clocks, self.legend = Clocks(page), Legend(page)
        self.alarms, self.leak = AlarmList(page), LeakLine(page)
        self.keys_card, self.screen = KeysCard(page), ScreenSaver()
        self.asked = ""
        self.note = ""
        self.bare = False
        self._failed = False
        self._places: Layout | None = None
        self._shown_state: LiveState | None = None
        self._told_state: LiveState | None = None
        self._figures, self._note_age = QElapsedTimer(), QElapsedTimer()
        self._figures.start()

    def tell(self, text: str) -> None:
        """A line for some seconds, at the foot of the picture."""
        self.note = text
        if text:
            self._note_age.start()

    def tick(self, status: LiveStatus, *, fresh: bool) -> None:
        """Show what is new: the picture and the bar at once, figures four times a second."""
        page = self._page
        # Another state is told everywhere at once: no figure of the old one may stand beside the new one's picture.
        due = self._figures.elapsed() >= FIGURES_MS or status.state is not self._told_state
        self._told_state = status.state
        if not page.shows_still and (fresh or due or status.state is not self._shown_state):
            self._shown_state = status.state
            self.picture.show_live(page.frame if fresh else None, status, page.views)
        self._show_beside(due=due)
        if due:
            self._figures.restart()
            self.show_figures(status)
            if self._failed:
                self._failed = False
                self.arrange()

    def fail(self) -> None:
        """A fault of the program kept the picture or the figures from being shown: nothing old may stand there."""
        self._failed = True
        self.picture.forget()
        for part in (self.distances, self.curve, self.beside, self.second):
            part.hide()
        self.tell("A fault of the program. The alarms go on. Use the C-arm screen.")

    def _show_beside(self, *, due: bool) -> None:
        """The second input: its picture at once, its figures four times a second."""
        page = self._page
        second = page.session.second if page.session is not None else None
        if second is None:
            return
        beside, index = self.beside, second.newest_index
        fresh = index >= 0 and (beside.frame is None or beside.frame.index != index)
        if fresh:
            beside.frame = second.newest_frame() or beside.frame
        if not beside.isVisible():
            return
        if fresh or due:
            beside.picture.show_live(beside.frame if fresh else None, second.status, page.second_views)
        if due:
            case = second.source if is_played(second.source) else ""
            beside.figures.show_status(second.status, page.second_views, case=case)

    def due(self) -> bool:
        """Whether figures are to be shown anew."""
        if self._figures.elapsed() < FIGURES_MS:
            return False
        self._figures.restart()
        return True

    def say(self, status: LiveStatus | None) -> None:
        """What the message bar says."""
        # An alarm's message needs nothing else: what stands beside a quiet bar is made after it, and may fail.
        message = message_of(status, asked=self.asked)
        if status is not None and not message.priority:
            asides: list[tuple[str, str]] = []
            guarded(lambda: asides.append(self._quiet_aside(status)))
            message = message_of(status, quiet_aside=asides[0] if asides else ("", ""), asked=self.asked)
        self.bar.say(message)

    def _quiet_aside(self, status: LiveStatus) -> tuple[str, str]:
        second = "picture, view, lines, tracking, sound: all known" if status.quiet.seen_none else ""
        return with_keys(self._page.desk.ap_words(time.monotonic_ns())), second

    def show_figures(self, status: LiveStatus | None) -> None:
        """Everything but the picture and the bar."""
        page, now_ns = self._page, time.monotonic_ns()
        self.screen.follow(armed=status is not None and status.armed)
        played = page.session is not None and is_played(page.session.source)
        self.strip.show_status(status, self._case(), page.sound.fault, played=played, frame=page.frame)
        moment = status.moment if status is not None else None
        measured = status is not None and status.drawable
        why = None
        if status is None:
            why = NotMeasured(headline="No source", explanation="Set-up: [[theatre:set up]]")
        elif status.state is LiveState.UNKNOWN_VIEW and status.lines is Lines.NONE:
            why = NotMeasured(headline="No lines yet", explanation="Place them. Set-up: [[theatre:set up]]")
        elif LOOKS[status.state].figure:
            look, elsewhere = LOOKS[status.state], live_elsewhere(status)
            explanation = f"{elsewhere[:1].upper()}{elsewhere[1:]}" or look.explanation
            why = NotMeasured(headline=look.figure, explanation=explanation)
        elif moment is not None and isinstance(moment.motion, Unknown):
            reason = moment.motion.reason
            why = NotMeasured(headline="Not tracked", explanation=f"{reason[:1].upper()}{reason[1:]}.")
        elif not measured:
            why = NotMeasured(headline="Too old to show", explanation="Comes with the next measurement.")
        why = None if why is None else replace(why, explanation=with_keys(why.explanation))
        age = "not measured" if why is not None or status is None else f"age {age_words(status)}"
        views = page.views
        self.distances.show_moment(moment, views, age=age, why=why)
        self._show_curve(status)
        self.works.show_status(status)
        self.clocks.show_desk(page.desk, status, now_ns, fill_words(moment, views, measured=measured))
        self.alarms.show_status(status)
        told = status is not None and any(alarm.code in ("A3", "A5", "A6") for alarm in status.alarms)
        self.leak.show_moment(moment, views, measured=measured, told=told)
        note = self.note if self.note and self._note_age.elapsed() < _NOTE_MS else ""
        advice = advice_for(status.alarms) if status is not None else ""
        self.legend.show_status(status, advice, note)
        if self.second.shows not in (Second.NONE, Second.INPUT):
            self.second.show_now(page.frame, moment, self.picture.transform())
        self._place_cards(status)

    def _case(self) -> str:
        """What the strip says of who it is; the session's id where there is room for it."""
        session, case = self._page.session, self._page.case
        return case if session is None or self.strip.small else f"{case} · {session.identity.session_id}"

    def _show_curve(self, status: LiveStatus | None) -> None:
        """The curve's time runs on without new moments; while nothing is measured it has a gap."""
        moment = status.moment if status is not None else None
        now_s, gap, gap_s = None, "", 0.0
        if status is not None and moment is not None:
            now_s = moment.t_s + (status.now_ns - moment.captured_ns) / 1e9
            gap, gap_s = LOOKS[status.state].gap, since_s(status)
        self.curve.show_moment(moment, self._page.trace, self._page.views, now_s=now_s, gap=gap, gap_s=gap_s)

    def arrange(self) -> None:
        """Put everything where it belongs for the present size."""
        page = self._page
        open_ = page.in_set_up
        second = self.second.shows is not Second.NONE and not open_
        places = lay_out(page.width(), page.height(), bare=self.bare and not open_, second=second)
        self._places = places
        live_beside, none = self.second.shows is Second.INPUT, QRect()
        parts = (
            (self.strip, places.strip),
            (self.bar, places.bar),
            (self.picture, places.picture),
            (self.second, none if live_beside else places.second),
            (self.beside, places.second if live_beside else none),
            (self.legend, places.legend),
            (self.distances, places.distances),
            (self.curve, places.curve),
            (self.works, places.curve),
            (self.clocks, places.clocks),
            (self.keys_card, places.keys),
            (self.alarms, places.alarms),
            (self.leak, places.leak),
        )
        for part, place in parts:
            if hasattr(part, "factor"):
                part.factor = places.factor
            if hasattr(part, "small"):
                part.small = places.small
            part.setGeometry(place)
            part.setVisible(not place.isEmpty())
        self.keys_card.arrange()
        self.beside.arrange(small=places.small)
        if open_:
            self._make_room(places)
        self._place_cards(page.session.status if page.session is not None else None)

    def _make_room(self, places: Layout) -> None:
        """For the set-up: it covers the panel's place and the strip's; the picture takes the bar's place too."""
        page, factor = self._page, places.factor
        cards = (self.distances, self.curve, self.works, self.clocks, self.keys_card, self.alarms, self.leak)
        for part in (self.strip, self.bar, self.legend, self.second, self.beside, *cards):
            part.hide()
        top, edge, panel = places.strip.bottom() + 1, round(14 * factor), places.keys
        self.picture.setGeometry(0, top, panel.left() - round(16 * factor), page.height() - top)
        room = QRect(panel.left(), top + edge, panel.width(), page.height() - top - 2 * edge)
        page.setup.arrange(places.strip, room, factor=factor, small=places.small)

    def _place_cards(self, status: LiveStatus | None) -> None:
        """The curve's place is taken by what still works, or (small) by the alarms and the leak."""
        if self._places is None or self._places.curve.isEmpty() or self._page.in_set_up:
            return
        black = status is not None and LOOKS[status.state].black
        busy = False
        if self._places.small and status is not None:
            has_leak = status.moment is not None and bool(status.moment.leaks)
            busy = (bool(status.alarms) or has_leak) and not black
        self.works.setVisible(black)
        self.curve.setVisible(not black and not busy)
        self.alarms.setVisible(busy)
        self.leak.setVisible(busy)
