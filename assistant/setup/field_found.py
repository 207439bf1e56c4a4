"""The X-ray field that is found on a picture of the screen, its shape, and what looks like words inside it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.capture.masking.burned_in import WordPx, words_in
from assistant.capture.masking.field_shape import FieldOutline, fit_shape
from assistant.imaging.xray_field import field_at, find_field
from assistant.live.messages import StampedFrame
from assistant.steps.liveness import SeenField, picture_with
from assistant.vocabulary import Frame


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldFound:
    """What the orientation step shows of a picture.

    Attributes
    ----------
    outline : array (n, 2)
        Of the largest part of the field, in px of the frame; empty where none is found.
    shape : FieldOutline
    words : tuple of WordPx
        Places that look like words in the field: no mask can take them away.
    fields : tuple of SeenField
        The pictures on the screen, where it shows more than one.
    """

    outline: NDArray[np.float64]
    shape: FieldOutline
    words: tuple[WordPx, ...]
    fields: tuple[SeenField, ...] = ()


def field_found(frame: StampedFrame, fields: tuple[SeenField, ...] = ()) -> FieldFound:
    """Find the field.

    Parameters
    ----------
    frame : StampedFrame
        With all blackened but the picture that is looked at.
    fields : tuple of SeenField
    """
    rows, cols = frame.grey.shape
    field = find_field(frame.grey, frame.white)
    contours, _ = cv2.findContours(field.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    factor = np.array([cols / field.shape[1], rows / field.shape[0]])
    outline = max(contours, key=cv2.contourArea).reshape(-1, 2) * factor + factor / 2 if contours else np.zeros((0, 2))
    return FieldFound(
        outline=outline,
        shape=fit_shape(field).outline,
        words=words_in(frame.grey, field_at(field, rows, cols)),
        fields=fields,
    )


def alone_at(still: StampedFrame, place: tuple[float, float]) -> StampedFrame:
    """A picture with all blackened but the field in which a place (px) lies."""
    frame = Frame(index=still.index, t_s=still.t_s, grey=still.grey, white=still.white)
    return replace(still, grey=picture_with(place, frame).grey)
