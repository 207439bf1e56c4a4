"""Other methods on the same frames: what a competent programmer would try first, and the limit of what can be seen.

The methods are treated kindly: each is told which frames carry a new X-ray picture and which view it shows, looks only
at the surroundings of the vertebra (the network: at the whole frame), has its brightness matched to the reference, and
has its specks dropped. They share one piece of code for distances and alarms (`peer_run.py`). None of them is tuned to
the simulator, save the network, which learnt from nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.errors import InputError
from assistant.evaluation.peers.ideal_observer import FOLDER as IDEAL_MASKS
from assistant.evaluation.peers.plain_unet import PlainUNet
from assistant.evaluation.truth import MOTION, Truth, read_mask
from assistant.geometry import Similarity
from assistant.plan import PlannedView
from assistant.system.places import models_folder

Picture = NDArray[np.float32]
"""Grey values 0..255 of the surroundings of the vertebra, or of the whole frame (`PeerKind.whole`)."""
Mask = NDArray[np.bool_]

NOISE_FLOOR = 4.0
"""Otsu's threshold splits any picture in two, even pure noise: differences under so many deviations stay out."""
LEARNING_PICTURES = 30
"""Background models learn freely from so many pictures, then slowly, so that cement that stands is not forgotten."""
SLOW_LEARNING = 0.0005


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Beginning:
    """What a peer is given of a view before the first frame: reference picture, the plan's view, the run's truth."""

    reference: Picture
    view: PlannedView
    truth: Truth


class Peer(Protocol):
    """A method that finds what is new in a picture."""

    def find(self, picture: Picture, frame: int) -> tuple[Mask, Similarity]:
        """Mask of the cement in the picture of a frame, and where the vertebra went since the reference."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerKind:
    """A method, and how it wants to be asked.

    Attributes
    ----------
    name : str
    make : callable
        One peer for each view of the plan.
    whole : bool
        It looks at the whole frame.
    timed : bool
        Its milliseconds mean something.
    answers : callable
        Whether it has anything to say of a run.
    """

    name: str
    make: Callable[[Beginning], Peer]
    whole: bool = False
    timed: bool = True
    answers: Callable[[Truth], bool] = lambda _truth: True


def _moved(view: PlannedView, dx_px: float, dy_px: float) -> Similarity:
    return Similarity(dx_px=dx_px, dy_px=dy_px, rotation_deg=0.0, scale=1.0, centre_px=view.centre_px)


def _difference_mask(reference: Picture, picture: Picture) -> Mask:
    """Blurred absolute difference over Otsu's threshold."""
    matched = picture * (np.median(reference) / max(float(np.median(picture)), 1.0))
    difference = np.abs(cv2.GaussianBlur(reference - matched.astype(np.float32), (0, 0), 1.5))
    deviation = 1.4826 * float(np.median(difference))
    scaled = np.clip(difference, 0, 255).astype(np.uint8)
    otsu, _ = cv2.threshold(scaled, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    mask: Mask = difference > max(float(otsu), NOISE_FLOOR * deviation)
    return mask


class FixedReference:
    """Subtraction of the reference frame, nothing moved; Otsu's threshold."""

    def __init__(self, beginning: Beginning) -> None:
        self._reference = beginning.reference
        self._still = _moved(beginning.view, 0.0, 0.0)

    def find(self, picture: Picture, frame: int) -> tuple[Mask, Similarity]:
        """See `Peer.find`."""
        return _difference_mask(self._reference, picture), self._still


class PhaseCorrelation:
    """The same after the displacement of the whole surroundings was found by phase correlation."""

    def __init__(self, beginning: Beginning) -> None:
        self._reference, self._view = beginning.reference, beginning.view
        self._window = cv2.createHanningWindow((self._reference.shape[1], self._reference.shape[0]), cv2.CV_32F)

    def find(self, picture: Picture, frame: int) -> tuple[Mask, Similarity]:
        """See `Peer.find`."""
        (dx, dy), _ = cv2.phaseCorrelate(self._reference, picture, self._window)
        matrix = np.array([[1.0, 0.0, dx], [0.0, 1.0, dy]])
        size = (picture.shape[1], picture.shape[0])
        moved = cv2.warpAffine(self._reference, matrix, size, borderMode=cv2.BORDER_REPLICATE)
        mask = _difference_mask(np.asarray(moved, dtype=np.float32), picture)
        return mask, _moved(self._view, float(dx), float(dy))


class Background:
    """A background model of OpenCV's: what does not fit it is new."""

    def __init__(self, beginning: Beginning, model: cv2.BackgroundSubtractor) -> None:
        self._model = model
        self._seen = 0
        self._still = _moved(beginning.view, 0.0, 0.0)

    def find(self, picture: Picture, frame: int) -> tuple[Mask, Similarity]:
        """See `Peer.find`."""
        smooth = np.clip(cv2.GaussianBlur(picture, (0, 0), 1.0), 0, 255).astype(np.uint8)
        self._seen += 1
        rate = -1.0 if self._seen <= LEARNING_PICTURES else SLOW_LEARNING
        foreground = np.asarray(self._model.apply(smooth, learningRate=rate))
        mask: Mask = (foreground > 0) & (self._seen > LEARNING_PICTURES // 2)
        return mask, self._still


class UNetPeer:
    """A plain U-Net on the whole frame: each picture by itself, nothing moved."""

    def __init__(self, beginning: Beginning) -> None:
        self._network = PlainUNet(models_folder() / "plain_unet" / "model.onnx")
        self._still = _moved(beginning.view, 0.0, 0.0)

    def find(self, picture: Picture, frame: int) -> tuple[Mask, Similarity]:
        """See `Peer.find`."""
        return self._network.find(picture), self._still


class Ideal:
    """The limit: masks that were made with the run (`ideal_observer.py`), and the true motion."""

    def __init__(self, beginning: Beginning) -> None:
        self._truth, self._view = beginning.truth, beginning.view

    def find(self, picture: Picture, frame: int) -> tuple[Mask, Similarity]:
        """See `Peer.find`.

        Raises
        ------
        InputError
            If the run's mask or true motion is missing.
        """
        dx, dy, rotation, scale = (float(self._truth.motion[name][frame]) for name in MOTION)
        if not np.isfinite([dx, dy, rotation, scale]).all():
            raise InputError(f"{self._truth.folder}: the true motion of frame {frame} is missing")
        mask = read_mask(self._truth.folder / IDEAL_MASKS / f"{frame:06d}.png")
        true = Similarity(dx_px=dx, dy_px=dy, rotation_deg=rotation, scale=scale, centre_px=self._view.centre_px)
        return mask, true


def _mog2(beginning: Beginning) -> Peer:
    return Background(beginning, cv2.createBackgroundSubtractorMOG2(detectShadows=False))


def _knn(beginning: Beginning) -> Peer:
    return Background(beginning, cv2.createBackgroundSubtractorKNN(detectShadows=False))


PEERS: tuple[PeerKind, ...] = (
    PeerKind(name="fixed reference", make=FixedReference),
    PeerKind(name="MOG2", make=_mog2),
    PeerKind(name="KNN", make=_knn),
    PeerKind(name="phase correlation", make=PhaseCorrelation),
    PeerKind(name="plain U-Net", make=UNetPeer, whole=True),
    PeerKind(
        name="ideal observer",
        make=Ideal,
        whole=True,
        timed=False,
        answers=lambda truth: (truth.folder / IDEAL_MASKS).is_dir(),
    ),
)
