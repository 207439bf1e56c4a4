"""What the program asks of a shape model, wherever it runs; handed in to the pipeline, which knows no process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.vocabulary import LeakSite, ModelIdentity, Unknown

CLASSES = ("spike", "round", "undetermined")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapeLimits:
    """Where a model's answer counts; part of its pack.

    Attributes
    ----------
    decide : float
        Least probability of a class that is said.
    strangeness : float
        Above it the patch is unlike the training data.
    blur_mm : float
        Above it the leak's edge is too blurred to type.
    """

    decide: float
    strangeness: float
    blur_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapeAnswer:
    """What a model says of the leak in one picture.

    Attributes
    ----------
    frame_index : int
    probabilities : tuple of float
        Of `CLASSES`, calibrated.
    strangeness : float
        Distance from the training data.
    """

    frame_index: int
    probabilities: tuple[float, float, float]
    strangeness: float


class ShapeModel(Protocol):
    """A model that types patches (`assistant.leak_shape.patch`)."""

    @property
    def identity(self) -> ModelIdentity:
        """Name and checksum."""

    @property
    def limits(self) -> ShapeLimits:
        """From the pack."""

    def ask(self, site: LeakSite, frame_index: int, values: NDArray[np.float32]) -> tuple[ShapeAnswer, ...] | Unknown:
        """Hand in a patch and take what is answered by now: of this picture or, where nobody waits, of earlier ones.

        Parameters
        ----------
        site : LeakSite
            Answers are those of this site.
        frame_index : int
        values : array (channels, rows, cols)

        Returns
        -------
        tuple of ShapeAnswer, or Unknown
            With the reason why there will be none.
        """


def model_name(identity: ModelIdentity) -> str:
    """The contract's word for a model: ``name@sha256-prefix``."""
    return f"{identity.name}@{identity.sha256[:12]}"
