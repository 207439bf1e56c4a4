"""Arranges the parts and connects them; what they know is worked out elsewhere."""

from __future__ import annotations

import os
from pathlib import Path

from PyQt6.QtCore import QCoreApplication, QElapsedTimer, QEvent, Qt, QTimer
from PyQt6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent, QResizeEvent
from PyQt6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from assistant.errors import AssistantError
from assistant.pipeline import Summary
from assistant.plan import Plan, read_plan
from assistant.settings import Settings
from assistant.vocabulary import Alarm
from ui import theme, words
from ui.alarm_bar import AlarmBar, message_for
from ui.curve import CurveView
from ui.distance_card import DistanceCard
from ui.frame_band import FrameBand
from ui.page import Page
from ui.picture_view import PictureView
from ui.plan_panel import PlanPanel
from ui.review.bridge import Bridge
from ui.review.keys import Keys
from ui.review.session import Session
from ui.review.side_lists import EventsList, LeakCard
from ui.review.transport import SPEEDS, Transport
from ui.status_strip import StatusStrip

_TICK_MS = 16
_FIGURES_MS = 250
_WATERMARK_S = 20.0


class ReviewPage(Page):
    """A recorded run, seen again."""

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self._settings = settings
        self.session: Session | None = None
        self.playing = False
        self.speed = 1.0
        self.bare = False
        self.bridge = Bridge(self)
        self.bridge.looked_for.connect(self._look)
        self.bridge.alarm.connect(self._alarm_changed)
        self.bridge.finished.connect(self._finished)
        self._build()
        self.keys = Keys(self)
        self._clock = QElapsedTimer()
        self._figures = QElapsedTimer()
        self._figures.start()
        self._age = QElapsedTimer()
        self._age.start()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start(_TICK_MS)
        self.refresh()

    def _build(self) -> None:
        self.strip = StatusStrip()
        self.bar = AlarmBar()
        self.picture = PictureView()
        self.distances = DistanceCard()
        self.curve = CurveView()
        self.events = EventsList()
        self.leak = LeakCard()
        self.transport = Transport()
        self.plan_panel = PlanPanel()
        self.note = QLabel()
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setWordWrap(True)
        self.note.setFont(theme.font(18, 600))
        self.note.setContentsMargins(16, 4, 16, 4)
        self.legend = QLabel("wall ━   endplates ┄   your line b ╍   cement seen ─      " + words.ONE_VIEW)
        self.legend.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.legend.setFont(theme.font(16, 500))
        self.legend.setContentsMargins(16, 4, 16, 4)
        figures = QWidget()
        column = QVBoxLayout(figures)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(14)
        column.addWidget(self.distances, 5)
        column.addWidget(self.curve, 3)
        column.addWidget(self.leak, 2)
        column.addWidget(self.events, 3)
        self.side = QStackedWidget()
        self.side.addWidget(figures)
        self.side.addWidget(self.plan_panel)
        middle = QHBoxLayout()
        middle.setContentsMargins(0, 0, 14, 14)
        middle.setSpacing(14)
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(self.picture, 1)
        left.addWidget(self.legend)
        left.addWidget(self.transport)
        middle.addLayout(left, 1)
        middle.addWidget(self.side)
        content = QWidget()
        whole = QVBoxLayout(content)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.strip)
        whole.addWidget(self.bar)
        whole.addWidget(self.note)
        whole.addLayout(middle, 1)
        content.setAutoFillBackground(True)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(FrameBand(content))
        self.events.jump.connect(self.go)
        self.curve.seek_s.connect(self._go_to_time)
        self.transport.line.seek.connect(self.go)
        self.transport.step.connect(self.step)
        self.transport.play_toggled.connect(self.toggle_play)
        self.transport.speed_changed.connect(self.change_speed)
        self.transport.event_wanted.connect(self.go_to_event)
        self.picture.clicked.connect(lambda _x, _y: self.plan_panel.changed())
        self.plan_panel.saved.connect(self._plan_saved)
        self.plan_panel.ruler.toggled.connect(lambda _: self.picture.update())

    def open(self, run: str, plan_path: str | None) -> bool:
        """Open a run; a plan beside it is taken when none is named. False, with the reason shown, if it cannot be."""
        self.close_session()
        try:
            plan: Plan | None = None
            beside = Path(run) / "plan.json" if Path(run).is_dir() else Path(run).with_suffix(".plan.json")
            if plan_path is None and beside.is_file():
                plan_path = str(beside)
            if plan_path is not None:
                plan = read_plan(Path(plan_path), self._settings.alarms.warning_line_fraction)
            self.session = Session(run, plan, self._settings, self.bridge)
        except AssistantError as error:
            self.tell(str(error))
            self.refresh()
            return False
        self.tell("")
        self.strip.set_run(Path(run).name)
        self.picture.forget()
        self.events.forget()
        self.transport.line.set_run(self.session.facts.frame_count or 1)
        self.picture.show_frame(self.session.first)
        if plan is None:
            self.edit_plan()
        else:
            self.end_editing()
            self.playing = True
        self._clock.restart()
        self.refresh()
        return True

    def close_session(self) -> None:
        """End the run that is open."""
        self.playing = False
        if self.session is not None:
            self.session.close()
            self.session = None
        self.picture.forget()
        _take_notices()

    def edit_plan(self) -> None:
        """Place the points on the frame at the playhead."""
        if self.session is None:
            return
        self.playing = False
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

    def _plan_saved(self, plan: Plan, told: str) -> None:
        if self.session is None:
            return
        try:
            self.session.analyse(plan)
        except AssistantError as error:
            self.tell(str(error))
            return
        self.tell(told)
        _take_notices()
        self.events.forget()
        self.transport.line.set_run(self.session.facts.frame_count or 1)
        self.end_editing()
        self.go(0)
        self.playing = True

    def tell(self, text: str) -> None:
        """A line under the bar: what happened, what still works, what to do."""
        self.note.setText(text)
        self.note.setVisible(bool(text))

    def choose_run(self) -> None:
        """Open a recording by dialog."""
        name, _ = QFileDialog.getOpenFileName(self, "Open a recording")
        if name:
            self.open(name, None)

    def choose_plan(self) -> None:
        """Open a plan for the run by dialog."""
        if self.session is None:
            return
        name, _ = QFileDialog.getOpenFileName(self, "Open a plan", "", "Plan (*.json)")
        if name:
            self.open(self.session.run, name)

    def toggle_play(self) -> None:
        """Play or pause; at the end, play from the start."""
        if self.session is None or self.editing:
            return
        if not self.playing and self.session.at_end():
            self.session.go(0)
        self.playing = not self.playing
        self._clock.restart()
        self.refresh()

    def step(self, frames: int) -> None:
        """Some frames on or back."""
        if self.session is not None:
            self.playing = False
            self.go(self.session.playhead + frames)

    def go(self, index: int) -> None:
        """Go to a frame."""
        if self.session is not None:
            self.session.go(index)
            self.plan_panel.set_reference_frame(self.session.playhead)
            self.refresh()

    def _go_to_time(self, t_s: float) -> None:
        if self.session is not None and self.session.moments is not None:
            self.go(self.session.moments.index_at(t_s))

    def go_to_event(self, step: int) -> None:
        """The next event (1) or the one before (-1)."""
        if self.session is None:
            return
        here = self.session.playhead
        frames = sorted(set(self.events.frames()))
        later = [f for f in frames if f > here] if step > 0 else [f for f in frames if f < here][::-1]
        if later:
            self.playing = False
            self.go(later[0])

    def change_speed(self, step: int) -> None:
        """Slower (-1) or faster (1)."""
        at = SPEEDS.index(self.speed) + step
        self.speed = SPEEDS[min(max(at, 0), len(SPEEDS) - 1)]
        self.refresh()

    def show_raw(self, raw: bool) -> None:
        """Lift everything that is drawn on the picture while the key is held."""
        self.picture.raw = raw
        self.picture.update()

    def toggle_bare(self) -> None:
        """Strip, bar and picture only."""
        self.bare = not self.bare
        for widget in (self.side, self.legend, self.transport):
            widget.setVisible(not self.bare)

    def _tick(self) -> None:
        elapsed_s = self._clock.restart() / 1000 if self._clock.isValid() else 0.0
        if not self._clock.isValid():
            self._clock.start()
        self.picture.watermark = (self._age.elapsed() / 1000 % _WATERMARK_S) / _WATERMARK_S if self.session else -1.0
        if self.playing and self.session is not None:
            self.session.advance(min(elapsed_s, 0.25) * self.speed)
            if self.session.at_end():
                self.playing = False
            self.refresh()
        elif self.session is not None and self._age.elapsed() % 100 < _TICK_MS:
            self.picture.update()

    def _look(self) -> None:
        self.bridge.looked()
        if not self.playing:
            self.refresh()

    def refresh(self) -> None:
        """Show the frame at the playhead and what is known of it."""
        session = self.session
        moment = session.moment() if session is not None else None
        views = session.plan.views if session is not None and session.plan is not None else ()
        known = {"has_run": session is not None, "has_plan": bool(views), "editing": self.editing}
        failure = session.failure if session is not None else ""
        self.bar.say(message_for(moment, **known, views=views, failure=failure))
        if session is None:
            return
        frame = session.picture()
        if frame is not None:
            self.picture.show_frame(frame)
        # Lines of one moment never stand on the picture of another, nor old lines under points that are being placed.
        self.picture.fetching = self.picture.frame_index != session.playhead
        self.picture.show_moment(None if self.picture.fetching or self.editing else moment, views)
        moments = session.moments
        self.transport.line.set_place(session.playhead, len(moments) if moments is not None else 0)
        for each in moments.between(self.transport.line.noted, len(moments) - 1) if moments is not None else ():
            self.transport.line.note_state(each.frame_index, each.liveness.state)
        self.transport.tell(
            session.playhead, session.facts.frame_count, session.time_s, self.speed, playing=self.playing
        )
        if self._figures.elapsed() >= _FIGURES_MS or not self.playing:
            self._figures.restart()
            rate = "" if moment is None else f"analysis {moment.processing_ms:.0f} ms"
            rate = words.ANALYSIS_LATE if self.playing and session.waiting else rate
            self.strip.show_moment(moment, rate)
            self.distances.show_moment(moment, views)
            self.curve.show_moment(moment, moments)
            self.leak.show_moment(moment)

    def _alarm_changed(self, alarm: Alarm) -> None:
        if alarm.last_frame is not None or self.session is None:
            return
        moments = self.session.moments
        newest = moments.at(alarm.first_frame) if moments is not None else None
        fps = self.session.facts.fps or 15.0
        self.events.add(alarm, newest.t_s if newest is not None else alarm.first_frame / fps)
        self.transport.line.note_event(alarm)

    def _finished(self, _summary: Summary, failure: str) -> None:
        if self.session is not None:
            self.session.ended, self.session.failure = True, failure
        if failure:
            self.tell(failure)
        self.refresh()

    def press(self, event: QKeyEvent) -> bool:
        """All acts are keys."""
        return self.keys.press(event)

    def release(self, event: QKeyEvent) -> bool:
        """The held key `O` is let go."""
        return self.keys.release(event)

    def resizeEvent(self, a0: QResizeEvent | None) -> None:
        """The panel takes its share of the width."""
        self.side.setFixedWidth(720 if self.width() >= 1700 else 404 if self.width() >= 1100 else 340)
        super().resizeEvent(a0)

    def dragEnterEvent(self, a0: QDragEnterEvent | None) -> None:
        """A file may be dropped."""
        if a0 is not None and a0.mimeData() is not None and a0.mimeData().hasUrls():
            a0.acceptProposedAction()

    def dropEvent(self, a0: QDropEvent | None) -> None:
        """Open what was dropped; a plan goes to the run that is open."""
        if a0 is None or a0.mimeData() is None:
            return
        paths = [url.toLocalFile() for url in a0.mimeData().urls() if url.isLocalFile()]
        if not paths:
            return
        if paths[0].endswith(".json") and self.session is not None:
            self.open(self.session.run, paths[0])
        else:
            self.open(paths[0], None)

    def open_thing(self, thing: object) -> None:
        """Open a run: its path, or its path and its plan's.

        Raises
        ------
        TypeError
            If another page asks for something else.
        """
        if isinstance(thing, str | os.PathLike):
            self.open(os.fspath(thing), None)
        elif isinstance(thing, tuple) and len(thing) == 2:
            run, plan = thing
            self.open(os.fspath(run), None if plan is None else os.fspath(plan))
        else:
            raise TypeError(f"the review opens a run or (run, plan), not {type(thing).__name__}")

    def leave(self) -> None:
        """Hold what plays."""
        self.playing = False
        self.refresh()

    def shut(self) -> None:
        """End the threads before the window goes."""
        self._timer.stop()
        self.bar.stop()
        self.close_session()


def make_page(settings: Settings) -> ReviewPage:
    """The page, for the shell."""
    return ReviewPage(settings)


def _take_notices() -> None:
    """Take what a stopped worker has still said: none of it may reach the next run's list."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.MetaCall.value)
