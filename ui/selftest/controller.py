"""Rules and acts of the self-test, without a window: each check once, the sound asked for, the list signed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol

from assistant.errors import AssistantError
from assistant.language import sentence, tr, translate
from assistant.settings.tree import Settings
from assistant.vocabulary import Priority
from ui.keys.table import ACKNOWLEDGE
from ui.selftest import lists
from ui.selftest.check import Check, CheckOutcome, CheckStatus, run_safely

SOUND, FIDELITY, PEDAL = sentence("Alarm sound"), sentence("Picture fidelity"), sentence("Foot switch")
_NOT_CONFIRMED: Final = sentence("not confirmed")
"""The word of the sound until the person says whether it was heard."""
_SOUNDS: Final = (Priority.HIGH, Priority.MEDIUM, Priority.LOW)


class SelfTestView(Protocol):
    """What the controller needs of its page. The page reads what it shows from the controller."""

    def show_outcomes(self) -> None:
        """An outcome of the list is other than before."""

    def show_note(self) -> None:
        """The line under the result is other than before."""

    def hand_over(self, name: str, outcome: CheckOutcome) -> None:
        """Have `SelfTestController.take` called with this in the thread of the window; called from another one."""

    def word(self, page: str, act: str) -> str:
        """What is drawn on the cap of an act now."""

    def picture_fidelity(self) -> CheckOutcome:
        """Whether the live picture shows every grey step as it came."""

    def pace_sounds(self, *, on: bool) -> None:
        """Call `SelfTestController.next_sound` every few seconds, or no longer."""

    def open_theatre(self) -> None:
        """The list is signed: on to the theatre."""


class TestedSound(Protocol):
    """The alarm sound of this machine.

    Attributes
    ----------
    heard : bool or None
        What the person said of the test sound; None: not asked yet.
    """

    heard: bool | None

    def test(self, priority: Priority) -> str:
        """Play the test sound; why it cannot be, else empty."""

    def was_heard(self, *, heard: bool) -> None:
        """The person's answer to the test sound."""

    def stop(self) -> None:
        """Silence."""


