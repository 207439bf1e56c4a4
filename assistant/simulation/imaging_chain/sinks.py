"""Where stored frames go: a video file, numbered pictures, or a DICOM angiography run."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.simulation.scenario import Run

Grey8 = NDArray[np.uint8]


class FrameSink(Protocol):
    """Takes frames in order."""

    def __enter__(self) -> FrameSink:
        """Open."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        ...

    def write(self, grey: Grey8, t_s: float) -> None:
        """One frame."""
        ...


def sink_for(run: Run, folder: Path, times_s: list[float]) -> FrameSink:
    """The sink that a case asks for; ``times_s`` are the time stamps of all frames."""
    if run.output in ("png", "tiff"):
        return PictureSink(folder / "frames", run.output)
    if run.output == "dicom":
        return DicomSink(folder / "run.dcm", times_s, run.fps)
    return VideoSink(folder, run)


_VIDEO: dict[str, tuple[str, str, str, dict[str, str]]] = {
    "ffv1": (
        "run.mkv",
        "ffv1",
        "gray",
        {"level": "3", "coder": "1", "context": "0", "g": "1", "slices": "4", "slicecrc": "1"},
    ),
    "h264": ("run.mkv", "libx264", "gray", {"preset": "slow", "g": "50"}),
    "mjpeg": ("run.avi", "mjpeg", "yuvj420p", {"q": "3"}),
    "huffyuv": ("run.avi", "ffvhuff", "yuv420p", {}),
}


def _rate(run: Run) -> dict[str, str]:
    """Options of x264: a quality, or a stream's rate that it keeps to within half a second."""
    if run.kbit_per_s <= 0:
        return {"crf": str(run.crf)}
    rate = f"{run.kbit_per_s:.0f}k"
    return {"b": rate, "maxrate": rate, "bufsize": f"{run.kbit_per_s / 2:.0f}k"}


class VideoSink:
    """One video file by PyAV; Matroska carries the true time stamps (whole ms), AVI only the nominal rate."""

    def __init__(self, folder: Path, run: Run) -> None:
        """Choose the file."""
        name, self._codec, self._format, options = _VIDEO[run.output]
        self._path = folder / name
        self._options = options | (_rate(run) if run.output == "h264" else {})
        self._run = run
        self._stamped = name.endswith(".mkv")
        self._written = 0

    def __enter__(self) -> VideoSink:
        """Open the file."""
        self._container = av.open(str(self._path), "w", options={"fflags": "+bitexact"})
        rate = Fraction(self._run.fps).limit_denominator(1001)
        stream = self._container.add_stream(self._codec, rate=rate, options=self._options)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = self._run.width_px, self._run.height_px, self._format
        stream.codec_context.time_base = Fraction(1, 1000) if self._stamped else 1 / rate
        # Without the range spelled out grey values come back changed by up to 20.
        stream.codec_context.color_range = 2
        if self._codec == "mjpeg":
            stream.codec_context.qmin = stream.codec_context.qmax = 3
        self._stream = stream
        return self

    def write(self, grey: Grey8, t_s: float) -> None:
        """One frame."""
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(grey), format="gray")
        frame.color_range = 2
        if self._format != "gray":
            frame = frame.reformat(format=self._format, src_color_range=2, dst_color_range=2)
            frame.color_range = 2
        frame.pts = round(t_s * 1000.0) if self._stamped else self._written
        frame.time_base = self._stream.codec_context.time_base
        self._written += 1
        for packet in self._stream.encode(frame):
            self._container.mux(packet)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Flush and close."""
        if kind is None:
            for packet in self._stream.encode(None):
                self._container.mux(packet)
        self._container.close()


class PictureSink:
    """Numbered pictures."""

    def __init__(self, folder: Path, kind: str) -> None:
        """Choose the folder."""
        self._folder, self._kind, self._written = folder, kind, 0

    def __enter__(self) -> PictureSink:
        """Make the folder."""
        self._folder.mkdir(parents=True)
        return self

    def write(self, grey: Grey8, t_s: float) -> None:
        """One picture; a folder of pictures has no clock, so ``t_s`` is not kept."""
        done, data = cv2.imencode(f".{self._kind}", grey)
        if not done:
            raise OSError(0, "the picture could not be packed")
        (self._folder / f"{self._written:06d}.{self._kind}").write_bytes(data.tobytes())
        self._written += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is left open."""


class DicomSink:
    """An X-ray angiographic run, uncompressed, with its frame times."""

    def __init__(self, path: Path, times_s: list[float], fps: float) -> None:
        """Keep where to and when."""
        self._path, self._times_s, self._fps = path, times_s, fps
        self._frames: list[bytes] = []
        self._shape = (0, 0)

    def __enter__(self) -> DicomSink:
        """Nothing to open yet: the header needs the number of frames."""
        return self

    def write(self, grey: Grey8, t_s: float) -> None:
        """One frame."""
        self._shape = (grey.shape[0], grey.shape[1])
        self._frames.append(np.ascontiguousarray(grey).tobytes())

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write the file."""
        if kind is None and self._frames:
            self._dataset().save_as(self._path, enforce_file_format=True)

    def _dataset(self) -> Any:
        from pydicom.dataset import Dataset, FileMetaDataset
        from pydicom.uid import UID, ExplicitVRLittleEndian, generate_uid

        # Same frames, same identifiers: the run stays the same to the bit.
        seed = [self._frames[0][:4096].hex(), self._frames[-1][:4096].hex(), str(len(self._frames))]
        data = Dataset()
        data.file_meta = FileMetaDataset()
        data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        data.file_meta.MediaStorageSOPClassUID = UID("1.2.840.10008.5.1.4.1.1.12.1")
        data.file_meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=[*seed, "instance"])
        data.SOPClassUID = data.file_meta.MediaStorageSOPClassUID
        data.SOPInstanceUID = data.file_meta.MediaStorageSOPInstanceUID
        data.StudyInstanceUID = generate_uid(entropy_srcs=[*seed, "study"])
        data.SeriesInstanceUID = generate_uid(entropy_srcs=[*seed, "series"])
        data.PatientName, data.PatientID, data.Modality = "SIMULATED", "SIM", "XA"
        data.ImageType = ["DERIVED", "PRIMARY", "SINGLE PLANE"]
        data.Rows, data.Columns = self._shape
        data.NumberOfFrames = len(self._frames)
        data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
        data.BitsAllocated = data.BitsStored = 8
        data.HighBit, data.PixelRepresentation = 7, 0
        gaps_ms = [0.0, *(1000.0 * np.diff(self._times_s)).tolist()]
        if np.ptp(gaps_ms[1:] or [0.0]) > 1.5:
            data.FrameIncrementPointer = 0x00181065
            data.FrameTimeVector = [f"{gap:.3f}" for gap in gaps_ms]
        else:
            data.FrameIncrementPointer = 0x00181063
            data.FrameTime = f"{1000.0 / self._fps:.6f}"
        pixels = b"".join(self._frames)
        data.PixelData = pixels + b"\0" * (len(pixels) % 2)
        return data
