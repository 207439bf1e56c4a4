"""What each step of the set-up says: from its state to words, rows and keys. Nothing here changes anything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from PyQt6.QtGui import QImage

from assistant import language
from assistant.capture.camera.devices import QUALIFIED
from assistant.capture.masking.field_shape import FieldOutline
from assistant.capture.masking.masking import is_masked
from assistant.imaging.turn import Turn
from assistant.language import tr, trn
from assistant.live.messages import LiveState
from assistant.results.looked_at import NOT_YET
from assistant.setup.model import GAUGES_MM, LEVELS, PointStatus, Step
from assistant.setup.usual_depth import usual_depth
from assistant.vocabulary import Unknown
from ui import theme, words
from ui.keys.key_map import with_keys, word
from ui.keys.table import TABLE
from ui.setup.checks import checks_as_rows
from ui.setup.controller import SetupController
from ui.setup.proposals import FROM_PLAN, PLAN_BESIDE, true_lateral_words
from ui.setup.rows import ChoiceRow
from ui.setup.side import StepContent

_ICON = {
    PointStatus.MISSING: "",
    PointStatus.PROPOSED: "half disc",
    PointStatus.CHECK: "pencil",
    PointStatus.CONFIRMED: "tick",
}
_WORDS_INSIDE = tr(
    "Words in the field are recorded with the picture. Take them off the console's screen, or [[setup:yes]]: it is no "
    "name. Spinous processes on the right, head at the top?"
)
_SIDES_ASKED = tr("Are the spinous processes on the right? Is the head at the top?")
_LATERAL_HINTS = (
    tr("Place it where endplate and anterior wall meet."),
    tr("The lowest point of the endplate's middle."),
    tr("Place it where endplate and posterior wall meet. On a double contour, stop and straighten the C-arm."),
)
_AP_HINTS = (
    tr("Place it where endplate and side wall meet."),
    tr("The middle of the endplate, between the pedicles."),
    tr("Place it where endplate and side wall meet."),
)


def _cap(act: str, label: str = "", *others: str) -> tuple[str, str, str]:
    """An act with the key that it has here, and its words; ``others`` are drawn on the same cap."""
    return act, " ".join(word("setup", each) for each in (act, *others)), label or TABLE["setup", act].word


_LATERAL_ENDS = (tr("anterior"), tr("middle"), tr("posterior"))
_AP_ENDS = (tr("left"), tr("middle"), tr("right"))
_AS_STORED, _MASKED = tr("as stored"), tr("masked")


@dataclass(frozen=True, slots=True, kw_only=True)
class StepContext:
    """What the words depend on beside the state: the room, and the picture as it is shown (for the magnifier)."""

    small: bool = False
    image: QImage | None = None
    turn: Turn | None = None


def show_step(controller: SetupController, screen: StepContext) -> StepContent:
    """What the present step shows."""
    content = _STEPS[controller.state.step](controller, screen)
    return replace(content, message=with_keys(controller.state.message))


def _source(controller: SetupController, screen: StepContext) -> StepContent:
    state, session = controller.state, controller.host.session
    rows = []
    second = session.second if session is not None else None
    for k, choice in enumerate(state.choices):
        used = session is not None and state.setup.source == choice.address and bool(choice.address)
        value, detail = "", choice.detail
        if used:
            value, detail = _measured(controller)
        elif second is not None and second.source == choice.address:
            value = tr("second input")
        rows.append(
            ChoiceRow(
                text=f"{k + 1}  {language.translate(choice.name)}",
                detail=detail,
                value=value,
                chosen=k == state.chosen,
                act="source",
                number=k,
            )
        )
    return StepContent(
        number=1,
        title=tr("Choose the source"),
        note=tr("measured, not assumed"),
        rows=tuple(rows),
        foot=_about_source(controller),
        keys=(
            ("source 1", "1-9", tr("Choose")),
            _cap("enter", tr("Use it")),
            _cap("mode", tr("Other size")),
            _cap("look again", tr("Look again")),
            _cap("second", tr("Second input")),
            _cap("leave", tr("Close")),
        ),
    )


def _about_source(controller: SetupController) -> str:
    """What was found of the source that is open; of any other, what a source of its kind is worth."""
    state = controller.state
    choice = state.choices[state.chosen] if state.chosen < len(state.choices) else None
    notes = state.facts.notes if state.facts is not None else ()
    if notes and choice is not None and choice.address == state.setup.source:
        return " ".join(notes)
    if choice is None or choice.rehearsal:
        return tr("A recorded run is a rehearsal: it is marked as such all the time.")
    return QUALIFIED


def _measured(controller: SetupController) -> tuple[str, str]:
    status, facts = controller.state.status, controller.state.facts
    if status is None or status.frame_index is None:
        return tr("no picture yet"), tr("opening …")
    size = f"{facts.width_px} × {facts.height_px}" if facts is not None else "?"
    rate = "?" if isinstance(status.frames_per_s, Unknown) else f"{status.frames_per_s:.0f}"
    new = "?" if isinstance(status.pictures_per_s, Unknown) else f"{status.pictures_per_s:.1f}"
    word = tr("held") if status.state is LiveState.HELD else tr("picture seen")
    return word, tr("{size} · {rate} Hz · {new} new p/s", size=size, rate=rate, new=new)


def _orientation(controller: SetupController, screen: StepContext) -> StepContent:
    fields, marks, turn = controller.fields, controller.fields.marks, screen.turn
    rows, found = [], 0
    if marks is not None:
        found = len(marks.words)
        clear = marks.shape in (FieldOutline.CIRCLE, FieldOutline.RECTANGLE)
        rows += fields.rows()
        rows.append(ChoiceRow(text=tr("X-ray field"), value=str(marks.shape), icon="tick" if clear else "half disc"))
    turned = _AS_STORED
    if turn is not None and (turn.mirrored or turn.quarters):
        parts = (tr("flipped") if turn.mirrored else "", f"{90 * turn.quarters}°" if turn.quarters else "")
        turned = " · ".join(part for part in parts if part)
    rows.append(ChoiceRow(text=tr("Shown"), value=turned, icon="pencil" if turned != _AS_STORED else ""))
    masked = _masked(controller)
    rows.append(
        ChoiceRow(text=tr("Names outside it"), value=masked, icon="name masked" if masked == _MASKED else "low")
    )
    inside = (
        trn("look: {count} place", "look: {count} places", found)
        if found
        else tr("none seen")
        if marks is not None
        else NOT_YET
    )
    rows.append(ChoiceRow(text=tr("Words inside it"), value=inside, icon="low" if found else ""))
    rows.append(ChoiceRow(text=tr("Head up"), value=tr("confirm"), icon="unknown view"))
    return StepContent(
        number=2,
        title=tr("Orientation, field"),
        note=tr("asked every case"),
        text=with_keys(fields.asked() or (_WORDS_INSIDE if found else _SIDES_ASKED)),
        rows=tuple(rows),
        foot=tr("Flip and turn change the screen only. What is masked is never recorded."),
        keys=(
            _cap("yes"),
            _cap("flip", tr("Flip")),
            _cap("turn", tr("Turn 90°")),
            _cap("turn over", tr("Upside down")),
            *((_cap("next field", tr("Other one")),) if fields.seen() else ()),
            _cap("back"),
        ),
    )


def _masked(controller: SetupController) -> str:
    """What is let through to the recording, as the newest written picture shows it."""
    status, frame = controller.state.status, controller.host.frame_of(1)
    if status is None or frame is None or isinstance(status.let_through, Unknown):
        return tr("not known yet")
    if controller.settings.capture.layout == "whole":
        return tr("NOT masked: set so")
    if not is_masked(frame.grey, status.let_through):
        return tr("MASK FAILED: do not use")
    return _MASKED if status.let_through < 0.995 else tr("NOT masked: no border found")


def _level(controller: SetupController, screen: StepContext) -> StepContent:
    at = LEVELS.index(controller.state.setup.level)
    done = {text.split(" ")[0]: text for text in controller.host.levels_done}
    rows = []
    for k in range(max(0, at - 2), min(len(LEVELS), at + 3)):
        name = LEVELS[k]
        when = done.get(name, "").partition("· ")[2]
        rows.append(
            ChoiceRow(
                text=name,
                value=tr("done, {when}", when=when) if when else "",
                chosen=k == at,
                icon="tick" if when else "",
            )
        )
    return StepContent(
        number=3,
        title=tr("Level"),
        note=tr("named by you"),
        big=LEVELS[at],
        big_note=tr("The program does not count levels. Count from the sacrum or the last rib and name it."),
        text=tr("Which level is treated?"),
        rows=tuple(rows),
        foot=tr("Another level later: key {key}", key=word("theatre", "next level")),
        keys=(_cap("up", tr("Level up")), _cap("down", tr("Level down")), _cap("enter", tr("Confirm")), _cap("back")),
    )


def _points(controller: SetupController, screen: StepContext) -> StepContent:
    view = controller.state.setup.view
    lateral = view.view == "lateral"
    ends = _LATERAL_ENDS if lateral else _AP_ENDS
    rows = []
    for k, point in enumerate(view.points):
        plate = (tr("Sup.") if k < 3 else tr("Inf.")) if screen.small else (tr("Superior") if k < 3 else tr("Inferior"))
        name = f"{k + 1}   {plate} · {ends[k % 3]}"
        status = (
            PointStatus.CHECK
            if k == view.active and point.status is not PointStatus.CONFIRMED and point.at is not None
            else point.status
        )
        rows.append(
            ChoiceRow(
                text=name,
                value=language.translate(status),
                icon=_ICON[status],
                chosen=k == view.active,
                quiet=status in (PointStatus.PROPOSED, PointStatus.MISSING),
                act="point",
                number=k,
            )
        )
    active = view.points[view.active]
    magnified = None
    if active.at is not None and screen.image is not None:
        on_screen = active.at if screen.turn is None else tuple(screen.turn.forward(np.array([active.at]))[0])
        magnified = (screen.image, (float(on_screen[0]), float(on_screen[1])))
    plate, end = tr("Superior") if view.active < 3 else tr("Inferior"), ends[view.active % 3]
    place = tr("{plate}, {end}", plate=plate, end=end)
    if view.active % 3 != 1:
        place = tr("{plate}, {end} corner", plate=plate, end=end)
    title = f"{view.active + 1} · {place}"
    keys = (
        _cap("enter", tr("Confirm")),
        _cap("left", tr("1 px"), "up", "down", "right"),
        _cap("next point", tr("Next point")),
        _cap("back"),
        _cap("fresh", tr("Fresh picture")),
        _cap("ap", tr("AP view")) if lateral else _cap("undo", tr("Undo")),
    )
    note = language.translate(view.proposal_note)
    return StepContent(
        number=4,
        title=tr("Six points") + ("" if lateral else tr(", AP view")),
        note=tr("proposal → confirm each"),
        big=title,
        big_note=(_LATERAL_HINTS if lateral else _AP_HINTS)[view.active % 3],
        text=true_lateral_words(view) or with_keys(note[:1].upper() + note[1:]),
        rows=tuple(rows),
        foot=tr(
            "A proposal is never used until you confirm it. {key}: propose at the marked place.",
            key=word("setup", "propose"),
        ),
        magnified=magnified,
        keys=keys,
    )


def _scale(controller: SetupController, screen: StepContext) -> StepContent:
    state, scale = controller.state, controller.state.scale
    name = scale.gauge_name
    hint = state.facts.mm_per_px_hint if state.facts is not None else None
    text = scale.typed or (f"{hint:.4f}" if hint else "")
    by = language.translate(scale.by.replace(PLAN_BESIDE, FROM_PLAN)) or (
        tr("typed") if scale.typed else tr("from the file") if hint else tr("not set")
    )
    rows = (
        ChoiceRow(
            text=tr("Gauge"), value=tr("{name} · outer {gauges_mm:.2f} mm", name=name, gauges_mm=GAUGES_MM[name])
        ),
        ChoiceRow(text=tr("By"), value=by),
        ChoiceRow(text=tr("View"), value=language.translate(state.setup.view.view)),
    )
    return StepContent(
        number=5,
        title=tr("Scale by cannula"),
        note=tr("optional"),
        big=tr("≈ {text} mm/px", text=text) if text else "—",
        big_note=tr("Two clicks on the shaft, one at each end: its width is measured at four places. Or type mm/px."),
        text=with_keys(scale.note),
        rows=rows,
        foot=tr("Uncalibrated: distances stay in % of depth, marked “uncal.”"),
        keys=(
            _cap("gauge", tr("Gauge")),
            _cap("enter", tr("Use it")),
            _cap("uncalibrated", tr("Uncalibrated")),
            _cap("next end", tr("Other end")),
            _cap("left", tr("1 px"), "up", "down", "right"),
            _cap("back"),
        ),
    )


def _line(controller: SetupController, screen: StepContext) -> StepContent:
    state, setup = controller.state, controller.state.setup
    view, percent = setup.views[0], 100 * setup.fraction
    depth_px, scale = view.depth_px(), view.mm_per_px
    where = tr("of depth.")
    if depth_px is not None and scale is not None:
        where = tr("of depth, ≈ {fraction:.0f} mm from the wall.", fraction=setup.fraction * depth_px * scale)
    elif view.mm_per_px is None:
        usual = usual_depth(setup.level)
        where = tr("of depth. uncal.: {mm:.0f} mm of depth assumed, {source}.", mm=usual.mm, source=usual.source)
    own = 100 * setup.lines.at(setup.level)
    quarter = tr(", posterior-quarter technique") if abs(own - 25) < 0.5 else ""
    site = tr(" Site default{quarter}.", quarter=quarter) if abs(percent - own) < 0.5 else ""
    if screen.small:
        site = site.partition(",")[0] + "." * bool(site)
    share = f"{percent:.0f} %"
    thirds = [ChoiceRow(text=third, value=share) for third in words.THIRDS]
    if screen.small:
        thirds = [ChoiceRow(text=tr("Every third"), value=share)]
    rows = (*thirds, state.polarity.row(setup), *checks_as_rows(controller.sound, state.status))
    views = " + ".join(each.view for each in setup.views if each.whole)
    return StepContent(
        number=6,
        title=tr("Line, per third → armed"),
        note=tr("limit, not a cushion"),
        big=f"{percent:.0f} %",
        big_colour=theme.LIMIT,
        big_note=where + site + tr(" Views: {views}.", views=views),
        text="",
        rows=rows,
        foot=tr("Heard the test sound? {} plays it; {}: heard, {}: not heard. {}: native or inverted.").format(
            *(word("setup", act) for act in ("test sound", "heard", "not heard", "polarity"))
        ),
        keys=(
            _cap("line -", tr("1 % back")),
            _cap("line +", tr("1 % on")),
            _cap("test sound", tr("Test sound")),
            _cap("heard", tr("Heard")),
            _cap("not heard", tr("Not heard")),
            ("arm", word("setup", "enter"), tr("Arm")),
        ),
    )


_STEPS: Final[dict[Step, Callable[[SetupController, StepContext], StepContent]]] = {
    Step.SOURCE: _source,
    Step.ORIENTATION: _orientation,
    Step.LEVEL: _level,
    Step.POINTS: _points,
    Step.SCALE: _scale,
    Step.LINE: _line,
}
