"""How the console shows the pictures: told in a sentence that stands, offered to be taken over, known when it returns.

A picture that is shown otherwise than planned has its bone where it was: once a person has taken it over, each picture
is brought back to how the plan knows it, and everything goes on in px of the reference frame. Until then nothing is
measured. What was taken over once, and the plan's own way, come back by themselves.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from statistics import median
from typing import Any, Final

import cv2

from assistant.console_display import AS_PLANNED, MOST_DISPLAYS, ConsoleDisplay, display_document
from assistant.geometry import PointsPx, after, similarity_from_matrix
from assistant.language import sentence
from assistant.steps.motion.orientation import (
    CLEARLY_BY,
    LEAST_SCORE,
    ReferenceLook,
    compare,
    learn_reference,
    measured,
    scores,
)
from assistant.steps.motion.subtraction import BoneContrast, is_subtraction, learn_contrast
from assistant.system.plain import json_text
from assistant.vocabulary import Frame, Grey, Motion, Unknown

SUBTRACTION: Final = sentence("the picture is a roadmap or a subtraction: no bone is in it, so nothing is measured")
_STILL_SCORE: Final = 0.75
"""Of `LEAST_SCORE`: what stands already needs less."""
_SUBTRACTIONS: Final = 2
_UNCLEAR: Final = 3
"""So many pictures until a subtraction is told, and until what stood and is not clear any more is given up [P]."""
_OFFERED_AFTER, _MEASURED_BY = 2, 7
"""So many measurements until it is offered, and from the median of how many at most it is taken over [P]."""
_PATIENT_SHARE: Final = 0.06
"""Of the picture's longer side: about 10 mm [P]."""
_MOST_NOTES: Final = 12


@dataclass(slots=True, eq=False)
class _Other:
    """A way of showing it that is not the expected one."""

    words: str
    about: ConsoleDisplay
    patient_px: float
    """Up to here a shift is the patient's or the table's, and not the console's."""
    measurements: list[ConsoleDisplay] = field(default_factory=list)
    unclear: int = 0

    @property
    def display(self) -> ConsoleDisplay:
        """The median of what was measured; a turn to the nearest quarter, no zoom and no shift are exact."""
        if not self.measurements:
            return self.about
        each = self.measurements
        quarter = 90.0 * round(self.about.turn_deg / 90.0)
        zoomed = not ConsoleDisplay(zoom=self.about.zoom).is_planned
        off = median((one.turn_deg - self.about.turn_deg + 180.0) % 360.0 - 180.0 for one in each)
        is_quarter = ConsoleDisplay(turn_deg=self.about.turn_deg).is_like(ConsoleDisplay(turn_deg=quarter))
        return replace(
            self.about,
            turn_deg=quarter if is_quarter else self.about.turn_deg + off,
            zoom=median(one.zoom for one in each) if zoomed else 1.0,
            shift_px=self.about.shift_px if math.hypot(*self.about.shift_px) > self.patient_px else (0.0, 0.0),
        )


