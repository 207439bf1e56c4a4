"""The set-up's rules and acts: six steps, each done again by one key; never open while armed. No Qt."""

from __future__ import annotations

from assistant.language import tr, translate
from assistant.live.status import LiveStatus
from assistant.run_facts import RunFacts
from assistant.settings.tree import Settings
from assistant.setup.model import SetUp, Step
from assistant.vocabulary import Frame
from ui.setup.choosing import Choosing
from ui.setup.host import SetupHost, SetupView, SoundCheck
from ui.setup.placing import Placing
from ui.setup.polarity import ASK
from ui.setup.screen_fields import ScreenFields
from ui.setup.state import SetupState
from ui.setup.stills import Stills
from ui.setup.turning import Turning

_HEARD = tr("Heard the test sound? [[setup:heard]]: yes, [[setup:not heard]]: no")
_SLOW_TICKS = 32
"""Figures of a step are shown anew once in so many ticks of the page."""


class SetupController:
    """Leads through the steps.

    Parameters
    ----------
    host : SetupHost
        Who has the session.
    view : SetupView
        What a person sees of it.
    sound : SoundCheck
    settings : Settings

    Attributes
    ----------
    state : SetupState
    choosing, fields, turning, stills, placing
        The acts of single steps; none of them knows of the steps around it.
    """

    def __init__(self, host: SetupHost, view: SetupView, sound: SoundCheck, settings: Settings) -> None:
        self.host, self.sound, self.settings, self._view = host, sound, settings, view
        self.state = SetupState(setup=SetUp(lines=settings.alarms.warning_lines))
        self.turning = Turning(self.state, host, view)
        self.fields = ScreenFields(self.state, host, view)
        self.stills = Stills(self.state, host, view, self.fields, self.turning)
        self.choosing = Choosing(self.state, host, view)
        self.placing = Placing(self.state, host, self.stills, self.turning)
        self._goes_on = False
        self._slow = 0

    # From step to step ------------------------------------------------------------------------------------------

    def begin(self, at: str = "source") -> None:
        """Open at a step; a step whose ground is missing opens at the first that is."""
        state = self.state
        self.choosing.look_again()
        state.message, state.waits_for_plan = "", False
        if self.host.session is None:
            self.go(Step.SOURCE)
        elif at == "level":
            state.next_level()
            if not self._asks_which_way():
                self.go(Step.LEVEL)
        elif at == "points" and state.setup.view.still is not None:
            self.go(Step.POINTS)
        else:
            self.go(Step.SOURCE)

    def take_fresh(self) -> None:
        """The present picture becomes the still one; which way round it is is asked where the console has turned it."""
        self.stills.fresh()
        self._asks_which_way()

    def _asks_which_way(self) -> bool:
        turned = self.stills.turned_since()
        if turned:
            self.go(Step.ORIENTATION)
            self.state.done.discard(Step.ORIENTATION)
            self.show_message(turned)
        return bool(turned)

    def go(self, step: Step) -> None:
        """Go to a step whose ground is there."""
        state = self.state
        if step > Step.SOURCE and (self.host.session is None or self.host.frame_of(1) is None):
            state.message = tr("Choose a source first; its picture has to come.")
            step = Step.SOURCE
        if step >= Step.SCALE and not state.setup.view.whole:
            state.message = tr("Confirm all six points first.")
            step = Step.POINTS
        if step == Step.POINTS and state.setup.view.still is None:
            self.stills.take()
        state.step = step
        still = state.setup.view.still
        if state.owns_picture and still is not None:
            self.turning.shown, self.fields.marks = state.setup.view.input, None
            self._view.show_still(still)
        else:
            self.leave_picture(whole=True)
            self.fields.show()
        self._view.refresh()

    def leave_picture(self, *, whole: bool = False) -> None:
        """Show the live picture of the first input again, without anything of the set-up on it."""
        self.turning.shown, self.fields.marks = 1, None
        self._view.show_live(whole=whole)

    def enter(self) -> None:
        """What is asked is right: on with it."""
        done = {
            Step.SOURCE: self._use_source,
            Step.ORIENTATION: self._let_words_stand,
            Step.LEVEL: lambda: True,
            Step.POINTS: self.placing.confirm_point,
            Step.SCALE: self.placing.use_scale,
            Step.LINE: self._hand_over,
        }[self.state.step]()
        if done:
            self.onwards()

    def back(self) -> None:
        """The step before; of a scale that is typed, the last character."""
        state = self.state
        if state.step is Step.SCALE and state.scale.typed:
            state.scale.rub_out()
            return
        if state.step is Step.POINTS and state.setup.at > 0:
            state.setup.go_lateral()
        if state.step > Step.SOURCE:
            self.go(Step(state.step - 1))

    def onwards(self) -> None:
        """Go to the next step: the present one is done."""
        state = self.state
        state.done.add(state.step)
        state.message = ""
        if state.step < Step.LINE:
            self.go(Step(state.step + 1))

    def leave(self) -> None:
        """Close the set-up; without a session there is nothing else to show."""
        if self.host.session is not None:
            self.host.end_set_up()

    def show_message(self, text: str) -> None:
        """A line at the foot; names of keys as ``[[page:act]]``."""
        self.state.message = text
        self._view.refresh()

    def tick(self, status: LiveStatus) -> None:
        """The session goes on while the set-up is open."""
        state = self.state
        first = state.status is None or (state.status.frame_index is None) != (status.frame_index is None)
        state.status = status
        if first or state.step in (Step.SOURCE, Step.LINE):
            self._slow += 1
            if first or self._slow % _SLOW_TICKS == 0:
                self._view.refresh()
        self.fields.tick()
        if self._goes_on and self.host.frame_of(1) is not None:
            self._goes_on = False
            self.onwards()

    def arrow(self, dx: int, dy: int, *, far: bool = False) -> None:
        """What the arrows choose or move in this step; a point or an end moves as it looks on the screen."""
        state = self.state
        if state.step is Step.SOURCE:
            self.choosing.move(dx + dy)
        elif state.step is Step.LEVEL:
            state.setup.other_level(dx + dy)
        elif state.step is Step.LINE:
            state.setup.move_line(dx - dy)
        elif state.step in (Step.POINTS, Step.SCALE):
            self.placing.nudge(dx, dy, far=far)

    def toggle_level_view(self) -> None:
        """The whole picture, or the part around the points."""
        self._view.toggle_level_view()

    def _use_source(self) -> bool:
        """Use the chosen one; the one in use already is kept, and the step is done."""
        address = self.choosing.address()
        if not address:
            return False
        in_use = self.host.session is not None and self.host.frame_of(1) is not None
        if in_use and self.state.setup.source == address:
            return True
        self.choose_source(address)
        return False

    def choose_source(self, address: str) -> None:
        """Begin with an address (from the command line or another page)."""
        state = self.state
        state.begin_with(address)
        self.turning.forget()
        self.fields.forget()
        self._goes_on = self.host.start_session(address)
        if self._goes_on and self.host.has_plan:
            # Gone on with after a crash: the lines are there and have to be confirmed on the live picture.
            self._goes_on = False
            state.done.update((Step.SOURCE, Step.ORIENTATION, Step.LEVEL))
            self.host.end_set_up()
            return
        self.show_message(tr("Waiting for the first picture …") if self._goes_on else state.message)

    def opened(self, facts: RunFacts) -> None:
        """The source says what it is."""
        self.state.facts = facts
        self._view.refresh()

    def _let_words_stand(self) -> bool:
        """Words in the field that a person has looked at and let stand: kept in the log as a number, not as text."""
        marks, session = self.fields.marks, self.host.session
        if session is not None and marks is not None and marks.words:
            session.note("words_in_field", "Let stand", places=len(marks.words))
        self.stills.is_right()
        return True

    def begin_ap(self) -> None:
        """The other view: swing the C-arm, then a new still picture is taken."""
        if self.placing.begin_ap():
            self.state.step = Step.POINTS
            self.go(Step.POINTS)

    def stay_uncalibrated(self) -> None:
        """Without a scale: shares of the depth only."""
        self.placing.stay_uncalibrated()
        self.onwards()

    def change_polarity(self) -> None:
        """Native or inverted: the next answer."""
        self.state.polarity.change(self.state.setup)
        self.state.message = ""

    def test_sound(self) -> None:
        """Play the alarm sound."""
        fault = self.sound.test()
        self.state.message = tr("No test sound: {fault}.", fault=translate(fault)) if fault else _HEARD

    def sound_was(self, *, heard: bool) -> None:
        """The answer to the test sound."""
        self.sound.was_heard(heard=heard)
        self.state.message = ""

    def _hand_over(self) -> bool:
        """Hand the lines over; when the analysis has taken them they are confirmed and the session is armed."""
        state = self.state
        if self.host.session is None or state.waits_for_plan:
            return False
        if state.polarity.must_ask(state.setup):
            state.message = ASK
            return False
        plan = state.plan()
        if plan is None:
            return False
        stills = [
            Frame(index=still.index, t_s=still.t_s, grey=still.grey, white=still.white)
            for still in state.setup.stills()
        ]
        if self.host.take_plan(plan, tuple(stills)):
            state.waits_for_plan = True
            state.done.add(Step.LINE)
            state.message = tr("The analysis takes the lines over …")
        return False

    def taken(self) -> None:
        """The analysis works with the lines: they are confirmed (each point was), and the session is armed."""
        if self.state.waits_for_plan:
            self.state.waits_for_plan = False
            self.state.lines_taken()
            self.host.arm()

    def refused(self, reason: str) -> None:
        """The analysis cannot work with them."""
        self.state.waits_for_plan = False
        self.show_message(tr("These lines cannot be used: {reason}", reason=translate(reason)))
