"""From the beam behind the patient to the console's linear picture: scatter, glare, blur, quanta, lag, filter, control.

Everything is in detected quanta per *source pixel*; what leaves is divided by the quanta that the brightness control
aims for, so 1.0 is the aimed-for brightness.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np

from assistant.geometry import Crop
from assistant.simulation.imaging_chain.xray import Map
from assistant.simulation.scenario import Exposure

QUANTA_PER_MM2_UGY = 30_000.0
"""Fluence behind a patient per µGy of air kerma (IEC 61267 RQA5: 30 174)."""
_SCATTER_SPREAD_MM = (12.0, 45.0)
"""Two Gaussians on the detector: what was scattered near the patient's exit, and what comes from deep within
(plausible, not measured)."""
_SCATTER_NEAR = 0.25
"""Share of the narrow one."""
_GLARE_SPREAD_MM = 25.0
_INTERPOLATION_PX = 0.41
"""Standard deviation of a linear interpolation's kernel, in pixels of what is enlarged."""
_CONTROL_STEP = 1.04
"""The generator changes its output in steps of 4 %."""
VISIBLE_BLUR_MM = 0.5
"""scoring.md: noise after a Gaussian of 0.5 mm (standard deviation, plane of the vertebra)."""


def gaussian_gain(sigma_px: float) -> float:
    """Variance that white noise of variance 1 keeps after a Gaussian blur (sum of the squared kernel)."""
    if sigma_px <= 0.05:
        return 1.0
    radius = int(np.ceil(5.0 * sigma_px)) + 1
    # Of independent px the variance after a convolution is the sum of the kernel's squares; separable, so the square.
    kernel = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma_px) ** 2)
    kernel /= kernel.sum()
    return float((kernel**2).sum() ** 2)


def blurred(picture: Map, sigma_px: float) -> Map:
    """Gaussian blur; nothing below a twentieth of a pixel."""
    if sigma_px <= 0.05:
        return picture
    size = 2 * int(np.ceil(3.5 * sigma_px)) + 1
    return np.asarray(cv2.GaussianBlur(picture, (size, size), sigma_px), dtype=np.float32)


