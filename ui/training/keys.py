"""Which keys count in the part of training that is in front, and what their acts do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from assistant.training.trainer import WATCHING
from ui.keys.table import Act
from ui.training.modes import ASKING

if TYPE_CHECKING:
    from ui.training.page import TrainingPage

_ANSWER: Final = "answer "


def places(page: TrainingPage) -> tuple[str, ...]:
    """Where keys are looked up now."""
    if page.form is not None:
        return ("form",)
    part = "watching" if page.mode == ASKING and page.task == WATCHING else page.mode
    return f"training.{part}", "training"


def do(page: TrainingPage, act: Act) -> None:
    """Do an act."""
    if act.page == "form":
        if page.form is not None:
            page.form.do(act.name)
        return
    if act.name != "withdraw":
        page.asked_to_withdraw = False
    if act.name == "leave":
        page.tell("")
        page.show_start()
    elif act.name in ("lock", "stop"):
        page.lock()
    elif act.name.startswith(_ANSWER):
        page.question.choose(act.name.removeprefix(_ANSWER))
    else:
        page.do(act.name)
