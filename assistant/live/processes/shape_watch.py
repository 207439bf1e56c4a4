"""Tells the window when the shape model stops answering, and when it answers again. The alarms never wait for it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from assistant.errors import describe
from assistant.language import sentence
from assistant.leak_shape.model_protocol import ShapeAnswer, ShapeLimits, ShapeModel
from assistant.live.messages import ShapeModelStatus
from assistant.vocabulary import LeakSite, ModelIdentity, Unknown


class WatchedShapes:
    """A shape model whose failing is told, once each time.

    Parameters
    ----------
    model : ShapeModel
    say : callable
        Takes the news to the window.
    """

    def __init__(self, model: ShapeModel, say: Callable[[ShapeModelStatus], object]) -> None:
        self._model, self._say = model, say
        self._reason = ""

    @property
    def identity(self) -> ModelIdentity:
        """Name and checksum."""
        return self._model.identity

    @property
    def limits(self) -> ShapeLimits:
        """From the pack."""
        return self._model.limits

    def ask(self, site: LeakSite, frame_index: int, values: NDArray[np.float32]) -> tuple[ShapeAnswer, ...] | Unknown:
        """See `assistant.leak_shape.model_protocol.ShapeModel.ask`."""
        try:
            answer = self._model.ask(site, frame_index, values)
        except Exception as error:
            self._report(sentence(f"a fault in the program: {describe(error)}"))
            raise
        self._report(answer.reason if isinstance(answer, Unknown) else "")
        return answer

    def _report(self, reason: str) -> None:
        if reason != self._reason:
            self._reason = reason
            self._say(ShapeModelStatus(available=not reason, reason=reason))


def watched(
    shapes: ShapeModel | Unknown | None, say: Callable[[ShapeModelStatus], object]
) -> ShapeModel | Unknown | None:
    """The same, watched; why there is none is told at once."""
    if isinstance(shapes, Unknown):
        say(ShapeModelStatus(available=False, reason=shapes.reason))
        return shapes
    return None if shapes is None else WatchedShapes(shapes, say)
