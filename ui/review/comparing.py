"""What a run is compared with, without a window: a moment of its own, another run, the picture before the injection."""

from __future__ import annotations

from assistant.errors import AssistantError
from assistant.language import tr, translate
from assistant.settings.tree import Settings
from ui.review.opening import open_session
from ui.review.state import ReviewState
from ui.review.view import Behind, ReviewView


class Comparing:
    """Puts something beside the picture, or in its place."""

    def __init__(self, state: ReviewState, settings: Settings, view: ReviewView, behind: Behind) -> None:
        self._state, self._settings, self._view, self._behind = state, settings, view, behind

    def toggle_beside(self) -> None:
        """Hold this picture beside, or put it away."""
        second, run = self._state.second, self._state.run
        if second.is_held or run is None:
            second.put_away()
        else:
            second.hold(run)
        self._view.refresh()

    def toggle_difference(self) -> None:
        """The difference to the picture before the injection, or the picture itself."""
        self._state.difference = not self._state.difference
        self._view.refresh()

    def choose_other(self) -> None:
        """Another run beside this one, from its start, going along."""
        if self._state.run is not None:
            name = self._view.ask_for(tr("Another run, to be seen beside this one"))
            if name:
                self.show_other(name)

    def show_other(self, name: str) -> None:
        """Show another run beside this one."""
        run = self._state.run
        if run is None:
            return
        try:
            other, _ = open_session(name, None, self._settings, self._behind.second_listener())
        except AssistantError as error:
            self._view.show_message(translate(error))
            return
        self._state.second.go_along(other, run)
        self._view.refresh()
