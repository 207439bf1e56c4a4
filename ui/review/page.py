"""The review page: arranges the parts and connects them; what they know is worked out elsewhere."""

from __future__ import annotations

from PyQt6.QtCore import QElapsedTimer, Qt, QTimer
from PyQt6.QtGui import QDropEvent, QResizeEvent
from PyQt6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from assistant.errors import AssistantError
from assistant.pipeline import Summary
from assistant.plan import Plan
from assistant.review.opened_run import OpenedRun
from assistant.settings.tree import Settings
from assistant.system.places import data_home
from ui.keys.key_map import with_keys
from ui.keys.table import KeyAction
from ui.page import Page
from ui.review import review_words
from ui.review.arrangement import Arrangement
from ui.review.beside import Beside
from ui.review.bridge import Bridge
from ui.review.correct_panel import CorrectPanel
from ui.review.events_panel import EventsPanel
from ui.review.export_panel import ExportPanel
from ui.review.exporting import Exporter
from ui.review.figures_card import FiguresCard
from ui.review.header import Header
from ui.review.keys import Keys
from ui.review.leak_card import LeakCard
from ui.review.measure_board import MeasureBoard
from ui.review.measure_panel import MeasurePanel
from ui.review.message_line import MessageLine
from ui.review.opening import dropped_path, open_session, run_and_plan, take_notices
from ui.review.picture import ReviewPicture
from ui.review.play import Player
from ui.review.reviewing import Reviewing
from ui.review.shown import Shown
from ui.review.transport import Transport
from ui.review.whatif_panel import WhatIfPanel
from ui.run_dialog import ask_for_run
from ui.system import collector
from ui.system.live_watch import LiveWatch
from ui.widgets.alarm_bar import message_for
from ui.widgets.plan_panel import PlanPanel

_TICK_MS, _FIGURES_MS = 16, 250
_WATERMARK_S = 20.0
_WHATIF, _CORRECT = review_words.TABS[3:]


