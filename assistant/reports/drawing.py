"""The overlay drawn into pixels, for pictures and videos that leave the program. No screen is needed."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant import lengths
from assistant.geometry import along, apply
from assistant.identity import Identity
from assistant.language import tr, translate
from assistant.lines import WARNING_THIRDS, Line
from assistant.plan import PlannedView
from assistant.readings.moments import Moment, view_of
from assistant.vocabulary import Distances, Frame, FrameState, Measure, Motion, Unknown

Colour = tuple[int, int, int]
# Blue, green, red: the colours of the design.
_BONE: Colour = (255, 187, 124)
_LIMIT: Colour = (216, 138, 255)
_NEAR: Colour = (0, 212, 255)
_REACHED: Colour = (48, 59, 255)
_CEMENT: Colour = (255, 255, 255)
_TEXT: Colour = (248, 245, 242)
_CASING: Colour = (0, 0, 0)
_SHIFT = 4
_LINE_PX, _FONT = 24, 0.5
STRIP_PX = 8 + 3 * _LINE_PX
"""Height of the words under the picture."""


def drawn(frame: Frame, moment: Moment | None, views: tuple[PlannedView, ...]) -> NDArray[np.uint8]:
    """The picture of a frame with what is known of it, as BGR (rows, cols, 3).

    Nothing is drawn that is not known for this picture: no lines without a motion, none on a held one.
    """
    grey = frame.grey if frame.white == 255 else np.right_shift(frame.grey, 8).astype(np.uint8)
    picture = cv2.cvtColor(np.ascontiguousarray(grey, dtype=np.uint8), cv2.COLOR_GRAY2BGR)
    seen = moment is not None and moment.liveness.state in (FrameState.LIVE, FrameState.REPEAT)
    if moment is None or not seen or not isinstance(moment.motion, Motion) or not views:
        return np.asarray(picture, dtype=np.uint8)
    planned = views[moment.motion.view_index]
    to_frame = moment.motion.similarity.current_from_reference()

    def placed(points: NDArray[Any]) -> NDArray[np.float64]:
        return apply(to_frame, np.asarray(points, dtype=np.float64))

    for endplate in (planned.superior, planned.inferior):
        _line(picture, placed(endplate), _BONE, 1, dash_px=3.0)
    for wall in (planned.last_wall,) if planned.is_lateral else (planned.last_wall, planned.first_wall):
        _line(picture, placed(wall), _BONE, 2)
    if planned.warning_line is not None:
        for k, colour in enumerate(_thirds(moment, planned)):
            piece = along(planned.warning_line, np.linspace((k + 0.03) / 3, (k + 0.97) / 3, 6))
            _line(picture, placed(piece), colour, 3 if colour is _REACHED else 2, dash_px=7.0)
    for polygon in moment.outline:
        _line(picture, np.vstack([placed(polygon), placed(polygon[:1])]), _CEMENT, 1)
    return np.asarray(picture, dtype=np.uint8)


def with_words(picture: NDArray[np.uint8], lines: tuple[str, str, str]) -> NDArray[np.uint8]:
    """The picture with three lines of words under it, none cut off."""
    rows, cols = picture.shape[:2]
    strip = np.zeros((STRIP_PX, cols, 3), np.uint8)
    for k, text in enumerate(lines):
        plain = text.replace("≈", "~").replace("·", "-")
        at = (8, 22 + _LINE_PX * k)
        wide, _ = cv2.getTextSize(plain, cv2.FONT_HERSHEY_SIMPLEX, _FONT, 1)[0]
        size = _FONT * min(1.0, (cols - 16) / max(1, wide))
        # From OpenCV 5 on this face has the letters of most languages.
        cv2.putText(strip, plain, at, cv2.FONT_HERSHEY_SIMPLEX, size, _TEXT, 1, cv2.LINE_AA)
    both = np.vstack([picture, strip])
    # Video codecs want even sides.
    return np.ascontiguousarray(both[: (rows + STRIP_PX) // 2 * 2, : cols // 2 * 2])


def words_of(
    frame: Frame, moment: Moment | None, identity: Identity, views: tuple[PlannedView, ...] = ()
) -> tuple[str, str, str]:
    """What stands under a picture, in the language of the program: who it is; the time; the figures, or why none."""
    return translate(identity.words), *_time_and_figures(frame, moment, views)


def _time_and_figures(frame: Frame, moment: Moment | None, views: tuple[PlannedView, ...]) -> tuple[str, str]:
    clock = f"{int(frame.t_s) // 60:02d}:{frame.t_s % 60:05.2f}"
    first = tr("{clock}  frame {frame}  recorded, not live", clock=clock, frame=frame.index)
    if moment is None:
        return first, tr("not analysed")
    if moment.standing:
        alarm = moment.standing[0]
        return first, f"{translate(alarm.priority.word.upper())}: {translate(alarm.headline)}"
    if isinstance(moment.distances, Unknown):
        return first, tr("no figure: {reason}", reason=translate(moment.distances.reason))
    view = view_of(moment, views)
    lateral = view is None or view.is_lateral
    line = tr("line b") if lateral else tr("side wall")
    value = moment.distances.mm[Line.WARNING_LINE if lateral else Line.SIDE_WALL]
    if isinstance(value, Unknown):
        return first, tr("{line}: no figure ({reason})", line=line, reason=translate(value.reason))
    where = tr("past") if value < 0 else tr("before it")
    return first, f"{line}: {translate(lengths.about(value, view))} {where}"


def _thirds(moment: Moment, planned: PlannedView) -> list[Colour]:
    if not isinstance(moment.distances, Distances):
        return [_LIMIT] * 3
    return [_state(moment.distances.mm[line], planned) for line in WARNING_THIRDS]


def _state(value: Measure, planned: PlannedView) -> Colour:
    if isinstance(value, Unknown):
        return _LIMIT
    return _REACHED if value <= 0 else _NEAR if value <= planned.posterior_band_mm else _LIMIT


def _line(
    picture: NDArray[Any], points: NDArray[np.float64], colour: Colour, width: int, *, dash_px: float = 0.0
) -> None:
    pieces = [points] if dash_px <= 0 else _dashes(points, dash_px)
    for piece in pieces:
        fixed = [np.round(piece * 2**_SHIFT).astype(np.int32)]
        cv2.polylines(picture, fixed, False, _CASING, width + 2, cv2.LINE_AA, _SHIFT)
    for piece in pieces:
        fixed = [np.round(piece * 2**_SHIFT).astype(np.int32)]
        cv2.polylines(picture, fixed, False, colour, width, cv2.LINE_AA, _SHIFT)


def _dashes(points: NDArray[np.float64], dash_px: float) -> list[NDArray[np.float64]]:
    length = float(np.linalg.norm(np.diff(points, axis=0), axis=1).sum())
    count = max(1, int(length / (2 * dash_px)))
    edges = np.linspace(0, 1, 2 * count + 1)
    return [along(points, np.linspace(edges[2 * k], edges[2 * k + 1], 4)) for k in range(count)]