def spread(picture: Map, sigma_px: float) -> Map:
    """Very wide Gaussian blur, worked out on a coarse grid; mirrored at the picture's edge."""
    step = max(int(sigma_px / 4.0), 1)
    height, width = picture.shape
    coarse = cv2.resize(picture, (max(width // step, 1), max(height // step, 1)), interpolation=cv2.INTER_AREA)
    coarse = cv2.GaussianBlur(coarse, (0, 0), sigma_px / step)
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.float32)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Clean:
    """What the noise-free picture says in the part where cement can be, in units of the aimed-for brightness.

    Attributes
    ----------
    with_cement, without_cement : array (rows, cols) of float32
        After lag and recursive filter.
    sigma : array (rows, cols) of float32
        Standard deviation of the noise after a Gaussian of `VISIBLE_BLUR_MM`.
    """

    with_cement: Map = field(repr=False)
    without_cement: Map = field(repr=False)
    sigma: Map = field(repr=False)


class Camera:
    """Detector, console filter and brightness control; their memory from pulse to pulse is the whole state."""

    def __init__(self, exposure: Exposure, *, detector_px_mm: float, mm_per_px: float, zoom: float = 1.0) -> None:
        """Set the constants.

        Parameters
        ----------
        exposure : Exposure
        detector_px_mm : float
            Edge of a source pixel on the detector.
        mm_per_px : float
            In the plane of the vertebra.
        zoom : float
            Digital zoom of the console: pixels between pixels are interpolated, which smooths.
        """
        self._knobs = exposure
        magnification = detector_px_mm / mm_per_px
        # The focus is blurred by (magnification - 1) on the detector. Independent blurs add as squares.
        focal_mm = 0.4 * exposure.focal_mm * (magnification - 1.0)
        self._px_mm = detector_px_mm
        # What comes after the quanta smooths signal and noise alike; the focus smooths the signal alone.
        scaler_px = float(np.hypot(exposure.scaler_px, _INTERPOLATION_PX * zoom)) if zoom > 1.0 else exposure.scaler_px
        self._detector_px = float(np.hypot(exposure.detector_blur_mm / detector_px_mm, scaler_px))
        self._blur_px = float(np.hypot(self._detector_px, focal_mm / detector_px_mm))
        self._part = Crop(x0_px=0, y0_px=0, width_px=16, height_px=16)
        self.target_quanta = exposure.dose_ngy / 1000.0 * QUANTA_PER_MM2_UGY * detector_px_mm**2 * exposure.efficiency
        self._visible_gain = gaussian_gain(float(np.hypot(self._detector_px, VISIBLE_BLUR_MM / mm_per_px)))
        self.noise_gain = gaussian_gain(self._detector_px)
        self._output = 0.0
        self._first_output = 0.0
        self._last_s = 0.0
        self.restart()

    def restart(self) -> None:
        """X-ray was off: lag and filter begin anew (the control keeps its setting, see `start_off`)."""
        self._lagged: Map | None = None
        self._shown: Map | None = None
        self.look_at(self._part)

    def start_off(self, by: float, t_s: float) -> None:
        """An exposure begins at ``t_s`` with the output off by this much (a logarithm), to settle from there."""
        self._output *= float(np.exp(by))
        self._last_s = t_s

    def look_at(self, part: Crop) -> None:
        """Keep the noise-free twin (see `Clean`) for this part of the picture from now on."""
        self._part = part
        self._clean: list[Map] = []
        self._variance: list[Map] = []

    def expose(self, kept: Map, kept_without: Map, opening: Map | None, t_s: float, white: Map) -> tuple[Map, Clean]:
        """One pulse.

        Parameters
        ----------
        kept : array (rows, cols) of float32
            Share of the open beam that the primary beam keeps (`xray.transmitted`).
        kept_without : array (part)
            The same without cement, in the part that is looked at.
        opening : array (rows, cols) or None
            1 where the collimator is open.
        t_s : float
        white : array (rows, cols) of float32
            Standard normal numbers.

        Returns
        -------
        picture : array (rows, cols) of float32
        clean : Clean
        """
        knobs, part = self._knobs, self._part
        if opening is not None:
            kept = kept * opening
            kept_without = kept_without * opening[part.rows, part.cols]
        # The order is that of the beam: collimator, scatter and glare, blur, the dose that the control asks for,
        # quanta, and only then what smooths signal and noise alike. Noise before the blur would be too smooth, after
        # it too white.
        veiled = cv2.addWeighted(kept, 1.0 - knobs.glare, self._haze(kept), 1.0, 0.0)
        signal = blurred(np.asarray(veiled, dtype=np.float32), self._blur_px)
        output = self._regulate(signal, t_s)
        counts = signal * np.float32(output)
        # Quanta: variance = mean (Poisson, drawn as normal noise), and the electronics' own on
        # top.
        sigma = np.sqrt(np.maximum(counts, np.float32(0.0)) + np.float32(knobs.electronic_quanta**2))
        noisy = counts + blurred(white * sigma, self._detector_px)
        # The difference before the noise: what the cement takes, through the same blur, for the truth of what could
        # be seen.
        lost = blurred(kept_without - kept[part.rows, part.cols], self._blur_px)
        picture = self._filtered(noisy)
        clean = self._twin(counts[part.rows, part.cols], lost * np.float32((1.0 - knobs.glare) * output), sigma)
        return picture, clean

    def _haze(self, kept: Map) -> Map:
        """Scatter and glare, worked out on a coarse grid: both are smooth.

        A place scatters as the beam that gets through it times the thickness that it went through: air scatters
        nothing. In the picture's middle scatter is ``scatter_to_primary`` times the primary beam.
        """
        knobs = self._knobs
        height, width = kept.shape
        step = max(int(_SCATTER_SPREAD_MM[0] / self._px_mm / 4.0), 1)
        coarse = cv2.resize(kept, (max(width // step, 1), max(height // step, 1)), interpolation=cv2.INTER_AREA)
        rows, cols = coarse.shape
        middle = float(coarse[rows // 4 : 3 * rows // 4 + 1, cols // 4 : 3 * cols // 4 + 1].mean())
        usual = max(-np.log(max(middle, 1e-9)), 0.5)
        # Thickness from the primary itself, t = -ln(kept), relative to the middle's.
        thickness = np.clip(-np.log(np.maximum(coarse, np.float32(1e-9))) / np.float32(usual), 0.0, 2.0)
        source = coarse * thickness.astype(np.float32)
        near, far = (cv2.GaussianBlur(source, (0, 0), mm / self._px_mm / step) for mm in _SCATTER_SPREAD_MM)
        scatter = cv2.addWeighted(near, _SCATTER_NEAR, far, 1.0 - _SCATTER_NEAR, 0.0) * knobs.scatter_to_primary
        veil = cv2.GaussianBlur(coarse + scatter, (0, 0), _GLARE_SPREAD_MM / self._px_mm / step)
        haze = cv2.addWeighted(scatter, 1.0 - knobs.glare, veil, knobs.glare, 0.0)
        return np.asarray(cv2.resize(haze, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.float32)

    def _regulate(self, signal: Map, t_s: float) -> float:
        """Brightness control: the middle of the picture is kept at the aimed-for quanta, slowly and in steps."""
        height, width = signal.shape
        middle = signal[height // 4 : 3 * height // 4, width // 4 : 3 * width // 4]
        wanted = self.target_quanta / max(float(middle.mean()), 1e-9)
        if self._output == 0.0:
            self._output = self._first_output = wanted
        elif self._knobs.control_s > 0:
            # Far off (a swing, a hand) the control is quick; near its aim it is slow so that it does not pump.
            hurry = 4.0 if abs(np.log(wanted / self._output)) > 0.4 else 1.0
            # First-order control in the logarithm of the output, in steps of a few per cent, never above the dose
            # limit.
            share = 1.0 - np.exp(-hurry * max(t_s - self._last_s, 0.0) / self._knobs.control_s)
            aim = self._output * (wanted / self._output) ** share
            limit = self._first_output * self._knobs.dose_limit
            steps = np.log(min(aim, limit) / self._output) / np.log(_CONTROL_STEP)
            if abs(steps) >= 0.25 or abs(np.log(wanted / self._output)) > np.log(_CONTROL_STEP):
                self._output *= _CONTROL_STEP ** (np.round(steps * 4.0) / 4.0)
        self._last_s = t_s
        return self._output

    def _filtered(self, picture: Map) -> Map:
        if self._lagged is None or self._shown is None:
            self._lagged = self._shown = picture
        else:
            lag, new = self._knobs.lag, self._knobs.recursion
            # Two first-order filters in a row: lag of the detector, l <- (1 - a) x + a l, then the console's, s <- b
            # l + (1 - b) s.
            self._lagged = np.asarray(cv2.addWeighted(picture, 1.0 - lag, self._lagged, lag, 0.0), dtype=np.float32)
            self._shown = np.asarray(cv2.addWeighted(self._lagged, new, self._shown, 1.0 - new, 0.0), dtype=np.float32)
        return self._shown * np.float32(1.0 / self.target_quanta)

    def _twin(self, counts: Map, lost: Map, sigma: Map) -> Clean:
        """Carry the noise-free picture, the loss by cement and the noise's variance through lag and filter."""
        lag, new = np.float32(self._knobs.lag), np.float32(self._knobs.recursion)
        # Blur of white noise makes the variance a local mean; the wide one of the visible mask is small against it.
        variance = sigma[self._part.rows, self._part.cols] ** 2
        if not self._clean:
            self._clean = [counts, counts, lost, lost]
            self._variance = [variance, variance, variance]
        else:
            c_lag, c_new, l_lag, l_new = self._clean
            c_lag = (1 - lag) * counts + lag * c_lag
            l_lag = (1 - lag) * lost + lag * l_lag
            self._clean = [c_lag, new * c_lag + (1 - new) * c_new, l_lag, new * l_lag + (1 - new) * l_new]
            v_lag, v_new, both = self._variance
            # Var(l') = (1-a)^2 V + a^2 Var(l); Var(s') = b^2 Var(l') + (1-b)^2 Var(s) + 2 b (1-b) a Cov(l, s): the
            # new picture's noise is independent of both, so the covariance of l' with s is a Cov(l, s).
            v_lag = (1 - lag) ** 2 * variance + lag**2 * v_lag
            v_new = new**2 * v_lag + (1 - new) ** 2 * v_new + 2 * new * (1 - new) * lag * both
            self._variance = [v_lag, v_new, new * v_lag + (1 - new) * lag * both]
        unit = np.float32(1.0 / self.target_quanta)
        return Clean(
            with_cement=self._clean[1] * unit,
            without_cement=(self._clean[1] + self._clean[3]) * unit,
            sigma=np.sqrt(self._variance[1] * np.float32(self._visible_gain)) * unit,
        )