class SelfTestController:
    """Checks of the equipment, never of a patient.

    Parameters
    ----------
    settings : Settings
    view : SelfTestView
    sound : TestedSound
    before_sound, after_sound : sequence of Check
        Those that run one after the other in a thread; so they stand in the list, around the question of the sound.

    Attributes
    ----------
    order : tuple of str
        The rows of the list.
    outcomes : dict
        Of each row of the list, by its name.
    note : str
        The line under the result.
    is_signed : bool
    """

    def __init__(
        self,
        settings: Settings,
        view: SelfTestView,
        sound: TestedSound,
        before_sound: Sequence[Check],
        after_sound: Sequence[Check],
    ) -> None:
        self._settings, self._view, self._sound = settings, view, sound
        self._checks = (*before_sound, *after_sound)
        names = [[each.name for each in checks] for checks in (before_sound, after_sound)]
        self.order: Final = (*names[0], FIDELITY, SOUND, *names[1], PEDAL)
        self.outcomes: dict[str, CheckOutcome] = {
            name: CheckOutcome(status=CheckStatus.OPEN, text=sentence("not run yet")) for name in self.order
        }
        self.note = ""
        self.is_signed = False
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._sounds: list[Priority] = []
        self._acts: Mapping[str, Callable[[], None]] = {
            "heard": lambda: self._answer(heard=True),
            "not heard": lambda: self._answer(heard=False),
            "again": self.run_again,
            "sign": self.sign,
        }

    @property
    def acts(self) -> tuple[str, ...]:
        """The acts of the list in `ui.keys.table`; the page opens what lies over the list."""
        return tuple(self._acts)

    def do(self, act: str) -> None:
        """Do an act of the list."""
        self._acts[act]()

    @property
    def running(self) -> bool:
        """Whether checks still run."""
        return self._thread is not None and self._thread.is_alive()

    def enter(self) -> None:
        """The first look runs the list."""
        if all(outcome.status is CheckStatus.OPEN for outcome in self.outcomes.values()):
            self.run_again()

    def run_again(self) -> None:
        """Run all checks anew."""
        if self.running:
            return
        self.is_signed, self.note = False, ""
        for name in self.order:
            self.outcomes[name] = CheckOutcome(status=CheckStatus.RUNNING, text="…")
        self.outcomes[PEDAL] = CheckOutcome(
            status=CheckStatus.OPEN, text=sentence("press the foot switch, if there is one")
        )
        self.take(FIDELITY, self._view.picture_fidelity())
        self._stop.clear()
        self._thread = threading.Thread(target=self._run_all, name="self-test", daemon=True)
        self._thread.start()
        self.play_sounds()

    def _run_all(self) -> None:
        for each in self._checks:
            if self._stop.is_set():
                return
            outcome = run_safely(each, self._settings)
            if not self._stop.is_set():
                self._view.hand_over(each.name, outcome)

    def take(self, name: str, outcome: CheckOutcome) -> None:
        """What a check came to."""
        self.outcomes[name] = outcome
        self._view.show_outcomes()

    def play_sounds(self) -> None:
        """Play each alarm sound once and ask whether they were heard."""
        self._sound.heard = None
        fault = self._sound.test(Priority.HIGH)
        if fault:
            text = sentence(f"{fault}: connect a loudspeaker, then {self._view.word('selftest', 'again')}")
            self.take(SOUND, CheckOutcome(status=CheckStatus.FAILED, text=text))
            return
        self._sounds = list(_SOUNDS[1:])
        self._view.pace_sounds(on=True)
        self.take(SOUND, CheckOutcome(status=CheckStatus.OPEN, text=sentence("HIGH, MEDIUM, LOW are played. Heard?")))

    def next_sound(self) -> None:
        """Play the next of them; after the last no more are asked for."""
        if not self._sounds:
            self._view.pace_sounds(on=False)
            return
        self._sound.test(self._sounds.pop(0))

    def _answer(self, *, heard: bool) -> None:
        """The answer to the sound; a sound that cannot be played was not heard, whatever is pressed."""
        if self.outcomes[SOUND].status is CheckStatus.FAILED and self._sound.heard is not False:
            return
        self._sound.was_heard(heard=heard)
        status = CheckStatus.PASSED if heard else CheckStatus.FAILED
        text = (
            sentence("HIGH, MEDIUM, LOW heard")
            if heard
            else sentence(f"not heard: connect a loudspeaker, then {self._view.word('selftest', 'again')}")
        )
        self.take(SOUND, CheckOutcome(status=status, text=text))

    def pedal(self, act: str) -> None:
        """A key or a pedal of the theatre was pressed here: those of the foot switch count as tried."""
        if act in (ACKNOWLEDGE, "mark"):
            side = "right" if act == ACKNOWLEDGE else "left"
            text = sentence(f"{side} pedal answers ({self._view.word('theatre', act)})")
            self.take(PEDAL, CheckOutcome(status=CheckStatus.PASSED, text=text))

    def result(self) -> str:
        """The list in one line."""
        return lists.summary([str(outcome.status) for outcome in self.outcomes.values()])

    def word_of(self, name: str) -> str:
        """The word of a check at the right of its row."""
        status = self.outcomes[name].status
        if status in (CheckStatus.RUNNING, CheckStatus.OPEN):
            return _NOT_CONFIRMED if name == SOUND and status is CheckStatus.OPEN else ""
        return str(status)

    def may_sign(self) -> str:
        """Why the list cannot be signed now; empty when it can."""
        if self.running or any(outcome.status is CheckStatus.RUNNING for outcome in self.outcomes.values()):
            return tr("The checks still run.")
        if self.outcomes[SOUND].status is CheckStatus.OPEN:
            return tr("Answer the sound question to finish.")
        return ""

    def sign(self) -> None:
        """Keep the list and go to the theatre."""
        why = self.may_sign()
        if why:
            self.show_message(why)
            return
        if self.outcomes[PEDAL].status is CheckStatus.OPEN:
            self.take(PEDAL, CheckOutcome(status=CheckStatus.NOTE, text=sentence("not tried · keys and touch work")))
        try:
            lists.sign({name: (str(each.status), each.text) for name, each in self.outcomes.items()})
        except AssistantError as error:
            self.show_message(translate(error))
            return
        self.is_signed = True
        self.show_message(tr("Signed."))
        self._view.open_theatre()

    def show_message(self, text: str) -> None:
        """A line under the result."""
        self.note = text
        self._view.show_note()

    def shut(self) -> None:
        """Ask the checks to end; no sound after this. `wait` waits for them."""
        self._stop.set()
        self._view.pace_sounds(on=False)
        self._sound.stop()

    def wait(self) -> None:
        """Wait until the check that runs is through."""
        if self._thread is not None:
            self._thread.join(timeout=20)
