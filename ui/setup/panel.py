"""The set-up beside the picture: its widgets, and what they show of the controller's state. Never open while armed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Protocol

from PyQt6.QtCore import QRect, pyqtSignal
from PyQt6.QtWidgets import QWidget

from assistant.imaging.turn import Turn
from assistant.language import tr, translate
from assistant.live.messages import StampedFrame
from assistant.settings.tree import Settings
from assistant.setup.field_found import FieldFound
from assistant.setup.model import Step
from ui.run_dialog import ask_for_run
from ui.setup.controller import SetupController
from ui.setup.field_marks import FieldOnPicture
from ui.setup.header import SetupHeader
from ui.setup.host import SetupHost, SoundCheck
from ui.setup.keys import ACTIONS, PICKED
from ui.setup.points import PointsOnPicture
from ui.setup.side import SetupSide
from ui.setup.steps import StepContext, show_step
from ui.widgets.turned_picture import TurnedPicture

log = logging.getLogger(__name__)


class TurnedSecondView(Protocol):
    """A picture beside the one in front, turned as that is."""

    def set_turn(self, turn: Turn | None) -> None:
        """Turn it from the next frame on."""


class SetupPanel(QWidget):
    """Shows the steps; the picture beside it shows the live picture, then the still one.

    Parameters
    ----------
    host : SetupHost
    picture : TurnedPicture
        The large one.
    beside : mapping
        The smaller picture of each input.
    sound : SoundCheck
    settings : Settings
    parent : QWidget
        The page; the head of the set-up lies on it too.
    """

    _called = pyqtSignal(object)

    def __init__(
        self,
        host: SetupHost,
        picture: TurnedPicture,
        beside: Mapping[int, TurnedSecondView],
        sound: SoundCheck,
        settings: Settings,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._picture, self._beside = picture, beside
        self.header, self.side = SetupHeader(parent), SetupSide(self)
        self.header.hide()
        self.controller = SetupController(host, self, sound, settings)
        self.state = self.controller.state
        self._points = PointsOnPicture(self.state)
        self.header.wanted.connect(lambda number: self.controller.go(Step(number)))
        self.side.acted.connect(self.act)
        self.side.picked.connect(self._pick)
        self._called.connect(self._do)
        picture.clicked.connect(self._clicked)

    @property
    def is_open(self) -> bool:
        """Whether a person sees it."""
        return not self.isHidden()

    @property
    def owns_picture(self) -> bool:
        """Whether the picture is the still one of this step."""
        return self.state.owns_picture

    def begin(self, at: str = "source") -> None:
        """Open at a step."""
        self.setVisible(True)
        self.controller.begin(at)

    def end(self) -> None:
        """Close; the picture is the live one again."""
        self.hide()
        self.controller.leave_picture()

    def setVisible(self, visible: bool) -> None:
        """The head belongs to it."""
        super().setVisible(visible)
        self.header.setVisible(visible)

    def arrange(self, head: QRect, place: QRect, *, factor: float, small: bool) -> None:
        """Take its places on the page."""
        self.header.factor = self.side.factor = factor
        self.header.small = self.side.small = small
        self.header.setGeometry(head)
        self.setGeometry(place)
        self.side.setGeometry(0, 0, self.width(), self.height())
        self.raise_()
        self.header.raise_()
        self.refresh()

    def places(self) -> tuple[str, ...]:
        """Where its keys are looked up in the table: the present step, then the whole set-up."""
        return f"setup.{self.state.step.name.lower()}", "setup"

    def act(self, name: str) -> None:
        """What a cap, a row or a key does."""
        ACTIONS[name](self.controller)
        self.refresh()

    def _pick(self, kind: str, number: int) -> None:
        PICKED[kind](self.controller, number)
        self.refresh()

    def _clicked(self) -> None:
        if self.is_open:
            self.controller.placing.clicked()
            self.refresh()

    # What the controller asks of it -----------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show the step anew."""
        if not self.is_open:
            return
        state, picture = self.state, self._picture
        self.header.show_step(state.step, frozenset(state.done))
        screen = StepContext(small=self.side.small, image=picture.image(), turn=picture.turn)
        self.side.show_step(show_step(self.controller, screen))
        view = state.setup.view
        if self.owns_picture and view.still is not None:
            level = f" · {state.setup.level}" if Step.LEVEL in state.done else ""
            frame = tr("frame {index} · {view}", index=view.still.index, view=translate(view.view))
            picture.banner = f"{tr('STILL PICTURE')}|{frame}{level}"
            picture.update()

    def show_still(self, still: StampedFrame) -> None:
        """The still picture of the view, around its points."""
        picture = self._picture
        self._turn(self.controller.turning.now)
        picture.show_still(still)
        picture.points = self._points
        picture.show_around([point.at for point in self.state.setup.view.points if point.at is not None])

    def show_live(self, *, whole: bool) -> None:
        """The live picture."""
        picture = self._picture
        picture.points, picture.banner = None, ""
        self._turn(self.controller.turning.now)
        if whole:
            picture.show_level(wanted=False)

    def _turn(self, turn: Turn | None) -> None:
        if self._picture.turn != turn:
            self._picture.set_turn(turn)

    def mark_field(self, found: FieldFound) -> None:
        """Mark on the live picture what is looked at."""
        self._picture.points = FieldOnPicture(found, self.controller.fields.choose)

    def show_turned(self, number: int, turn: Turn, frame: StampedFrame) -> None:
        """Turn the pictures of an input."""
        self._picture.set_turn(turn)
        self._beside[number].set_turn(turn)
        self._picture.take(frame)

    def toggle_level_view(self) -> None:
        """The whole picture, or the part around the points."""
        self._picture.toggle_level_view()

    def ask_for_run(self) -> str:
        """The recorded run that a person chooses; empty where the dialog is left."""
        return ask_for_run(self, tr("A recorded run, played as if live"))

    def later(self, act: Callable[[], None]) -> None:
        """Do something in the window's own thread."""
        try:
            self._called.emit(act)
        except RuntimeError:
            log.info("the window has gone before the points were found")

    def _do(self, act: Callable[[], None]) -> None:
        act()
