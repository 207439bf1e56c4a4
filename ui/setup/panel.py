"""The set-up beside the picture: six steps by keyboard alone, each done again by one key. Never open while armed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QRect
from PyQt6.QtWidgets import QWidget

from assistant.errors import UsageError
from assistant.live.messages import StampedFrame
from assistant.live.status import LiveStatus
from assistant.plan import plan_from_document
from assistant.run_facts import RunFacts
from assistant.setup import sources
from assistant.setup.model import SetUp, SetView, Step
from assistant.vocabulary import Frame
from ui.keys.key_map import with_keys, word
from ui.run_dialog import ask_for_run
from ui.setup import proposals
from ui.setup.checks import checks_as_rows
from ui.setup.header import SetupHeader
from ui.setup.points import PointsOnPicture
from ui.setup.polarity import ASK, AskedPolarity
from ui.setup.scale import Scale
from ui.setup.screen_fields import ScreenFields
from ui.setup.side import Row, SetupSide
from ui.setup.steps import show_step
from ui.setup.stills import Stills
from ui.setup.turning import Turning

if TYPE_CHECKING:
    from ui.theatre.layout import Layout
    from ui.theatre.page import TheatrePage


class SetupPanel(QWidget):
    """Leads through the steps; the picture beside it shows the live picture, then the still one."""

    def __init__(self, page: TheatrePage) -> None:
        super().__init__(page)
        self.page = page
        self.header, self.side = SetupHeader(page), SetupSide(self)
        self.header.hide()
        self.header.wanted.connect(lambda number: self.go(Step(number)))
        self.side.acted.connect(self.act)
        self.setup = SetUp(lines=page.settings.alarms.warning_lines)
        self.points = PointsOnPicture(self.setup)
        self.step = Step.SOURCE
        self.done: set[Step] = set()
        self.choices: list[sources.Choice] = []
        self.chosen = 0
        self.scale, self.polarity = Scale(), AskedPolarity()
        self.stills = Stills(self)
        self.message = ""
        self.facts: RunFacts | None = None
        self.status: LiveStatus | None = None
        self.waiting_for_plan = self.oriented = False
        self.turning, self.fields = Turning(self), ScreenFields(self)
        page.picture.clicked.connect(self._clicked)

    @property
    def owns_picture(self) -> bool:
        """Whether the picture is the still one of this step."""
        return self.step >= Step.POINTS and self.setup.view.still is not None

    def begin(self, at: str = "source") -> None:
        """Open at a step; a step whose ground is missing opens at the first that is."""
        self.look_again()
        self.message, self.waiting_for_plan = "", False
        self.setVisible(True)
        if self.page.session is None:
            self.go(Step.SOURCE)
        elif at == "level":
            self._start_views()
            self.done -= {Step.LEVEL, Step.POINTS, Step.SCALE, Step.LINE}
            self.go(Step.LEVEL)
        elif at == "points" and self.setup.view.still is not None:
            self.go(Step.POINTS)
        else:
            self.go(Step.SOURCE)

    def _start_views(self) -> None:
        scale = self.setup.views[0].mm_per_px
        by = self.setup.views[0].scale_by
        self.setup.views, self.setup.at = [SetView()], 0
        # The C-arm has not moved for another level: the scale is proposed again, not used.
        self.scale = Scale()
        if scale is not None:
            self.scale.propose(scale, f"as before: {by}")
        self.message = f"Scale of the last level: {scale:.4f} mm/px ({by})" if scale is not None else ""

    def setVisible(self, visible: bool) -> None:
        """The head belongs to it."""
        super().setVisible(visible)
        self.header.setVisible(visible)

    def arrange(self, places: Layout) -> None:
        """Cover the panel's place and the strip's; the picture takes the bar's place too."""
        page, board = self.page, self.page.board
        for part in (board.bar, board.legend, board.distances, board.curve, board.works, board.clocks, board.second):
            part.hide()
        for part in (board.keys_card, board.alarms, board.leak, board.strip, board.beside):
            part.hide()
        self.header.factor = self.side.factor = places.factor
        self.header.small = self.side.small = places.small
        self.header.setGeometry(places.strip)
        edge = round(14 * places.factor)
        top = places.strip.bottom() + 1
        panel = places.keys
        page.picture.setGeometry(0, top, panel.left() - round(16 * places.factor), page.height() - top)
        self.setGeometry(QRect(panel.left(), top + edge, panel.width(), page.height() - top - 2 * edge))
        self.side.setGeometry(0, 0, self.width(), self.height())
        self.raise_()
        self.header.raise_()
        self.refresh()

    def go(self, step: Step) -> None:
        """Go to a step whose ground is there."""
        session = self.page.session
        if step > Step.SOURCE and (session is None or self.page.frame is None):
            self.tell("Choose a source first; its picture has to come.")
            step = Step.SOURCE
        if step >= Step.SCALE and not self.setup.view.whole:
            self.tell("Confirm all six points first.")
            step = Step.POINTS
        if step == Step.POINTS and self.setup.view.still is None:
            self.stills.take()
        self.step = self.points.step = step
        picture = self.page.picture
        if self.owns_picture:
            self.show_still()
        else:
            self.turning.give_back()
            picture.points = None
            if step is Step.ORIENTATION:
                self.fields.show()
            picture.show_level(wanted=False)
        self.refresh()

    def back(self) -> None:
        """The step before."""
        if self.step is Step.POINTS and self.setup.at > 0:
            self.setup.go_lateral()
        if self.step > Step.SOURCE:
            self.go(Step(self.step - 1))

    def onwards(self) -> None:
        """Go to the next step: the present one is done."""
        self.done.add(self.step)
        self.message = ""
        if self.step < Step.LINE:
            self.go(Step(self.step + 1))

    def tell(self, text: str) -> None:
        """A line at the foot."""
        self.message = with_keys(text)
        self.refresh()

    def refresh(self) -> None:
        """Show the step anew."""
        if self.isHidden():
            return
        self.header.show_step(self.step, frozenset(self.done))
        self.side.show_step(show_step(self))
        if self.owns_picture:
            view = self.setup.view
            level = f" · {self.setup.level}" if Step.LEVEL in self.done else ""
            number = view.still.index if view.still is not None else 0
            self.page.picture.banner = f"STILL PICTURE|frame {number} · {view.view}{level}"
            self.page.picture.update()

    def tick(self, status: LiveStatus, frame: StampedFrame | None) -> None:
        """The session goes on while the set-up is open."""
        first = self.status is None or (self.status.frame_index is None) != (status.frame_index is None)
        self.status = status
        if first or self.step in (Step.SOURCE, Step.LINE):
            self._slow += 1
            if first or self._slow % 32 == 0:
                self.refresh()
        self.fields.tick()
        if self._go_on and frame is not None:
            self._go_on = False
            self.onwards()

    _slow = 0
    _go_on = False

    def choose(self, number: int) -> None:
        """Make a source the chosen one."""
        if 0 <= number < len(self.choices):
            self.chosen = number
            self.refresh()

    def look_again(self) -> None:
        """What can be chosen now: a device may have been plugged in since."""
        self.choices = sources.choices(in_use=self._in_use())
        self.chosen = min(self.chosen, max(0, len(self.choices) - 1))

    def choose_source(self, address: str) -> None:
        """Begin with an address (from the command line or another page)."""
        self.setup = SetUp(lines=self.page.settings.alarms.warning_lines)
        self.points = PointsOnPicture(self.setup)
        self.setup.source = address
        self.done.clear()
        self.turning.forget()
        self.polarity = AskedPolarity()
        self.fields.forget()
        self.status, self.facts, self.oriented = None, None, False
        self._go_on = self.page.start_session(address)
        if self._go_on and self.page.plan is not None:
            # Gone on with after a crash: the lines are there and have to be confirmed on the live picture.
            self._go_on = False
            self.done.update((Step.SOURCE, Step.ORIENTATION, Step.LEVEL))
            self.page.end_set_up()
            return
        self.tell("Waiting for the first picture …" if self._go_on else self.message)

    def use_source(self) -> None:
        """Use the chosen one; the one in use already is kept."""
        if not self.choices:
            return
        choice = self.choices[self.chosen]
        address = choice.address or self._recorded_run()
        if not address:
            return
        if self.page.session is not None and self.setup.source == address and self.page.frame is not None:
            self.onwards()
        else:
            self.choose_source(address)

    def _in_use(self) -> tuple[str, ...]:
        """Addresses of the inputs that run."""
        session = self.page.session
        if session is None:
            return ()
        return (session.source,) if session.second is None else (session.source, session.second.source)

    def use_second(self) -> None:
        """The chosen source becomes the second input beside the one in use; the second in use is closed."""
        session = self.page.session
        if not self.choices or session is None:
            self.tell("Choose the first source, then the second: [[setup:second]]")
            return
        choice = self.choices[self.chosen]
        address = choice.address or self._recorded_run()
        second = session.second
        if second is not None and second.source == address:
            self.page.open_second("")
            self.tell("The second input is closed.")
        elif address == self.setup.source:
            self.tell("This is the first input.")
        elif address:
            self.page.open_second(address)
            self.tell("Second input: its points follow after the lateral ones, key [[setup:ap]].")

    def _recorded_run(self) -> str:
        run = ask_for_run(self, "A recorded run, played as if live")
        return f"play:{run}" if run else ""

    def opened(self, facts: RunFacts) -> None:
        """The source says what it is."""
        self.facts = facts
        self.refresh()

    def show_still(self) -> None:
        """The still picture of the view, around its points."""
        picture, still = self.page.picture, self.setup.view.still
        if still is None:
            return
        picture.show_live(None, None, ())
        self.turning.take(self.setup.view.input)
        picture.show_still(still)
        picture.points = self.points
        places = [point.at for point in self.setup.view.points if point.at is not None]
        picture.show_around(places)

    def _clicked(self, x: float, y: float) -> None:
        if self.isHidden():
            return
        if self.step is Step.SCALE and len(self.points.shaft) == 2:
            self.measure_cannula()
        self.refresh()

    def confirm_point(self) -> None:
        """The active point is right; after the last one the step is done."""
        view = self.setup.view
        if view.whole:
            self._points_done()
            return
        self.setup.remember()
        if not view.confirm():
            self.tell("Place the point first: click, or arrows.")
        elif view.whole:
            self._points_done()
        else:
            self.tell("")

    def _points_done(self) -> None:
        document = self.setup.document()
        try:
            plan_from_document(document, self.setup.lines)
        except UsageError as error:
            self.tell(str(error))
            return
        self.onwards()

    def add_ap(self) -> None:
        """The other view: swing the C-arm, then a new still picture is taken."""
        if not self.setup.views[0].whole:
            self.tell("Confirm the lateral points first.")
            return
        first = self.setup.views[0]
        second = self.page.session.second if self.page.session is not None else None
        self.setup.add_ap(of_second=second is not None)
        view = self.setup.view
        if view.input == 1 and view.mm_per_px is None and first.mm_per_px is not None:
            view.mm_per_px, view.scale_by = first.mm_per_px, f"as lateral ({first.scale_by})"
        view.shown = first.shown
        self.step = Step.POINTS
        self.go(Step.POINTS)

    def measure_cannula(self) -> None:
        """The scale from the shaft's width between the two places."""
        self.tell(self.scale.measure(self.points, self.setup.view))

    def next_gauge(self) -> None:
        """Another cannula."""
        self.tell(self.scale.next_gauge(self.points, self.setup.view))

    def use_scale(self) -> None:
        """Take the scale over."""
        why = self.scale.use(self.setup.view, self.facts.mm_per_px_hint if self.facts is not None else None)
        if why:
            self.tell(why)
        else:
            self.onwards()

    def stay_uncalibrated(self) -> None:
        """Shares of the depth only."""
        self.setup.view.mm_per_px, self.setup.view.scale_by = None, ""
        self.onwards()

    def finish(self) -> None:
        """Hand the lines over; when the analysis has taken them they are confirmed and the session is armed."""
        page = self.page
        if page.session is None or self.waiting_for_plan:
            return
        if self.polarity.must_ask(self.setup):
            self.tell(ASK.format(key=word("setup", "polarity"), enter=word("setup", "enter")))
            return
        try:
            plan = plan_from_document(self.setup.document(), self.setup.lines)
        except UsageError as error:
            self.tell(str(error))
            return
        stills = [
            Frame(index=still.index, t_s=still.t_s, grey=still.grey, white=still.white) for still in self.setup.stills()
        ]
        if page.take_plan(plan, tuple(stills)):
            self.waiting_for_plan = True
            self.done.add(Step.LINE)
            self.tell("The analysis takes the lines over …")

    def taken(self) -> None:
        """The analysis works with the lines: they are confirmed (each point was), and the session is armed."""
        if not self.waiting_for_plan:
            return
        self.waiting_for_plan = False
        self.page.lines.placed()
        self.page.end_set_up()
        for picture in (self.page.picture, self.page.board.beside.picture):
            picture.show_level(wanted=True)
        self.page.acts.press("inject")
        self.page.acts.release("inject")

    def refused(self, reason: str) -> None:
        """The analysis cannot work with them."""
        self.waiting_for_plan = False
        self.tell(f"These lines cannot be used: {reason}")

    def true_lateral_words(self) -> str:
        """Whether the still picture is a true lateral one; empty where nothing can tell."""
        return proposals.true_lateral_words(self.setup.view)

    def self_test_rows(self) -> tuple[Row, ...]:
        """The short self-test of the last step."""
        return checks_as_rows(self.page.sound, self.status)

    def act(self, name: str) -> None:
        """What a cap, a row or a key does."""
        from ui.setup.keys import do

        do(self, name)

    def places(self) -> tuple[str, ...]:
        """Where its keys are looked up in the table: the present step, then the whole set-up."""
        return f"setup.{self.step.name.lower()}", "setup"
