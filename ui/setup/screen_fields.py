"""Two pictures on one screen, in the set-up: which is looked at. A person chooses; else the one that changes. No Qt."""

from __future__ import annotations

from dataclasses import replace

from assistant.language import tr, translate
from assistant.live.messages import StampedFrame
from assistant.setup.field_found import FieldFound, alone_at, field_found
from assistant.setup.model import Step
from assistant.steps.liveness import SeenField
from ui.setup.host import SetupHost, SetupView
from ui.setup.rows import ChoiceRow
from ui.setup.state import SetupState

Place = tuple[float, float]


class ScreenFields:
    """The pictures on the screen of each input, and which one a person has chosen.

    Attributes
    ----------
    marks : FieldFound or None
        What is marked on the live picture now.
    """

    def __init__(self, state: SetupState, host: SetupHost, view: SetupView) -> None:
        self._state, self._host, self._view = state, host, view
        self._place: Place | None = None
        self.marks: FieldFound | None = None

    def forget(self) -> None:
        """Another source: the one that changes."""
        self._place = None

    def seen(self, number: int = 1) -> tuple[SeenField, ...]:
        """The pictures on the screen of an input; empty where there is one, or nothing is known yet."""
        status = self._state.status
        if number != 1:
            second = self._host.session.second if self._host.session is not None else None
            status = second.status if second is not None else None
        moment = status.moment if status is not None else None
        fields = moment.fields if moment is not None else ()
        if number != 1 or self._place is None or not any(_holds(each, self._place) for each in fields):
            return fields
        # The analysis takes over what was chosen with its next picture; with the lines of before, not before new ones.
        return tuple(replace(each, looked_at=_holds(each, self._place)) for each in fields)

    def chosen(self, number: int = 1) -> SeenField | None:
        """The one that is looked at; None where the screen shows one picture."""
        return next((each for each in self.seen(number) if each.looked_at), None)

    def show(self) -> None:
        """Mark on the live picture what is looked at."""
        frame = self._host.frame_of(1)
        if frame is not None and self._state.step is Step.ORIENTATION:
            self.marks = field_found(self.alone(frame), self.seen())
            self._view.mark_field(self.marks)
            self._view.refresh()

    def tick(self) -> None:
        """Mark it anew where that has changed."""
        if self.marks is not None and self.marks.fields != self.seen():
            self.show()

    def choose(self, place: Place) -> None:
        """Look at the picture in which a place lies; elsewhere nothing changes."""
        if any(_holds(each, place) for each in self.seen()):
            self._place = place
            session = self._host.session
            if session is not None:
                session.look_at(place)
            self.show()

    def choose_next(self) -> None:
        """Look at the next picture of the screen."""
        fields = sorted(self.seen(), key=lambda each: (each.box.y0_px, each.box.x0_px))
        if fields:
            at = next((k for k, each in enumerate(fields) if each.looked_at), -1)
            self.choose(_middle(fields[(at + 1) % len(fields)]))

    def choose_number(self, number: int) -> None:
        """Look at one of the pictures as they are listed."""
        fields = self.seen()
        if number < len(fields):
            self.choose(_middle(fields[number]))

    def alone(self, still: StampedFrame, number: int = 1) -> StampedFrame:
        """A still picture with all blackened but what is looked at."""
        chosen = self.chosen(number)
        return still if chosen is None else alone_at(still, _middle(chosen))

    def rows(self) -> list[ChoiceRow]:
        """One row a picture: where, whether it is live, whether it is looked at."""
        return [
            ChoiceRow(
                text=tr("{where} picture", where=translate(each.where).capitalize()),
                value=_words(each),
                icon="tick" if each.looked_at and each.live else "low" if each.looked_at or each.live else "",
                chosen=each.looked_at,
                act="field",
                number=k,
            )
            for k, each in enumerate(self.seen())
        ]

    def asked(self) -> str:
        """What a person is asked; empty where the screen shows one picture."""
        fields = self.seen()
        if not fields:
            return ""
        count = tr("Two pictures") if len(fields) == 2 else tr("{fields} pictures", fields=len(fields))
        chosen = self.chosen()
        if chosen is not None and not chosen.live and any(each.live for each in fields):
            return tr(
                "{count}: the one looked at is held, another is live. [[setup:next field]]: the other.", count=count
            )
        return tr(
            "{count}: which is live? The outlined one is looked at. [[setup:next field]]: the other.", count=count
        )


def _words(each: SeenField) -> str:
    return ("live" if each.live else "held") + tr(" · looked at") * each.looked_at


def _holds(each: SeenField, place: Place) -> bool:
    box, (x, y) = each.box, place
    return box.x0_px <= x < box.x0_px + box.width_px and box.y0_px <= y < box.y0_px + box.height_px


def _middle(each: SeenField) -> Place:
    return each.box.x0_px + each.box.width_px / 2, each.box.y0_px + each.box.height_px / 2
