"""What the acts of the set-up do; their keys stand in `ui.keys.table`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from assistant.setup.model import Step
from assistant.setup.sources import with_next_mode
from ui.setup.field_marks import FieldOnPicture

if TYPE_CHECKING:
    from ui.setup.panel import SetupPanel

_WAYS: Final = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}


_HEARD = "Heard the test sound? [[setup:heard]]: yes, [[setup:not heard]]: no"


def do(panel: SetupPanel, name: str) -> None:
    """Do an act of the set-up."""
    first, _, rest = name.partition(" ")
    if first == "source":
        panel.choose(int(rest) - 1)
    elif first == "point":
        panel.setup.view.active = int(rest)
        panel.refresh()
    elif first == "field":
        panel.fields.choose_number(int(rest))
    elif first == "step":
        panel.go(Step(int(rest)))
    elif first == "type":
        panel.scale.type_in(rest)
        panel.refresh()
    elif name.removeprefix("far ") in _WAYS:
        _arrow(panel, name.removeprefix("far "), far=name.startswith("far "))
    else:
        _do_plain(panel, name)


def _arrow(panel: SetupPanel, way: str, *, far: bool) -> None:
    dx, dy = _WAYS[way]
    if panel.step is Step.SOURCE:
        panel.choose(min(max(panel.chosen + dx + dy, 0), len(panel.choices) - 1))
    elif panel.step is Step.LEVEL:
        panel.setup.other_level(dx + dy)
        panel.refresh()
    elif panel.step is Step.LINE:
        panel.setup.move_line(dx - dy)
        panel.refresh()
    else:
        panel.turning.nudge(dx, dy, far=far)


def _do_plain(panel: SetupPanel, name: str) -> None:
    view = panel.setup.view
    if name in ("enter", "yes", "arm"):
        _enter(panel)
    elif name == "back" and panel.step is Step.SCALE and panel.scale.typed:
        panel.scale.rub_out()
    elif name == "back":
        panel.back()
    elif name == "leave":
        if panel.page.session is not None:
            panel.page.end_set_up()
    elif name == "flip":
        panel.turning.turn(mirrored=True)
    elif name == "turn over":
        panel.turning.turn(quarters=2)
        panel.turning.turn(mirrored=True)
    elif name == "turn":
        panel.turning.turn(quarters=1)
    elif name == "next field":
        panel.fields.choose_next()
    elif name == "next point":
        view.active = (view.active + 1) % 6
    elif name == "ap":
        panel.add_ap()
    elif name == "second":
        panel.use_second()
    elif name == "mode" and panel.choices:
        panel.choices[panel.chosen] = with_next_mode(panel.choices[panel.chosen])
    elif name == "look again":
        panel.look_again()
    elif name == "propose":
        panel.setup.remember()
        panel.stills.propose_here()
    elif name == "fresh":
        panel.stills.fresh()
    elif name == "whole":
        panel.page.picture.toggle_level_view()
    elif name == "undo":
        panel.setup.undo()
    elif name == "redo":
        panel.setup.redo()
    elif name == "gauge":
        panel.next_gauge()
    elif name == "next end":
        panel.points.active_end = 1 - panel.points.active_end
        panel.measure_cannula()
    elif name == "uncalibrated":
        panel.stay_uncalibrated()
    elif name == "polarity":
        panel.polarity.change(panel.setup)
        panel.message = ""
    elif name in ("line +", "line -"):
        panel.setup.move_line(1 if name == "line +" else -1)
    elif name == "test sound":
        fault = panel.page.sound.test()
        panel.tell(f"No test sound: {fault}." if fault else _HEARD)
    elif name in ("heard", "not heard"):
        panel.page.sound.was_heard(heard=name == "heard")
        panel.message = ""
    panel.refresh()


def _enter(panel: SetupPanel) -> None:
    if panel.step is Step.SOURCE:
        panel.use_source()
    elif panel.step is Step.POINTS:
        panel.confirm_point()
    elif panel.step is Step.SCALE:
        panel.use_scale()
    elif panel.step is Step.LINE:
        panel.finish()
    else:
        _log_words_inside(panel)
        panel.onwards()


def _log_words_inside(panel: SetupPanel) -> None:
    """Words in the field that a person has looked at and let stand are kept in the log as a number, not as text."""
    marks, session = panel.page.picture.points, panel.page.session
    if session is not None and isinstance(marks, FieldOnPicture) and marks.words:
        session.note("words_in_field", "Let stand", places=len(marks.words))
