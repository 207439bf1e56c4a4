"""From the linear picture to the stored frame: display curve, edges, polarity, field, layout, text, video line."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.geometry import Crop, PointsPx
from assistant.simulation.imaging_chain.camera import blurred, spread
from assistant.simulation.imaging_chain.xray import Map
from assistant.simulation.scenario import Run, Screen

Grey8 = NDArray[np.uint8]

_LOCAL_SPREAD_MM = 18.0
_WINDOW_RADIUS = 0.75
"""The window is chosen from this share of the picture's radius: what is bright at the rim may burn out."""
_STEPS = 4096
_LOW, _HIGH = -0.5, 1.5
"""Range of the window's coordinate that the table of the curve covers."""


def picture_box(run: Run, screen: Screen) -> Crop:
    """Where the X-ray picture stands in the frame: a square, beside the panel where the layout has one."""
    if screen.layout == "panel":
        side = min(run.height_px, int(0.82 * run.width_px))
        return Crop(x0_px=run.width_px - side, y0_px=(run.height_px - side) // 2, width_px=side, height_px=side)
    side = min(run.width_px, run.height_px)
    return Crop(x0_px=(run.width_px - side) // 2, y0_px=(run.height_px - side) // 2, width_px=side, height_px=side)


def field_mask(side_px: int, screen: Screen) -> Map:
    """1 inside the shown field, 0 outside, soft over a pixel or two."""
    ys, xs = np.mgrid[0:side_px, 0:side_px].astype(np.float32)
    half = np.float32((side_px - 1) / 2.0)
    x, y = np.abs(xs - half), np.abs(ys - half)
    radius = np.float32(half * screen.field_share)
    if screen.field == "circle":
        inside = radius - np.hypot(x, y)
    elif screen.field == "octagon":
        inside = np.minimum(radius - np.maximum(x, y), (radius * np.float32(1.42) - (x + y)) / np.float32(np.sqrt(2)))
    elif screen.field == "square":
        inside = radius - np.maximum(x, y)
    else:
        return np.ones((side_px, side_px), dtype=np.float32)
    return np.asarray(np.clip(inside / np.float32(1.5) + np.float32(0.5), 0.0, 1.0), dtype=np.float32)


Blades = tuple[float, float, float, float]


def blades_round(points_px: PointsPx, margin_px: float, side_px: int) -> Blades:
    """Blades (from left, right, top, bottom, shares of the picture) that leave a margin round points of it."""
    (left, top), (right, bottom) = points_px.min(axis=0) - margin_px, points_px.max(axis=0) + margin_px
    inward = np.clip(np.array([left, side_px - 1 - right, top, side_px - 1 - bottom]) / side_px, 0.0, 1.0)
    return float(inward[0]), float(inward[1]), float(inward[2]), float(inward[3])


def opening(side_px: int, blades_in: Blades, share: float, penumbra_px: float) -> Map | None:
    """1 where the collimator's blades let the beam through; None when they are all out."""
    left, right, top, bottom = (share * blade * side_px for blade in blades_in)
    if max(left, right, top, bottom) <= 0:
        return None
    at = np.arange(side_px, dtype=np.float32)

    def edge(first: float, last: float) -> NDArray[np.float32]:
        soft = max(penumbra_px, 0.5)
        rising = np.clip((at - first) / soft + 0.5, 0, 1) if first > 0 else np.ones_like(at)
        falling = np.clip((side_px - 1 - last - at) / soft + 0.5, 0, 1) if last > 0 else np.ones_like(at)
        return (rising * falling).astype(np.float32)

    blades: Map = np.float32(0.002) + np.float32(0.998) * edge(top, bottom)[:, None] * edge(left, right)[None, :]
    return blades


class ConsoleDisplay:
    """The console's picture processing; its window is set from the first picture and then stands."""

    def __init__(self, screen: Screen, *, side_px: int, mm_per_px: float) -> None:
        """Make the field's mask and the table of the curve."""
        self._screen = screen
        self._mm_per_px = mm_per_px
        self.field = field_mask(side_px, screen)
        self._inside = self.field > 0.5
        self._window: tuple[float, float] | None = None
        u = np.linspace(_LOW, _HIGH, _STEPS)
        self._table = (255.0 * _curve(screen.curve, u)).astype(np.float32)
        self._has_full_field = bool(self.field.min() >= 1.0)

    def set_window(self, picture: Map) -> None:
        """Choose the window (logs of brightness) from a picture."""
        self._window = self._best(picture)

    def adapt(self, picture: Map, share: float) -> None:
        """Move the window towards what a picture asks for."""
        assert self._window is not None, "set_window comes first"
        (low, high), (best_low, best_high) = self._window, self._best(picture)
        self._window = (low + share * (best_low - low), high + share * (best_high - high))

    def _best(self, picture: Map) -> tuple[float, float]:
        """What the picture would ask for once the brightness control has brought its middle to 1."""
        height, width = picture.shape
        step = max(height // 128, 1)
        middle_mean = float(picture[height // 4 : 3 * height // 4, width // 4 : 3 * width // 4].mean())
        ys, xs = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j][:, ::step, ::step]
        middle_part = self._inside[::step, ::step] & (np.hypot(xs, ys) < _WINDOW_RADIUS)
        # In logarithms, from the middle of the field, relative to the brightness that the control will bring: the
        # window stands from the first picture on, and must fit the later ones.
        inner = blurred(picture, 2.0)[::step, ::step][middle_part]
        low, high = np.percentile(np.log(np.maximum(inner / max(middle_mean, 1e-6), 1e-3)), [1.0, 96.0])
        middle, half = 0.5 * (low + high), 0.5 * max(high - low, 0.3) * 1.25 / self._screen.contrast
        return float(middle - half), float(middle + half)

    def _coordinate(self, picture: Map) -> Map:
        assert self._window is not None, "set_window comes first"
        low, high = self._window
        scale = 1.0 / (high - low)
        log = cv2.log(np.maximum(picture, np.float32(1e-3)))
        return np.asarray(cv2.addWeighted(log, scale, log, 0.0, -low * scale), dtype=np.float32)

    def _grey(self, u: Map) -> Map:
        index = ((u - np.float32(_LOW)) * np.float32((_STEPS - 1) / (_HIGH - _LOW))).clip(0, _STEPS - 1)
        return np.take(self._table, index.astype(np.uint16))

    def show(self, picture: Map) -> Grey8:
        """The shown picture, uint8, before layout."""
        screen = self._screen
        u = self._coordinate(picture)
        if screen.local_contrast > 0:
            # u - k (G u) + k / 2: what is slow is held back round mid-grey. Then the edges, u + e (u - G u): unsharp
            # masking.
            coarse = spread(u, _LOCAL_SPREAD_MM / self._mm_per_px)
            u = np.asarray(
                cv2.addWeighted(u, 1.0, coarse, -screen.local_contrast, 0.5 * screen.local_contrast), dtype=np.float32
            )
        if screen.edge > 0:
            soft = blurred(u, max(screen.edge_mm / self._mm_per_px, 0.6))
            u = np.asarray(cv2.addWeighted(u, 1.0 + screen.edge, soft, -screen.edge, 0.0), dtype=np.float32)
        grey = self._grey(u)
        if screen.bright_cement:
            grey = np.float32(255.0) - grey
        if not self._has_full_field:
            grey = grey * self.field
        # Saturating conversion rounds to the nearest grey value.
        return np.asarray(cv2.convertScaleAbs(grey), dtype=np.uint8)

    def contrast_to_noise(self, with_cement: Map, without_cement: Map, sigma: Map) -> Map:
        """Contrast of the cement against the noise *as shown*: what the curve crushes is not visible.

        Local contrast and edge enhancement act on both alike and are left out.
        """
        assert self._window is not None, "set_window comes first"
        u = self._coordinate(with_cement)
        grey = self._grey(u)
        gap = np.abs(self._grey(self._coordinate(without_cement)) - grey)
        width = self._window[1] - self._window[0]
        share = sigma / np.maximum(with_cement, np.float32(1e-3)) / np.float32(width)
        # Error propagation through the curve: the noise of the logarithm is sigma / signal, over the window; half the
        # difference of the greys one such step above and below is the noise as shown.
        step = np.asarray(share, dtype=np.float32)
        noise = 0.5 * np.abs(self._grey(u + step) - self._grey(u - step))
        # Rounding to whole grey values is a noise of its own (0.29), even after averaging.
        return np.asarray(gap / np.hypot(noise, np.float32(0.3)), dtype=np.float32)


def _curve(name: str, u: NDArray[np.float64]) -> NDArray[np.float64]:
    inside = np.clip(u, 0.0, 1.0)
    if name == "log":
        return inside
    if name == "gamma":
        bent: NDArray[np.float64] = inside**1.25
        return bent
    # A film-like S: toe and shoulder are flat, the middle is 1.35 times as steep.
    # Logistic, stretched so that 0 and 1 stay where they are.
    low, high = 1.0 / (1.0 + np.exp(5.4 * np.array([0.5, -0.5])))
    s: NDArray[np.float64] = (1.0 / (1.0 + np.exp(-5.4 * (np.clip(u, -0.2, 1.2) - 0.5))) - low) / (high - low)
    return np.clip(s, 0.0, 1.0)


class ScreenSurround:
    """The frame round the picture: panel, words, black."""

    def __init__(self, run: Run, screen: Screen, *, tube_kv: float, label: str) -> None:
        """Draw what stands still."""
        self._box = picture_box(run, screen)
        self._layout = screen.layout
        self._scale = run.height_px / 1024.0
        self._words: list[tuple[str, tuple[int, int], int]] = []
        self._ground = np.zeros((run.height_px, run.width_px), dtype=np.uint8)
        if screen.layout == "panel":
            self._panel(tube_kv, label)

    def _panel(self, tube_kv: float, label: str) -> None:
        width, height = self._box.x0_px, self._ground.shape[0]
        self._ground[:, :width] = 74
        rows = [("kV", f"{tube_kv:.0f}"), ("mA", "6.4"), ("p/s", "8"), ("SID", "100"), ("Mag", "0"), ("mGy", "12.4")]
        for k, (name, value) in enumerate(rows):
            top = int(height * (0.04 + 0.14 * k))
            cv2.rectangle(self._ground, (3, top), (width - 4, top + int(0.12 * height)), 52, -1)
            self._put(self._ground, name, (8, top + int(0.045 * height)), 0.6, 190)
            self._put(self._ground, value, (8, top + int(0.105 * height)), 1.0, 235)
        self._put(self._ground, label, (8, height - 10), 0.5, 200)

    def _put(self, picture: Grey8, words: str, at: tuple[int, int], size: float, grey: int) -> None:
        scale = max(size * self._scale, 0.3)
        cv2.putText(
            picture, words, at, cv2.FONT_HERSHEY_SIMPLEX, scale, int(grey), max(round(1.6 * scale), 1), cv2.LINE_AA
        )

    def frame(self, picture: Grey8, *, live: bool, clock_s: float, view: str) -> Grey8:
        """The whole frame with the picture in its place."""
        frame = self._ground.copy()
        frame[self._box.rows, self._box.cols] = picture
        if self._layout == "plain":
            return frame
        height, width = frame.shape
        line = int(34 * self._scale) + 6
        self._put(frame, "LIVE" if live else "LIH", (width - int(110 * self._scale) - 20, line), 0.8, 210)
        if self._layout == "text":
            self._put(frame, "SIM " + view.upper(), (6, line), 0.8, 190)
            minutes, seconds = divmod(int(clock_s), 60)
            self._put(frame, f"{minutes:02d}:{seconds:02d}", (6, height - 8), 0.8, 190)
        return frame


def video_line(frame: Grey8, sigma_grey: float, rng: np.random.Generator) -> Grey8:
    """Noise of the analogue line, on every stored frame anew."""
    if sigma_grey <= 0:
        return frame
    noise = rng.standard_normal(frame.shape, dtype=np.float32) * np.float32(sigma_grey)
    return np.asarray(np.clip(np.rint(frame + noise), 0, 255), dtype=np.uint8)


def interlaced(older: Grey8, newer: Grey8) -> Grey8:
    """Odd lines of the older picture between even lines of the newer one."""
    mixed = newer.copy()
    mixed[1::2] = older[1::2]
    return mixed
