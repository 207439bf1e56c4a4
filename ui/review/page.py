"""The review page: owns its widgets, shows what its controller has, and hands it what a person does."""

from __future__ import annotations

from PyQt6.QtCore import QElapsedTimer, Qt, QTimer
from PyQt6.QtGui import QDropEvent, QResizeEvent
from PyQt6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from assistant.language import tr
from assistant.pipeline import Summary
from assistant.review.opened_run import OpenedRun
from assistant.settings.tree import Settings
from assistant.vocabulary import Alarm
from ui.keys.key_map import with_keys
from ui.keys.table import KeyAction
from ui.library_access import library_of_window
from ui.page import Page
from ui.review.bridge import Bridge
from ui.review.controller import ReviewController
from ui.review.exporting import Exporter
from ui.review.keys import ACTS
from ui.review.looks import Looks
from ui.review.opening import run_and_plan
from ui.review.parts import make_parts
from ui.review.presenter import Presenter
from ui.review.state import ReviewState
from ui.review.view import Behind
from ui.run_dialog import ask_for_run
from ui.system import collector
from ui.system.live_watch import Live, LiveWatch

_TICK_MS = 16
_TELL_AFTER_MS = 400
_WATERMARK_S = 20.0


class ReviewPage(Page):
    """A recorded run, seen again: the widgets, and what `ReviewController` has them show."""

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self.state = ReviewState()
        self.bridge, self.live = Bridge(self), LiveWatch(self)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_TELL_AFTER_MS)
        parts = self.parts = make_parts(settings, self.state, self.do)
        self.header, self.message, self.picture, self.beside = parts.header, parts.message, parts.picture, parts.beside
        self.leak, self.figures, self.measure, self.whatif = parts.leak, parts.figures, parts.measure, parts.whatif
        self.correct, self.events, self.export = parts.correct, parts.events, parts.export
        self.plan_panel, self.transport = parts.plan, parts.transport
        self.cards, self.side, self.note = parts.arrangement.cards, parts.arrangement.side, parts.arrangement.note
        self.exporter = Exporter(settings, self.state, parts.export, self.bridge)
        behind = Behind(
            library=library_of_window(),
            exports=self.exporter,
            theatre=self.live,
            listener=self.bridge,
            second_listener=self._second_listener,
            soon=self._soon.start,
        )
        self.controller = ReviewController(settings, self.state, self, behind)
        self.player, self.reviewing = self.controller.player, self.controller.reviewing
        self.presenter = Presenter(parts, self.state, self.player, self.reviewing, self.bridge)
        self._looks = Looks(parts, self.state)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(parts.arrangement)
        self._hear_workers()
        self._hear_person()
        self._clock, self._age = QElapsedTimer(), QElapsedTimer()
        self._age.start()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start(_TICK_MS)
        self.refresh()

    def _hear_workers(self) -> None:
        """What threads and timers find."""
        self.bridge.looked_for.connect(self._looked)
        self.bridge.alarm.connect(self._alarm_changed)
        self.bridge.finished.connect(self._ended)
        self.bridge.still.connect(self.presenter.take_still)
        self.live.changed.connect(self._live_changed)
        self._soon.timeout.connect(self._tell_library)

    def _hear_person(self) -> None:
        """What a person touches."""
        for jumps in (self.events, self.leak, self.correct, self.export.images):
            jumps.jump.connect(self.player.jump)
        self.transport.line.seek.connect(self.player.go)
        for wanted, act in (
            (self.events.note_wanted, "note"),
            (self.events.other_wanted, "other run"),
            (self.events.whatif_wanted, "what-if"),
            (self.header.open_wanted, "open"),
            (self.header.figures_wanted, "figures"),
            (self.header.live_wanted, "live"),
            (self.header.anew_wanted, "anew"),
            (self.measure.keep_wanted, "keep"),
            (self.export.key_image_wanted, "key image"),
            (self.correct.points_wanted, "edit plan"),
        ):
            wanted.connect(lambda act=act: self.do(act))
        self.header.close_wanted.connect(self.controller.close_run)
        self.figures.layers_changed.connect(self.presenter.set_layers)
        self.measure.chosen.connect(self.picture.update)
        self.picture.measured.connect(self.measure.refresh)
        self.picture.clicked.connect(lambda _x, _y: self.plan_panel.changed())
        self.plan_panel.saved.connect(self.controller.take_plan)
        self.plan_panel.ruler.toggled.connect(lambda _: self.picture.update())
        self.whatif.table_wanted.connect(self.exporter.whatif_table)
        self.whatif.runs, self.whatif.who = self.exporter.runs, self.exporter.who
        self.correct.person_wanted.connect(self.reviewing.choose_person)
        self.correct.refused.connect(self.show_message)
        self.correct.label_chosen.connect(self.reviewing.say)
        self.correct.undo_wanted.connect(self.reviewing.undo)
        self.correct.redo_wanted.connect(self.reviewing.redo)

    @property
    def session(self) -> OpenedRun | None:
        """The run that is open."""
        return self.state.run

    @property
    def editing(self) -> bool:
        """Whether points are being placed."""
        return self.state.editing

    @property
    def playing(self) -> bool:
        """Whether the run plays."""
        return self.player.playing

    @playing.setter
    def playing(self, on: bool) -> None:
        self.player.playing = on

    def open(self, run: str, plan_path: str | None) -> bool:
        """Open a run; False, with the reason shown, if it cannot be."""
        return self.controller.open(run, plan_path)

    def close_session(self) -> None:
        """End the run that is open."""
        self.controller.close_session()

    def jump(self, index: int) -> None:
        """Go to a frame and stay there."""
        self.player.jump(index)

    # What the controller needs of its page (`ReviewView`).

    def show_message(self, text: str) -> None:
        """A line under the header."""
        self.parts.arrangement.show_message(with_keys(text))

    def refresh(self) -> None:
        """The picture at the playhead, and what is known of it."""
        self.presenter.refresh()

    def show_run(self) -> None:
        """All of it begins anew."""
        self.presenter.show_run()
        self._clock.restart()
        if self.state.run is None:
            collector.after_a_run()

    def show_review(self) -> None:
        """Events, and what reviewers say."""
        self.presenter.show_review()

    def show_points(self) -> None:
        """Points are being placed, or no longer."""
        self.presenter.show_points()

    def look(self, act: str) -> None:
        """What concerns only how the page looks."""
        if act == "how it plays":
            self.presenter.show_how_it_plays()
        else:
            self._looks.acts[act]()

    def ask_for(self, title: str, *, plan: bool = False) -> str:
        """The recording, or the plan, that a person chooses."""
        if plan:
            return QFileDialog.getOpenFileName(self, title, "", tr("Plan (*.json)"))[0]
        return ask_for_run(self, title)

    def go_to(self, page: str, thing: object) -> None:
        """Another page, and what it is to open."""
        self.wanted.emit(page, thing)

    # What the shell and Qt call.

    def do(self, act: str) -> None:
        """Do an act of the page: a key or a touched field."""
        ACTS[act](self.controller)

    def places(self) -> tuple[str, ...]:
        """Keys of the page; while points are placed theirs come first."""
        return ("review.points", "review") if self.state.editing else ("review",)

    def begin_act(self, act: KeyAction) -> None:
        """A key goes down."""
        self.do(act.name)

    def end_act(self, act: KeyAction) -> None:
        """A key is let go: `raw` is held, not pressed."""
        if act.name == "raw":
            self.look("raw let go")

    def open_thing(self, thing: object) -> None:
        """Open a run: its path, or its path and its plan's."""
        self.open(*run_and_plan(thing))

    def resizeEvent(self, a0: QResizeEvent | None) -> None:
        """Large or small layout."""
        self.parts.arrangement.set_width(self.width())
        super().resizeEvent(a0)

    def dropEvent(self, a0: QDropEvent | None) -> None:
        """Open the first file or folder that was dropped."""
        mime = None if a0 is None else a0.mimeData()
        paths = [] if mime is None else [url.toLocalFile() for url in mime.urls() if url.isLocalFile()]
        if paths and paths[0]:
            self.controller.open_dropped(paths[0])

    def enter(self) -> None:
        """The page comes to the front."""
        self.live.start()
        self._timer.start(_TICK_MS)

    def leave(self) -> None:
        """Hold what plays."""
        self.player.playing = False
        self.live.stop()
        self._timer.stop()
        self.refresh()

    def shut(self) -> None:
        """End threads and processes before the window goes."""
        self.live.stop()
        self._timer.stop()
        self.close_session()
        self.exporter.shut()

    # Methods of the page: a signal of what works behind it lets go of them when the page goes.

    def _tick(self) -> None:
        elapsed_s = self._clock.restart() / 1000 if self._clock.isValid() else 0.0
        self._clock.start()
        run = self.state.run
        self.picture.watermark = (self._age.elapsed() / 1000 % _WATERMARK_S) / _WATERMARK_S if run else -1.0
        if run is not None and self.player.playing:
            self.player.advance(elapsed_s)
            self.refresh()
        elif run is not None and self._age.elapsed() % 100 < _TICK_MS:
            self.picture.update()

    def _looked(self) -> None:
        self.bridge.looked()
        self.controller.look()

    def _alarm_changed(self, alarm: Alarm) -> None:
        self.controller.alarm_changed(alarm)

    def _ended(self, summary: Summary, failure: str) -> None:
        self.controller.ended(summary, failure)

    def _live_changed(self, state: Live) -> None:
        self.header.set_live_picture(state is not Live.NOTHING)
        if state is Live.ARMED:
            self.player.make_way()

    def _tell_library(self) -> None:
        self.reviewing.tell_library()

    def _second_listener(self) -> Bridge:
        """Hears the analysis of another run beside."""
        bridge = Bridge(self)
        bridge.looked_for.connect(bridge.looked)
        bridge.looked_for.connect(self._looked)
        return bridge


def make_page(settings: Settings) -> ReviewPage:
    """The page, for the shell."""
    return ReviewPage(settings)