class DisplayWatch:
    """Watches how the console shows the pictures of one input.

    Parameters
    ----------
    references : sequence of Frame
        Of each planned view.
    bodies_px : sequence of array (n, 2)
        Outline of each view's body.
    known : sequence of ConsoleDisplay
        Those that a person has taken over before.

    Attributes
    ----------
    shown : ConsoleDisplay
        How the pictures are shown now, as far as it is taken over.
    notes : list of str
        What was seen, in sentences.
    """

    def __init__(
        self, references: Sequence[Frame], bodies_px: Sequence[PointsPx], known: Sequence[ConsoleDisplay] = ()
    ) -> None:
        self._looks: list[tuple[ReferenceLook, BoneContrast]] = [
            (learn_reference(frame.grey, frame.white, body_px), learn_contrast(frame.grey, frame.white))
            for frame, body_px in zip(references, bodies_px, strict=True)
        ]
        self._known = [AS_PLANNED, *known]
        self.shown = AS_PLANNED
        self.notes: list[str] = []
        self._other: _Other | None = None
        self._subtractions = 0

    @property
    def offered(self) -> ConsoleDisplay | None:
        """What a person may take over; None where the picture is shown as known, or was not measured yet."""
        other = self._other
        return other.display if other is not None and len(other.measurements) >= _OFFERED_AFTER else None

    @property
    def explains(self) -> bool:
        """Whether it is known why the vertebra is not found in this picture."""
        return self._other is not None or self._subtractions >= _SUBTRACTIONS

    def take(self, display: ConsoleDisplay) -> None:
        """From now on this way of showing the pictures is known, and the newest picture is taken to be shown so."""
        if len(self._known) <= MOST_DISPLAYS:
            self._known.append(display)
        self.shown, self._other = display, None
        self.notes.append(sentence(f"A person has taken over that the picture is {display.words} against the plan."))

    def explain(self, view_index: int, frame: Frame, *, fast: bool) -> str:
        """Why nothing is followed in a picture, before it is tried; empty: it may be.

        Parameters
        ----------
        view_index : int
            The planned view that was shown last.
        frame : Frame
            As the console shows it.
        fast : bool
            The picture changes everywhere at once: a swing leaves no bone in it either.
        """
        look, contrast = self._looks[view_index]
        known = self._subtractions >= _SUBTRACTIONS
        seen = is_subtraction(contrast, frame.grey, frame.white, already=known)
        if seen and (known or not fast):
            self._subtractions += 1
            if self._subtractions == _SUBTRACTIONS:
                self._note(frame, sentence("a roadmap or a subtraction: nothing was measured in it"))
        elif not seen:
            self._subtractions = 0
        if self._subtractions >= _SUBTRACTIONS:
            self._other = None
            return SUBTRACTION
        return self._still_other(look, frame)

    def _still_other(self, look: ReferenceLook, frame: Frame) -> str:
        """What stands goes on until the picture clearly fits what is known, or nothing for some pictures."""
        other = self._other
        if other is None:
            return ""
        found = scores(look, frame.grey, frame.white, (other.about, *self._known))
        if isinstance(found, Unknown):
            self._other = None
            return ""
        score, best = found[0], max(found[1:])
        if best > score:
            self.shown = self._known[found.index(best, 1) - 1] if best >= LEAST_SCORE else self.shown
            self._other = None
            return ""
        clear = score >= _STILL_SCORE * LEAST_SCORE and score >= best + 0.5 * CLEARLY_BY
        other.unclear = 0 if clear else other.unclear + 1
        if other.unclear >= _UNCLEAR:
            self._other = None
            return ""
        if clear and len(other.measurements) < _MEASURED_BY:
            self._measure(other, look, frame)
        return other.words

    def judge(
        self, view_index: int, frame: Frame, motion: Motion | Unknown, *, certain: bool
    ) -> Motion | Unknown | None:
        """What became of following, looked at again; None: follow anew, for the picture is shown in another known way.

        A vertebra is nearly its own mirror image, so a flipped picture can still seem to match a little; a zoomed one
        matches well, with a scale that no breath and no table makes.
        """
        scale = motion.similarity.scale if isinstance(motion, Motion) else 1.0
        if certain and ConsoleDisplay(zoom=min(max(scale, 0.3), 3.0)).is_planned:
            return motion
        look, _ = self._looks[view_index]
        found = compare(look, frame.grey, frame.white, self.shown, self._known)
        if isinstance(found, Unknown) or found.display.is_like(self.shown):
            return motion
        for known in self._known:
            if found.display.is_like(known):
                self.shown = known
                return None
        self._other = _Other(words="", about=found.display, patient_px=_PATIENT_SHARE * max(frame.grey.shape))
        self._measure(self._other, look, frame)
        self._other.words = sentence(f"the picture is {self._other.display.words} against the plan")
        self._note(frame, self._words(self._other.display))
        return Unknown(self._other.words)

    def _measure(self, other: _Other, look: ReferenceLook, frame: Frame) -> None:
        found = measured(look, frame.grey, frame.white, other.about)
        if not isinstance(found, Unknown) and found.is_like(other.about):
            other.measurements.append(found)

    def _words(self, display: ConsoleDisplay) -> str:
        entry = json_text(
            {key: value for key, value in display_document(display).items() if key != "shift_px"}, indent=None
        )
        return sentence(
            f'{display.words} against the plan: nothing was measured in it. A plan that holds "displays": [{entry}] '
            f"measures it"
        )

    def _note(self, frame: Frame, what: str) -> None:
        if len(self.notes) < _MOST_NOTES:
            self.notes.append(sentence(f"From {frame.t_s:.1f} s on the picture was {what}."))

    def as_planned(self, frame: Frame) -> Frame:
        """A picture brought back to how the plan knows it; where it shows nothing it is black, as behind a blade."""
        if self.shown == AS_PLANNED:
            return frame
        rows, cols = frame.grey.shape
        grey: Grey = frame.white - frame.grey if self.shown.inverted else frame.grey
        back: Any = cv2.warpAffine(
            grey,
            self.shown.current_from_planned(cols, rows),
            (cols, rows),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        )
        return replace(frame, grey=back)

    def as_shown(self, motion: Motion, frame: Frame) -> Motion:
        """A motion in the picture that `as_planned` made, told in px of the picture as the console shows it."""
        if self.shown == AS_PLANNED:
            return motion
        rows, cols = frame.grey.shape
        similarity = motion.similarity
        matrix = after(self.shown.current_from_planned(cols, rows), similarity.current_from_reference())
        return replace(motion, similarity=similarity_from_matrix(matrix, similarity.centre_px))
