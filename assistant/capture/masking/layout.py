"""Layout profiles: where on a console's screen the X-ray field stands, as data (one JSON file a console).

Profiles come with the program (``assistant/capture/masking/layouts``) and from the site (``layouts`` in the data
folder); a site's profile of the same name takes the program's place.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from assistant.errors import UsageError
from assistant.system.plain import read_json

SCHEMA: Final = "fluoro-assistant/layout/1"
_OWN: Final = Path(__file__).resolve().parent / "layouts"
_MOST_BYTES: Final = 100_000


class Box(msgspec.Struct, kw_only=True, frozen=True):
    """A rectangle in shares of the picture's width and height."""

    x0: float
    y0: float
    x1: float
    y1: float

    def is_usable(self) -> bool:
        """Whether it lies in the picture and has an area."""
        return 0 <= self.x0 < self.x1 <= 1 and 0 <= self.y0 < self.y1 <= 1


class XrayOnMark(msgspec.Struct, kw_only=True, frozen=True):
    """The console's X-ray-on mark: a place that is brighter than ``above`` (of 255) while X-ray is on."""

    box: Box
    above: float


class ConsoleLayout(msgspec.Struct, kw_only=True, frozen=True, rename={"schema_": "schema"}):
    """One console.

    Attributes
    ----------
    name : str
    field : Box
        Around the X-ray field.
    shape : str
        "ellipse" (image intensifier), "rectangle" or "octagon" in that box.
    mark : XrayOnMark or None
    text : list of Box
        Places of the console's text, for people who check the profile; they must not touch the field.
    interlaced : bool
        The console's video output has two half pictures in each picture.
    note : str
    """

    schema_: str
    name: str
    field: Box
    shape: Literal["ellipse", "rectangle", "octagon"] = "rectangle"
    mark: XrayOnMark | None = None
    text: list[Box] = []
    interlaced: bool = False
    note: str = ""

    def field_mask(self, width_px: int, height_px: int) -> NDArray[np.bool_]:
        """The field as array (height_px, width_px) of bool."""
        mask = np.zeros((height_px, width_px), np.uint8)
        x0, x1 = self.field.x0 * width_px, self.field.x1 * width_px
        y0, y1 = self.field.y0 * height_px, self.field.y1 * height_px
        if self.shape == "ellipse":
            centre = (round((x0 + x1) / 2 - 0.5), round((y0 + y1) / 2 - 0.5))
            cv2.ellipse(mask, centre, (round((x1 - x0) / 2), round((y1 - y0) / 2)), 0, 0, 360, 1, -1)
        elif self.shape == "rectangle":
            mask[round(y0) : round(y1), round(x0) : round(x1)] = 1
        else:
            cut_x, cut_y = (x1 - x0) * 0.2929, (y1 - y0) * 0.2929
            corners = [
                (x0 + cut_x, y0),
                (x1 - cut_x, y0),
                (x1, y0 + cut_y),
                (x1, y1 - cut_y),
                (x1 - cut_x, y1),
                (x0 + cut_x, y1),
                (x0, y1 - cut_y),
                (x0, y0 + cut_y),
            ]
            cv2.fillConvexPoly(mask, np.round(np.array(corners) - 0.5).astype(np.int32), 1)
        return mask.astype(bool)

    def mark_is_lit(self, grey: NDArray[np.uint8] | NDArray[np.uint16]) -> bool | None:
        """Whether the X-ray-on mark is lit in an unmasked picture; None without one."""
        if self.mark is None:
            return None
        rows, cols = grey.shape
        box = self.mark.box
        part = grey[round(box.y0 * rows) : round(box.y1 * rows), round(box.x0 * cols) : round(box.x1 * cols)]
        if part.size == 0:
            return None
        scale = 1.0 if grey.dtype == np.uint8 else 255.0 / 65535.0
        return float(part.mean()) * scale > self.mark.above


def read_layout(path: Path) -> ConsoleLayout:
    """Read a profile.

    Raises
    ------
    UsageError
        If it is no usable profile.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: the layout profile cannot be read ({error.strerror})") from error
    if len(content) > _MOST_BYTES:
        raise UsageError(f"{path}: too large for a layout profile")
    try:
        layout = read_json(content, ConsoleLayout)
    except ValueError as error:
        raise UsageError(f"{path}: no layout profile: {error}") from error
    if layout.schema_ != SCHEMA:
        raise UsageError(f'{path}: "schema" must be "{SCHEMA}", found "{layout.schema_}"')
    boxes = [layout.field, *layout.text, *([layout.mark.box] if layout.mark else [])]
    if not all(box.is_usable() for box in boxes):
        raise UsageError(f"{path}: every box needs 0 <= x0 < x1 <= 1 and 0 <= y0 < y1 <= 1")
    mask = layout.field_mask(1000, 1000)
    for box in layout.text:
        if mask[round(box.y0 * 1000) : round(box.y1 * 1000), round(box.x0 * 1000) : round(box.x1 * 1000)].any():
            raise UsageError(f"{path}: a text box lies in the field: text there would be recorded")
    return layout


def layouts(site: Path | None = None) -> dict[str, ConsoleLayout]:
    """All profiles by name: the program's own, then the site's.

    Raises
    ------
    UsageError
        If one of them is not usable.
    """
    found: dict[str, ConsoleLayout] = {}
    for folder in (_OWN, site):
        if folder is not None and folder.is_dir():
            for path in sorted(folder.glob("*.json")):
                layout = read_layout(path)
                found[layout.name] = layout
    return found
