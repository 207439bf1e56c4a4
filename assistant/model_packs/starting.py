"""The shape model for one way of using the program: recorded runs wait for it, live runs do not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from assistant.model_packs.finding import find_pack
from assistant.model_packs.shape_models import LiveShapeModel, WaitingShapeModel
from assistant.vocabulary import Unknown


@contextmanager
def recorded_shape_model() -> Iterator[WaitingShapeModel | Unknown]:
    """For a recorded run: its process starts with the first leak into a disc and ends with the block."""
    found = find_pack()
    if found.pack is None:
        yield Unknown("; ".join(found.refused))
        return
    with WaitingShapeModel(found.pack) as model:
        yield model


@contextmanager
def live_shape_model() -> Iterator[LiveShapeModel | Unknown]:
    """For a live run: warms up from now and ends with the block; it never keeps anybody waiting."""
    found = find_pack()
    if found.pack is None:
        yield Unknown("; ".join(found.refused))
        return
    with LiveShapeModel(found.pack) as model:
        model.warm()
        yield model
