"""The first step of the set-up: which source, in which size, and which one beside it. No Qt."""

from __future__ import annotations

from assistant.language import tr
from assistant.setup import sources
from ui.setup.host import SetupHost, SetupView
from ui.setup.state import SetupState


class Choosing:
    """What can be chosen, and what is chosen of it."""

    def __init__(self, state: SetupState, host: SetupHost, view: SetupView) -> None:
        self._state, self._host, self._view = state, host, view

    def choose(self, number: int) -> None:
        """Make a source the chosen one."""
        if 0 <= number < len(self._state.choices):
            self._state.chosen = number

    def move(self, steps: int) -> None:
        """Choose one further up or down."""
        self.choose(min(max(self._state.chosen + steps, 0), len(self._state.choices) - 1))

    def look_again(self) -> None:
        """What can be chosen now: a device may have been plugged in since."""
        state = self._state
        state.choices = sources.choices(in_use=self._in_use())
        state.chosen = min(state.chosen, max(0, len(state.choices) - 1))

    def _in_use(self) -> tuple[str, ...]:
        """Addresses of the inputs that run."""
        session = self._host.session
        if session is None:
            return ()
        return (session.source,) if session.second is None else (session.source, session.second.source)

    def next_mode(self) -> None:
        """Ask the chosen device for its next size."""
        state = self._state
        if state.choices:
            state.choices[state.chosen] = sources.with_next_mode(state.choices[state.chosen])

    def address(self) -> str:
        """The chosen source's; a recorded run has to be chosen first. Empty where there is none."""
        state = self._state
        if not state.choices:
            return ""
        address = state.choices[state.chosen].address
        if address:
            return address
        run = self._view.ask_for_run()
        return f"play:{run}" if run else ""

    def use_second(self) -> None:
        """The chosen source becomes the second input beside the one in use; the second in use is closed."""
        state, session = self._state, self._host.session
        if not state.choices or session is None:
            state.message = tr("Choose the first source, then the second: [[setup:second]]")
            return
        address, second = self.address(), session.second
        if second is not None and second.source == address:
            self._host.open_second("")
            state.message = tr("The second input is closed.")
        elif address == state.setup.source:
            state.message = tr("This is the first input.")
        elif address:
            self._host.open_second(address)
            state.message = tr("Second input: its points follow after the lateral ones, key [[setup:ap]].")
