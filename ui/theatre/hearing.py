"""What the theatre does with each message of the session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.live.messages import (
    FaultNotice,
    LinesVoid,
    Message,
    Moved,
    PlanRefused,
    PlanTaken,
    SourceEnded,
    SourceLost,
    SourceOpened,
)

if TYPE_CHECKING:
    from ui.theatre.page import TheatrePage


def hear(page: TheatrePage, message: Message) -> None:
    """Take one message over."""
    if isinstance(message, Moved):
        page.trace.add(message.moment)
    elif isinstance(message, FaultNotice):
        page.tell(f"{message.happened} {message.do}")
    elif isinstance(message, LinesVoid):
        page.tell(f"Lines must be confirmed again: {message.reason}.")
    elif isinstance(message, PlanTaken):
        page.setup.controller.taken()
    elif isinstance(message, PlanRefused):
        page.tell(f"The lines cannot be used: {message.reason}")
        page.setup.controller.refused(message.reason)
    elif isinstance(message, SourceLost):
        page.tell(f"No source: {message.reason}")
    elif isinstance(message, SourceEnded):
        page.tell("The played recording is at its end.")
    elif isinstance(message, SourceOpened):
        page.setup.controller.opened(message.facts)