class ReviewPage(Page):
    """A recorded run, seen again."""

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self.settings = settings
        self.session: OpenedRun | None = None
        self.bare = False
        self.bridge = Bridge(self)
        self.live = LiveWatch(self)
        self.board = MeasureBoard()
        self.player = Player(self)
        self._build()
        self.shown = Shown(self)
        self.reviewing = Reviewing(self)
        self.exporter = Exporter(self)
        self.keys = Keys(self)
        self._connect()
        self._clock = QElapsedTimer()
        self._figures, self._age = QElapsedTimer(), QElapsedTimer()
        self._figures.start()
        self._age.start()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start(_TICK_MS)
        self.refresh()

    def _build(self) -> None:
        self.header, self.message, self.beside = Header(), MessageLine(), Beside()
        self.picture = ReviewPicture(self.board)
        self.leak, self.figures, self.measure = LeakCard(), FiguresCard(), MeasurePanel(self.board)
        self.whatif, self.correct = WhatIfPanel(data_home, self.settings), CorrectPanel()
        self.events, self.export = EventsPanel(), ExportPanel()
        self.plan_panel = PlanPanel(self.settings.alarms.warning_lines)
        self.transport = Transport(self.player.acts())
        parts = {
            "header": self.header,
            "picture": self.picture,
            "beside": self.beside,
            "message": self.message,
            "plan": self.plan_panel,
            "transport": self.transport,
            "events": self.events,
            "export": self.export,
        }
        cards = (self.leak, self.figures, self.measure, self.whatif, self.correct)
        self.arrangement = Arrangement(parts, dict(zip(review_words.TABS, cards, strict=True)))
        self.cards, self.side, self.note = self.arrangement.cards, self.arrangement.side, self.arrangement.note
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.arrangement)

    def _connect(self) -> None:
        self.bridge.looked_for.connect(self._look)
        self.bridge.alarm.connect(self.shown.alarm_changed)
        self.bridge.finished.connect(self._finished)
        self.bridge.still.connect(self.shown.take_still)
        self.events.jump.connect(self.jump)
        self.events.note_wanted.connect(self.start_note)
        self.events.other_wanted.connect(self.choose_other_run)
        self.events.whatif_wanted.connect(lambda: self.cards.show_card(_WHATIF))
        self.leak.jump.connect(self.jump)
        self.correct.jump.connect(self.jump)
        self.export.images.jump.connect(self.jump)
        self.transport.line.seek.connect(self.go)
        self.header.close_wanted.connect(self.close_run)
        self.header.open_wanted.connect(self.choose_run)
        self.header.figures_wanted.connect(self.shown.switch_figures)
        self.live.changed.connect(self.player.make_way)
        self.header.live_wanted.connect(lambda: self.wanted.emit("theatre", None))
        self.figures.layers_changed.connect(self.shown.set_layers)
        self.measure.chosen.connect(self.picture.update)
        self.measure.keep_wanted.connect(self.reviewing.keep_measures)
        self.picture.measured.connect(self.measure.refresh)
        self.picture.clicked.connect(lambda _x, _y: self.plan_panel.changed())
        self.plan_panel.saved.connect(self._plan_saved)
        self.plan_panel.ruler.toggled.connect(lambda _: self.picture.update())
        self.export.key_image_wanted.connect(self.reviewing.key_image)
        self.whatif.table_wanted.connect(self.exporter.whatif_table)
        self.whatif.runs, self.whatif.who = self.exporter.runs, self.exporter.who

    @property
    def playing(self) -> bool:
        """Whether the run plays."""
        return self.player.playing

    @playing.setter
    def playing(self, on: bool) -> None:
        self.player.playing = on

    def open(self, run: str, plan_path: str | None) -> bool:
        """Open a run; a plan beside it is taken when none is named. False, with the reason shown, if it cannot be."""
        if self.live.refusal:
            self.tell(self.live.refusal)
            return False
        self.close_session()
        try:
            self.session, why = open_session(run, plan_path, self.settings, self.bridge)
        except AssistantError as error:
            self.tell(str(error))
            self.refresh()
            return False
        self.tell(why)
        self.shown.open(self.session)
        self.reviewing.open(self.session)
        self.exporter.forget()
        self.picture.show_frame(self.session.first)
        self.end_editing()
        self.playing = True
        self._clock.restart()
        self.refresh()
        return True

    def close_session(self) -> None:
        """End the run that is open."""
        self.playing = False
        self.exporter.close()
        self.whatif.stop()
        self.beside.put_away()
        self.shown.close()
        if self.session is not None:
            self.session.close()
            self.session = None
        self.board.clear()
        self.picture.forget()
        take_notices()
        collector.after_a_run()

    def close_run(self) -> None:
        """Close the run and go to the cases."""
        self.close_session()
        self.tell("")
        self.refresh()
        self.wanted.emit("cases", None)

    def edit_plan(self) -> None:
        """Place the points on the frame at the playhead; the plan's own points are there to be moved."""
        if self.session is None:
            return
        self.playing = False
        self.board.choose("")
        self.reviewing.put_points()
        self.plan_panel.start(
            self.session.playhead, self.session.facts.mm_per_px_hint, self.session.default_plan_path()
        )
        self.picture.points = self.plan_panel.points
        self.picture.setFocus()  # arrows move the point, not a choice of the form
        self.side.setCurrentIndex(1)
        self.refresh()

    def end_editing(self) -> None:
        """Back to the figures."""
        self.picture.points = None
        self.side.setCurrentIndex(0)

    @property
    def editing(self) -> bool:
        """Whether points are being placed."""
        return self.picture.points is not None

    def _plan_saved(self, plan: Plan, said: str) -> None:
        if self.session is None:
            return
        self.reviewing.points_moved(plan)
        try:
            self.session.analyse(plan)
        except AssistantError as error:
            self.tell(str(error))
            return
        self.tell(said)
        take_notices()
        self.shown.begin_anew()
        self.end_editing()
        self.go(0)
        self.playing = True

    def tell(self, text: str) -> None:
        """A line under the header: what happened, what still works, what to do."""
        self.arrangement.tell(with_keys(text))

    def choose_run(self) -> None:
        """Open a recording by dialog."""
        name = ask_for_run(self, "Open a recording")
        if name:
            self.open(name, None)

    def choose_plan(self) -> None:
        """Open a plan for the run by dialog."""
        if self.session is None:
            return
        name, _ = QFileDialog.getOpenFileName(self, "Open a plan", "", "Plan (*.json)")
        if name:
            self.open(self.session.run, name)

    def choose_other_run(self) -> None:
        """Show another run beside this one, from its start, going along."""
        if self.session is None:
            return
        name = ask_for_run(self, "Another run, to be seen beside this one")
        if name:
            self.show_other(name)

    def show_other(self, run: str) -> None:
        """Show another run beside this one."""
        bridge = Bridge(self)
        bridge.looked_for.connect(lambda: (bridge.looked(), self._look()))
        try:
            other, _ = open_session(run, None, self.settings, bridge)
        except AssistantError as error:
            self.tell(str(error))
            return
        if self.session is not None:
            self.beside.go_along(other, self.session)
            self.transport.beside.setChecked(True)
        self.refresh()

    def start_note(self) -> None:
        """Write a note at this picture."""
        if self.session is not None:
            self.playing = False
            self.cards.show_card(_CORRECT)
            self.correct.note.setFocus()

    def jump(self, index: int) -> None:
        """Go to a frame and stay there."""
        self.playing = False
        self.go(index)

    def go(self, index: int) -> None:
        """Go to a frame."""
        if self.session is not None:
            self.session.go(index)
            self.plan_panel.set_reference_frame(self.session.playhead)
            self.refresh()

    def show_raw(self, raw: bool) -> None:
        """Lift everything that is drawn on the picture while the key is held."""
        self.picture.raw = raw
        self.picture.update()

    def toggle_bare(self) -> None:
        """Header and picture only."""
        self.bare = not self.bare
        self.arrangement.set_bare(self.bare)

    def _tick(self) -> None:
        elapsed_s = self._clock.restart() / 1000 if self._clock.isValid() else 0.0
        self._clock.start()
        self.picture.watermark = (self._age.elapsed() / 1000 % _WATERMARK_S) / _WATERMARK_S if self.session else -1.0
        if self.playing and self.session is not None:
            self.player.advance(elapsed_s)
            self.refresh()
        elif self.session is not None and self._age.elapsed() % 100 < _TICK_MS:
            self.picture.update()

    def _look(self) -> None:
        self.bridge.looked()
        self.shown.take()
        if not self.playing:
            self.refresh()

    def refresh(self) -> None:
        """Show the frame at the playhead and what is known of it."""
        session = self.session
        moment = session.moment() if session is not None else None
        views = session.plan.views if session is not None and session.plan is not None else ()
        known = {"has_run": session is not None, "has_plan": bool(views), "editing": self.editing}
        failure = session.failure if session is not None else ""
        self.message.say(message_for(moment, **known, views=views, failure=failure))
        if session is None:
            self.header.tell(None, "", "", as_seen=False, has_record=False)
            return
        self.shown.show_picture(session.picture(playing=self.playing), moment, views)
        self.transport.line.set_place(session.playhead, session.frame_count, session.range)
        self.player.tell()
        if self._figures.elapsed() >= _FIGURES_MS or not self.playing:
            self._figures.restart()
            self.shown.show_figures(moment, views)

    def _finished(self, summary: Summary, failure: str) -> None:
        if self.session is not None:
            self.session.ended, self.session.failure, self.session.summary = True, failure, summary
        if failure:
            self.tell(failure)
        self.shown.take()
        self.refresh()

    def places(self) -> tuple[str, ...]:
        """All acts are keys."""
        return self.keys.places()

    def begin_act(self, act: KeyAction) -> None:
        """A key goes down."""
        self.keys.begin(act.name)

    def end_act(self, act: KeyAction) -> None:
        """A key is let go."""
        self.keys.end(act.name)

    def resizeEvent(self, a0: QResizeEvent | None) -> None:
        """Large or small layout."""
        self.arrangement.set_width(self.width())
        super().resizeEvent(a0)

    def dropEvent(self, a0: QDropEvent | None) -> None:
        """Open what was dropped; a plan goes to the run that is open."""
        path = None if a0 is None else dropped_path(a0.mimeData())
        if path is not None and path.endswith(".json") and self.session is not None:
            self.open(self.session.run, path)
        elif path is not None:
            self.open(path, None)

    def open_thing(self, thing: object) -> None:
        """Open a run: its path, or its path and its plan's."""
        self.open(*run_and_plan(thing))

    def enter(self) -> None:
        """The page comes to the front."""
        self.live.start()
        self._timer.start(_TICK_MS)

    def leave(self) -> None:
        """Hold what plays."""
        self.playing = False
        self.live.stop()
        self._timer.stop()
        self.refresh()

    def shut(self) -> None:
        """End threads and processes before the window goes."""
        self.live.stop()
        self._timer.stop()
        self.close_session()
        self.exporter.shut()


def make_page(settings: Settings) -> ReviewPage:
    """The page, for the shell."""
    return ReviewPage(settings)
