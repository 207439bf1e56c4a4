"""What stands on the theatre's page: makes the parts, puts them in their places, gives each what it shows."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Final, Protocol

from PyQt6.QtCore import QElapsedTimer, QRect
from PyQt6.QtWidgets import QWidget

from assistant.capture.play import is_played
from assistant.language import tr, translate
from assistant.live.alarms.advice import advice_for
from assistant.live.messages import Lines, LiveState
from assistant.live.procedure import Procedure
from assistant.live.status import LiveStatus
from assistant.vocabulary import REPLAYED, Unknown
from ui.keys.key_map import with_keys
from ui.theatre.answers import AnswerFields
from ui.theatre.bar import LiveBar, message_of
from ui.theatre.cards import AlarmList, Clocks, LeakLine, Legend, WorksCard, fill_words
from ui.theatre.guarded import guarded
from ui.theatre.keys_card import KeysCard
from ui.theatre.layout import Layout, lay_out
from ui.theatre.looks import age_words, live_elsewhere, look_of, since_s
from ui.theatre.pictures import TheatrePictures
from ui.theatre.screen_saver import ScreenSaver
from ui.theatre.second import Second
from ui.theatre.strip import LiveStrip
from ui.widgets.curve import CurveView
from ui.widgets.distance_card import DistanceCard, NotMeasured

FIGURES_MS: Final = 250
"""Figures change at most four times a second, the picture at once."""
_NOTE_MS: Final = 8000


class SoundFault(Protocol):
    """The alarm sound, as the strip speaks of it."""

    fault: str


class SetUpBeside(Protocol):
    """The set-up beside the picture."""

    @property
    def is_open(self) -> bool:
        """Whether it is open."""

    @property
    def owns_picture(self) -> bool:
        """Whether the picture is its still one."""

    def arrange(self, head: QRect, place: QRect, *, factor: float, small: bool) -> None:
        """Take its places on the page."""


class TheatreDisplay:
    """All parts of a theatre page.

    Parameters
    ----------
    parent : QWidget
        The page.
    procedure : Procedure
        What is shown.
    sound : SoundFault

    Attributes
    ----------
    pictures : TheatrePictures
    set_up : SetUpBeside or None
        Given once the page has it.
    asked, question, note : str
        The question of the page in the bar, that of the analysis, and the line at the foot; names of keys as
        ``[[page:act]]``.
    """

    def __init__(self, parent: QWidget, procedure: Procedure, sound: SoundFault) -> None:
        self._parent, self._procedure, self._sound = parent, procedure, sound
        self.set_up: SetUpBeside | None = None
        self.strip, self.bar = LiveStrip(parent), LiveBar(parent)
        self.pictures = TheatrePictures(parent, procedure, self._pictures_changed)
        self.distances, self.curve, self.works = DistanceCard(parent), CurveView(parent), WorksCard(parent)
        self.clocks, self.legend = Clocks(parent), Legend(parent)
        self.alarms, self.leak = AlarmList(parent), LeakLine(parent)
        self.keys_card, self.screen, self.answers = KeysCard(parent), ScreenSaver(), AnswerFields(parent)
        self.asked = self.question = ""
        self.note = ""
        self._failed = False
        self._places: Layout | None = None
        self._shown_state: LiveState | None = None
        self._figures, self._note_age = QElapsedTimer(), QElapsedTimer()
        self._figures.start()

    @property
    def in_set_up(self) -> bool:
        """Whether the set-up is open."""
        return self.set_up is not None and self.set_up.is_open

    @property
    def shows_still(self) -> bool:
        """Whether the picture is the still one of the set-up."""
        return self.set_up is not None and self.set_up.is_open and self.set_up.owns_picture

    def show_message(self, text: str) -> None:
        """A line for some seconds, at the foot of the picture; of several lines each in its turn."""
        self.note = text
        if text:
            self._note_age.start()

    def ask(self, text: str) -> None:
        """A question in the message bar; empty takes it away."""
        self.asked = text
        self.say(self._procedure.status)

    def offer(self, question: str, acts: tuple[str, ...] = (), heading: str = "", chosen: tuple[str, ...] = ()) -> None:
        """What the analysis asks, and the acts that answer it; or the answer that was given, and may be changed."""
        answers, heading = self.answers, translate(heading)
        if (question, acts, heading, chosen) != (self.question, answers.acts, answers.heading, answers.chosen):
            self.question, answers.acts, answers.heading, answers.chosen = question, acts, heading, chosen
            self._place_answers()
            self.say(self._procedure.status)

    def refresh(self) -> None:
        """Show all that is known, now."""
        status = self._procedure.status
        self.say(status)
        self.show_figures(status)
        if not self.shows_still:
            self.pictures.picture.show_live(None, status, self._procedure.views)

    def _pictures_changed(self) -> None:
        self.arrange()
        self.refresh()

    def tick(self, status: LiveStatus, *, fresh: bool) -> None:
        """Show what is new: the picture and the bar at once, figures four times a second."""
        # Another state is told everywhere at once: no figure of the old one may stand beside the new one's picture.
        due = self._figures.elapsed() >= FIGURES_MS or status.state is not self._shown_state
        self._shown_state = status.state
        self.pictures.tick(status, fresh=fresh, due=due, is_still=self.shows_still)
        if due:
            self._figures.restart()
            self.show_figures(status)
            if self._failed:
                self._failed = False
                self.arrange()

    def fail(self) -> None:
        """A fault of the program kept the picture or the figures from being shown: nothing old may stand there."""
        self._failed = True
        pictures = self.pictures
        pictures.forget(1)
        for part in (self.distances, self.curve, pictures.beside, pictures.second):
            part.hide()
        self.show_message(tr("A fault of the program. The alarms go on. Use the C-arm screen."))

    def due(self) -> bool:
        """Whether figures are to be shown anew."""
        if self._figures.elapsed() < FIGURES_MS:
            return False
        self._figures.restart()
        return True

    def say(self, status: LiveStatus | None) -> None:
        """What the message bar says."""
        # An alarm's message needs nothing else: what stands beside a quiet bar is made after it, and may fail.
        asked, question = with_keys(translate(self.asked)), with_keys(translate(self.question))
        message = message_of(status, asked=asked, question=question)
        if status is not None and not message.priority:
            asides: list[tuple[str, str]] = []
            guarded(lambda: asides.append(self._quiet_aside(status)))
            aside = asides[0] if asides else ("", "")
            message = message_of(status, quiet_aside=aside, asked=asked, question=question)
        self.bar.say(message)

    def _quiet_aside(self, status: LiveStatus) -> tuple[str, str]:
        second = tr("picture, view, lines, tracking, sound: all known") if status.quiet.seen_none else ""
        return with_keys(translate(self._procedure.log.ap_words(time.monotonic_ns()))), second

    def show_figures(self, status: LiveStatus | None) -> None:
        """Everything but the picture and the bar."""
        procedure, now_ns = self._procedure, time.monotonic_ns()
        self.screen.follow(armed=status is not None and status.armed)
        played = procedure.session is not None and is_played(procedure.session.source)
        self.strip.show_status(status, self._case(), self._sound.fault, played=played, frame=procedure.frame)
        moment, views = status.moment if status is not None else None, procedure.views
        measured = status is not None and status.drawable
        why = why_not_measured(status)
        age = tr("not measured") if why is not None or status is None else tr("age {status}", status=age_words(status))
        self.distances.show_moment(moment, views, age=age, why=why)
        self._show_curve(status)
        self.works.show_status(status)
        self.clocks.show_log(procedure.log, status, now_ns, fill_words(moment, views, measured=measured))
        self.alarms.show_status(status)
        raised = status is not None and any(alarm.code in ("A3", "A5", "A6") for alarm in status.alarms)
        self.leak.show_moment(moment, views, measured=measured, raised=raised)
        advice = translate(advice_for(status.alarms)) if status is not None else ""
        self.legend.show_status(status, advice, self._standing_note)
        self.pictures.show_kept(moment)
        self._place_cards(status)
        self._place_answers()

    @property
    def _standing_note(self) -> str:
        """Each page of a message in its turn."""
        if not self.note:
            return ""
        turn = self._note_age.elapsed() // _NOTE_MS
        return "".join(self.legend.note_pages(self.note)[turn : turn + 1])

    def _place_answers(self) -> None:
        """The touch fields of what is asked, beside the legend; nowhere in the set-up."""
        if self._places is None:
            return
        self.answers.factor = self._places.factor
        left = self.answers.arrange(self._places.legend, self._places.picture)
        if self.in_set_up:
            self.answers.hide()
        elif not left.isEmpty():
            self.legend.setGeometry(left)

    def _case(self) -> str:
        """What the strip says of who it is; the session's id where there is room for it."""
        session, case = self._procedure.session, translate(self._procedure.case)
        return case if session is None or self.strip.small else f"{case} · {session.identity.session_id}"

    def _show_curve(self, status: LiveStatus | None) -> None:
        """The curve's time runs on without new moments; while nothing is measured it has a gap."""
        moment = status.moment if status is not None else None
        now_s, gap, gap_s = None, "", 0.0
        if status is not None and moment is not None:
            now_s = moment.t_s + (status.now_ns - moment.captured_ns) / 1e9
            gap, gap_s = look_of(status).gap, since_s(status)
        trace, views = self._procedure.trace, self._procedure.views
        self.curve.show_moment(moment, trace, views, now_s=now_s, gap=gap, gap_s=gap_s)

    # Places -----------------------------------------------------------------------------------------------------

    def show_hold(self, act: str, share: float) -> None:
        """How much of the second has passed for which an act's key is held."""
        cap = self.keys_card.caps.get(act)
        if cap is not None:
            cap.set_held(share)

    def arrange(self) -> None:
        """Put everything where it belongs for the present size."""
        open_, pictures = self.in_set_up, self.pictures
        second = pictures.second.shows is not Second.NONE and not open_
        width, height = self._parent.width(), self._parent.height()
        places = lay_out(width, height, bare=pictures.bare and not open_, second=second)
        self._places = places
        live_beside, none = pictures.second.shows is Second.INPUT, QRect()
        parts = (
            (self.strip, places.strip),
            (self.bar, places.bar),
            (pictures.picture, places.picture),
            (pictures.second, none if live_beside else places.second),
            (pictures.beside, places.second if live_beside else none),
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
        pictures.beside.arrange(small=places.small)
        if open_:
            self._make_room(places)
        self._place_cards(self._procedure.status)
        self._place_answers()

    def _make_room(self, places: Layout) -> None:
        """For the set-up: it covers the panel's place and the strip's; the picture takes the bar's place too."""
        factor, height = places.factor, self._parent.height()
        cards = (self.distances, self.curve, self.works, self.clocks, self.keys_card, self.alarms, self.leak)
        pictures = self.pictures
        for part in (self.strip, self.bar, self.legend, pictures.second, pictures.beside, *cards):
            part.hide()
        top, edge, panel = places.strip.bottom() + 1, round(14 * factor), places.keys
        pictures.picture.setGeometry(0, top, panel.left() - round(16 * factor), height - top)
        room = QRect(panel.left(), top + edge, panel.width(), height - top - 2 * edge)
        if self.set_up is not None:
            self.set_up.arrange(places.strip, room, factor=factor, small=places.small)

    def _place_cards(self, status: LiveStatus | None) -> None:
        """The curve's place is taken by what still works, or (small) by the alarms and the leak."""
        if self._places is None or self._places.curve.isEmpty() or self.in_set_up:
            return
        black = status is not None and look_of(status).black
        busy = False
        if self._places.small and status is not None:
            has_leak = status.moment is not None and bool(status.moment.leaks)
            busy = (bool(status.alarms) or has_leak) and not black
        self.works.setVisible(black)
        self.curve.setVisible(not black and not busy)
        self.alarms.setVisible(busy)
        self.leak.setVisible(busy)


def why_not_measured(status: LiveStatus | None) -> NotMeasured | None:
    """What stands in the place of the big figure, and why; None where it is measured now."""
    why: NotMeasured
    if status is None:
        why = NotMeasured(headline=tr("No source"), explanation=tr("Set-up: [[theatre:set up]]"))
    elif status.state is LiveState.UNKNOWN_VIEW and status.lines is Lines.NONE:
        why = NotMeasured(headline=tr("No lines yet"), explanation=tr("Place them. Set-up: [[theatre:set up]]"))
    elif look_of(status).figure:
        look, elsewhere = look_of(status), live_elsewhere(status)
        explanation_text = elsewhere[:1].upper() + elsewhere[1:]
        if status.state is LiveState.HELD and status.reason != REPLAYED:
            explanation_text = _not_measured(status)
        explanation = explanation_text or look.explanation
        why = NotMeasured(headline=look.figure, explanation=explanation)
    elif status.moment is not None and isinstance(status.moment.motion, Unknown):
        why = NotMeasured(headline=tr("Not tracked"), explanation=_not_measured(status))
    elif not status.drawable:
        why = NotMeasured(headline=tr("Too old to show"), explanation=tr("Comes with the next measurement."))
    else:
        return None
    return replace(why, explanation=with_keys(why.explanation))


def _not_measured(status: LiveStatus) -> str:
    """Why nothing was found in the newest picture, as a sentence; empty where it was measured."""
    moment = status.moment
    if moment is None:
        return ""
    unknown = next((each for each in (moment.motion, moment.distances) if isinstance(each, Unknown)), None)
    reason = translate(unknown.reason) if unknown is not None else ""
    return f"{reason[:1].upper()}{reason[1:]}." if reason else ""
