"""Inputs as other people's recorders, archives and viewers write them, made anew from a few pictures."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate, generate_frames
from pydicom.fileset import FileSet
from pydicom.sequence import Sequence
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    JPEGBaseline8Bit,
    JPEGLSLossless,
    RLELossless,
)

FRAME_TIME = {"FrameTime": "100", "FrameIncrementPointer": 0x00181063}
XA = "1.2.840.10008.5.1.4.1.1.12.1"


@dataclass
class Bench:
    """A folder, and the pictures that every input shows, ten a second where it says so."""

    folder: Path
    pictures: NDArray[np.uint8]

    @property
    def count(self) -> int:
        return len(self.pictures)

    def path(self, name: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def header(self, syntax: str = ExplicitVRLittleEndian, bits: int = 8, stored: int = 0, **values: Any) -> Dataset:
        """A DICOM header; values of None are left out."""
        d = Dataset()
        d.file_meta = FileMetaDataset()
        d.file_meta.TransferSyntaxUID, d.file_meta.MediaStorageSOPClassUID = syntax, XA
        d.file_meta.MediaStorageSOPInstanceUID = d.SOPInstanceUID = values.pop("SOPInstanceUID", "1.2.3.4.5")
        d.SOPClassUID, d.Modality, d.PatientName, d.PatientID = XA, "XA", "Test^X", "1"
        d.StudyInstanceUID, d.SeriesInstanceUID, d.StudyDate, d.StudyTime = "1.2.3", "1.2.3.4", "20261129", "120000"
        d.Rows, d.Columns = self.pictures.shape[1:3]
        d.SamplesPerPixel, d.PhotometricInterpretation, d.PixelRepresentation = 1, "MONOCHROME2", 0
        d.BitsAllocated, d.BitsStored = bits, stored or bits
        d.HighBit, d.NumberOfFrames = d.BitsStored - 1, self.count
        for name, value in values.items():
            if value is None:
                delattr(d, name)
            else:
                setattr(d, name, value)
        return d

    def dicom(self, name: str, d: Dataset, data: bytes | None = None) -> Path:
        d.PixelData = self.pictures.tobytes() if data is None else data
        d["PixelData"].VR = "OB" if d.BitsAllocated == 8 else "OW"
        d.save_as(self.path(name), enforce_file_format=True)
        return self.path(name)

    def packed(self, name: str, d: Dataset, data: bytes) -> Path:
        d.PixelData = data
        d["PixelData"].VR, d["PixelData"].is_undefined_length = "OB", True
        d.save_as(self.path(name), enforce_file_format=True)
        return self.path(name)

    def video(
        self,
        name: str,
        codec: str,
        pixel_format: str,
        *,
        options: dict[str, str] | None = None,
        container: dict[str, str] | None = None,
        pictures: NDArray[Any] | None = None,
        unit: Fraction = Fraction(1, 10),
        stamps: tuple[int, ...] | None = None,
        kind: str | None = None,
        rate: int = 10,
        **stream_values: Any,
    ) -> Path:
        """A video of ten pictures a second; ``kind``: FFmpeg's name of the container where the name does not tell."""
        path = self.path(name)
        shown = self.pictures if pictures is None else pictures
        with av.open(f"file:{path}", "w", format=kind, options=container or {}) as file:
            stream = file.add_stream(codec, rate=rate, options=options or {})
            stream.height, stream.width = shown.shape[1:3]
            stream.pix_fmt = pixel_format
            stream.codec_context.time_base = unit
            for key, value in stream_values.items():
                setattr(stream.codec_context, key, value)
            for k, picture in enumerate(shown):
                deep = "gray16le" if picture.dtype == np.uint16 else "gray"
                frame = av.VideoFrame.from_ndarray(picture, format=deep)
                frame = frame if pixel_format == deep else frame.reformat(format=pixel_format, dst_color_range=2)
                frame.pts, frame.time_base = (k if stamps is None else stamps[k]), unit
                file.mux(stream.encode(frame))
            file.mux(stream.encode(None))
        return path

    def packets(self, path: Path) -> list[bytes]:
        with av.open(str(path)) as file:
            return [bytes(packet) for packet in file.demux(video=0) if packet.size]

    def remuxed(self, like: Path, name: str, data: list[bytes]) -> Path:
        """Pictures (each a key picture) in a container of their own, a tenth of a second apart; empty ones too."""
        with av.open(str(like)) as source, av.open(str(self.path(name)), "w") as file:
            stream = file.add_stream_from_template(source.streams.video[0])
            for k, one in enumerate(data):
                packet = av.Packet(one)
                packet.stream, packet.time_base, packet.is_keyframe = stream, Fraction(1, 10), True
                packet.pts = packet.dts = k
                file.mux(packet)
        return self.path(name)

    def jpegs(self) -> list[bytes]:
        return [cv2.imencode(".jpg", p, [cv2.IMWRITE_JPEG_QUALITY, 100])[1].tobytes() for p in self.pictures]

    def coded(self, syntax: str) -> list[bytes]:
        d = self.header()
        d.PixelData = self.pictures.tobytes()
        d["PixelData"].VR = "OB"
        d.compress(syntax, generate_instance_uid=False)
        return list(generate_frames(d.PixelData, number_of_frames=self.count))


@dataclass(frozen=True)
class Case:
    """An input, and what has to come of it.

    Attributes
    ----------
    make : callable
        Writes it; gives what is opened.
    frames : int or None
        None: as many as there are pictures.
    times_s : tuple of float or None
        None: ten pictures a second.
    worst : int or None
        How far a grey value (of 255) may lie off the picture's; None: not looked at.
    notes : tuple of str
        Each a part of one of the run's notes.
    refused : str
        Part of the sentence with which it is refused; empty where it is read.
    fps : float or None
        As typed behind ``--fps``.
    scale : float or None
        Millimetres a pixel that are proposed.
    lost : tuple of int
        Frames that have no picture.
    inside : bool
        Opened by its bare name, as from within its folder.
    """

    name: str
    make: Callable[[Bench], Path]
    frames: int | None = None
    times_s: tuple[float, ...] | None = None
    clock: str = "file"
    worst: int | None = 1
    notes: tuple[str, ...] = ()
    refused: str = ""
    fps: float | None = None
    scale: float | None = None
    lost: tuple[int, ...] = ()
    inside: bool = False


CASES: list[Case] = []


def case(name: str, **expected: Any) -> Callable[[Callable[[Bench], Path]], Callable[[Bench], Path]]:
    """Put an input into the table."""

    def keep(make: Callable[[Bench], Path]) -> Callable[[Bench], Path]:
        CASES.append(Case(name, make, **expected))
        return make

    return keep


def headed(name: str, values: dict[str, Any], **expected: Any) -> None:
    """A plain DICOM file with these header entries."""
    case(name, **expected)(lambda b: b.dicom(f"{name}.dcm", b.header(**values)))


# --- DICOM: when each frame was taken --------------------------------------------------------------------------------

STEPS = (0, 50, 50, 200, 200, 50, 50, 50)
STEPPED = (0.0, 0.05, 0.1, 0.3, 0.5, 0.55, 0.6, 0.65)
VECTOR = 0x00181065

headed("dicom_frame_time", FRAME_TIME)
headed("dicom_cine_rate", {"CineRate": "10"})
headed("dicom_display_rate", {"RecommendedDisplayFrameRate": "10"}, notes=("how fast it is to be shown",))
headed("dicom_duration", {"EffectiveDuration": "0.8"}, notes=("spread over that",))
headed("dicom_actual_duration", {"ActualFrameDuration": "100"})
headed("dicom_contradiction", {"CineRate": "10", "EffectiveDuration": "9"}, notes=("contradicts itself",))
headed("dicom_vector", {"FrameTimeVector": list(STEPS), "FrameIncrementPointer": VECTOR}, times_s=STEPPED)
headed(
    "dicom_vector_short",
    {"FrameTimeVector": list(STEPS[1:]), "FrameIncrementPointer": VECTOR},
    times_s=STEPPED,
    notes=("FrameTimeVector has 7 entries for 8 frames",),
)
headed(
    "dicom_vector_long",
    {"FrameTimeVector": [*STEPS, 50], "FrameIncrementPointer": VECTOR},
    times_s=STEPPED,
    notes=("FrameTimeVector has 9 entries for 8 frames",),
)
headed(
    "dicom_vector_of_three",
    {"FrameTimeVector": [0, 50, 50], "FrameIncrementPointer": VECTOR, "FrameTime": "100"},
    notes=("FrameTimeVector (3 entries for 8 frames) cannot be right",),
)
headed("dicom_pointer", {"FrameTimeVector": list(STEPS), **FRAME_TIME})
headed(
    "dicom_no_time",
    {},
    clock="assumed",
    times_s=tuple(k / 15 for k in range(8)),
    notes=("15 pictures a second are assumed",),
)
headed("dicom_no_time_but_fps", {}, clock="option", fps=10.0, notes=("10 pictures a second, as given",))
headed("dicom_fps_not_used", FRAME_TIME, fps=25.0, notes=("the rate given (25) was not used",))
headed("dicom_frame_time_0", {"FrameTime": "0", "CineRate": "10"})


def _own_times(b: Bench, name: str, moments: list[str]) -> Path:
    frames = []
    for moment in moments:
        content, frame = Dataset(), Dataset()
        content.FrameAcquisitionDateTime = moment
        frame.FrameContentSequence = Sequence([content])
        frames.append(frame)
    return b.dicom(name, b.header(PerFrameFunctionalGroupsSequence=Sequence(frames), **FRAME_TIME))


case("dicom_own_times", times_s=STEPPED)(
    lambda b: _own_times(b, "own.dcm", [f"20261129120000.{round(t_s * 1e6):06d}" for t_s in STEPPED])
)
case("dicom_own_times_in_whole_seconds", notes=("known to a second alone",))(
    lambda b: _own_times(b, "coarse.dcm", [f"2026112912000{k // 5}" for k in range(8)])
)


# --- DICOM: scale and shape of a pixel -------------------------------------------------------------------------------

DETECTOR = {**FRAME_TIME, "ImagerPixelSpacing": [0.3, 0.3]}
headed("scale_factor", {**DETECTOR, "EstimatedRadiographicMagnificationFactor": "1.5"}, scale=0.2)
headed("scale_factor_0", {**DETECTOR, "EstimatedRadiographicMagnificationFactor": "0"})
headed(
    "scale_two_spacings",
    {**DETECTOR, "PixelSpacing": [0.2, 0.2], "EstimatedRadiographicMagnificationFactor": "1"},
    scale=0.2,
)
headed("scale_one_spacing", {**FRAME_TIME, "PixelSpacing": [0.2, 0.2]})
headed("scale_distances", {**DETECTOR, "DistanceSourceToDetector": "900", "DistanceSourceToPatient": "600"}, scale=0.2)
headed("pixels_not_square", {**FRAME_TIME, "PixelAspectRatio": ["4", "3"]}, notes=("not square",))

# --- DICOM: grey -----------------------------------------------------------------------------------------------------


@case("dicom_10_of_16_bits", worst=None, notes=("shown are stored values 0 to 1023",))
def _(b: Bench) -> Path:
    return b.dicom("ten.dcm", b.header(bits=16, **FRAME_TIME), (b.pictures.astype(np.uint16) * 4).tobytes())


@case("dicom_above_0", worst=None, notes=("none that can be used; shown are stored values",))
def _(b: Bench) -> Path:
    return b.dicom("above.dcm", b.header(bits=16, **FRAME_TIME), (b.pictures.astype(np.uint16) * 2 + 300).tobytes())


@case("dicom_12_bits", worst=16)
def _(b: Bench) -> Path:
    values = b.pictures.astype(np.uint16) * 16 | 0xF000
    return b.dicom("twelve.dcm", b.header(bits=16, stored=12, **FRAME_TIME), values.tobytes())


@case("dicom_inverted", notes=("MONOCHROME1",))
def _(b: Bench) -> Path:
    d = b.header(PhotometricInterpretation="MONOCHROME1", **FRAME_TIME)
    return b.dicom("inverted.dcm", d, (255 - b.pictures).tobytes())


@case("dicom_palette")
def _(b: Bench) -> Path:
    d = b.header(PhotometricInterpretation="PALETTE COLOR", **FRAME_TIME)
    for colour in ("Red", "Green", "Blue"):
        setattr(d, colour + "PaletteColorLookupTableDescriptor", [256, 0, 16])
        setattr(d, colour + "PaletteColorLookupTableData", (np.arange(256, dtype=np.uint16) * 257).tobytes())
    return b.dicom("palette.dcm", d)


headed(
    "dicom_palette_without_colours",
    {"PhotometricInterpretation": "PALETTE COLOR"},
    refused="its table of colours is not whole",
)

# --- DICOM: many frames stay many ------------------------------------------------------------------------------------


@case("dicom_padded", notes=("bytes behind the last frame are left out",))
def _(b: Bench) -> Path:
    return b.dicom("padded.dcm", b.header(**FRAME_TIME), b.pictures.tobytes() + bytes(512))


@case("dicom_no_count", notes=("NumberOfFrames",))
def _(b: Bench) -> Path:
    return b.dicom("no_count.dcm", b.header(NumberOfFrames=None, **FRAME_TIME))


headed("dicom_count_of_fewer", {"NumberOfFrames": 3}, refused="NumberOfFrames")


@case("dicom_deflated")
def _(b: Bench) -> Path:
    return b.dicom("deflated.dcm", b.header(DeflatedExplicitVRLittleEndian, **FRAME_TIME))


@case("dicom_deflated_cut", refused="ends after")
def _(b: Bench) -> Path:
    path = b.dicom("deflated_cut.dcm", b.header(DeflatedExplicitVRLittleEndian, **FRAME_TIME))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path


def _item(data: bytes) -> bytes:
    data += bytes(len(data) & 1)
    return b"\xfe\xff\x00\xe0" + struct.pack("<I", len(data)) + data


def _with_table(b: Bench, shift: int) -> bytes:
    places, at, coded = [], 0, b.jpegs()
    for one in coded:
        places.append(at + shift)
        at += 8 + len(one) + (len(one) & 1)
    return _item(struct.pack(f"<{len(places)}I", *places)) + b"".join(_item(one) for one in coded)


@case("dicom_table", worst=4)
def _(b: Bench) -> Path:
    return b.packed("table.dcm", b.header(JPEGBaseline8Bit, **FRAME_TIME), _with_table(b, 0))


@case("dicom_bad_table", worst=4, notes=("table of where its frames begin is wrong",))
def _(b: Bench) -> Path:
    return b.packed("bad_table.dcm", b.header(JPEGBaseline8Bit, **FRAME_TIME), _with_table(b, 8))


@case("dicom_jpeg_no_count", worst=4, notes=("NumberOfFrames",))
def _(b: Bench) -> Path:
    d = b.header(JPEGBaseline8Bit, NumberOfFrames=None, **FRAME_TIME)
    return b.packed("jpeg_no_count.dcm", d, encapsulate(b.jpegs(), has_bot=False))


@case("dicom_jpeg_fragments", worst=4)
def _(b: Bench) -> Path:
    data = encapsulate(b.jpegs(), fragments_per_frame=3, has_bot=False)
    return b.packed("fragments.dcm", b.header(JPEGBaseline8Bit, **FRAME_TIME), data)


@case("dicom_rle_fragments")
def _(b: Bench) -> Path:
    data = encapsulate(b.coded(RLELossless), fragments_per_frame=2, has_bot=False)
    return b.packed("rle.dcm", b.header(RLELossless, **FRAME_TIME), data)


@case("dicom_fragments_without_marks", refused="NumberOfFrames")
def _(b: Bench) -> Path:
    parts = [part for one in b.coded(RLELossless) for part in (one[64:], one[:64])]
    return b.packed("marks.dcm", b.header(RLELossless, **FRAME_TIME), encapsulate(parts, has_bot=False))


# --- decoders --------------------------------------------------------------------------------------------------------


def _broken(b: Bench, syntax: str, change: Callable[[bytes], bytes]) -> Path:
    coded = b.coded(syntax)
    coded[0] = change(coded[0])
    return b.packed("broken.dcm", b.header(syntax, **FRAME_TIME), encapsulate(coded, has_bot=False))


@case("rle_too_long", refused="frame 0 cannot be decoded (RLE Lossless")
def _(b: Bench) -> Path:
    """Longer than the picture, in samples of two bytes: it came in as another picture, or the decoder panicked."""
    d = b.header(RLELossless, bits=16, **FRAME_TIME)
    high = b"\x81\x01" * (b.pictures[0].size // 128)
    coded = struct.pack("<16I", 2, 64, 64 + len(high), *[0] * 13) + high + high + b"\x81\x01" * 3
    return b.packed("panic.dcm", d, encapsulate([coded] * b.count, has_bot=False))


@case("jpegls_without_end", lost=(0,))
def _(b: Bench) -> Path:
    return _broken(b, JPEGLSLossless, lambda one: one[: len(one) // 2])


@case("length_past_the_end", refused="it is not whole")
def _(b: Bench) -> Path:
    path = b.dicom("length.dcm", b.header(**FRAME_TIME))
    data = bytearray(path.read_bytes())
    at = data.index(b"\x08\x00\x60\x00CS") + 6  # the length of Modality: gigabytes
    data[at - 2 : at] = b"UN"
    path.write_bytes(bytes(data[:at]) + b"\0\0" + struct.pack("<I", 0xF0000000) + bytes(data[at + 2 :]))
    return path


# --- videos: the picture by number is the picture in order -----------------------------------------------------------


def coded(name: str, codec: str, pixel_format: str, *, worst: int | None = None, **how: Any) -> None:
    """A video in this coding; without ``worst`` it is lossy."""
    case(name, worst=worst)(lambda b: b.video(name, codec, pixel_format, **how))


B_FRAMES = {"bf": "2", "g": "4", "qp": "6"}
coded("ffv1.mkv", "ffv1", "gray", worst=0)
coded("huffyuv.avi", "huffyuv", "rgb24", worst=1)
coded("magicyuv.avi", "magicyuv", "gbrp", worst=1)
coded("utvideo.avi", "utvideo", "gbrp", worst=1)
coded("rawvideo.avi", "rawvideo", "gray", worst=0)
coded("rawvideo.mov", "rawvideo", "rgb24", worst=1)
coded("png.mov", "png", "rgb24", worst=1)
coded("qtrle.mov", "qtrle", "gray", worst=1)
coded("mjpeg.avi", "mjpeg", "yuvj420p", options={"q": "1"})
coded("mjpeg.mov", "mjpeg", "yuvj444p", options={"q": "1"})
coded("h264.mp4", "libx264", "yuvj420p", options=B_FRAMES)
coded("h264.mkv", "libx264", "yuvj420p", options=B_FRAMES)
coded("h264.mov", "libx264", "gray", options=B_FRAMES)
coded("h264.avi", "libx264", "yuvj420p", options={**B_FRAMES, "bf": "0"})
coded("h264.ts", "libx264", "yuvj420p", options=B_FRAMES)
coded("h264.flv", "libx264", "yuvj420p", options=B_FRAMES)
coded("h264_fragments.mp4", "libx264", "yuvj420p", options=B_FRAMES, container={"movflags": "frag_keyframe+empty_moov"})
coded("hevc.mp4", "libx265", "yuv420p", options={"x265-params": "log-level=none:bframes=2:keyint=4:qp=6"})
coded("mpeg4.avi", "mpeg4", "yuv420p", options={"q": "2", "g": "4"})
coded("mpeg4.mp4", "mpeg4", "yuv420p", options={"bf": "2", "g": "4"})
coded("vp9.webm", "libvpx-vp9", "yuv420p", options={"crf": "4", "b": "0", "lag-in-frames": "4"})
coded("vp8.webm", "libvpx", "yuv420p", options={"crf": "4", "b": "2M"})
coded("wmv2.wmv", "wmv2", "yuv420p", options={"q": "2"})
coded("prores.mov", "prores_ks", "yuv422p10le")
coded("ffv1.nut", "ffv1", "gray", worst=0)


def _dib_avi(path: Path, pictures: NDArray[np.uint8]) -> Path:
    """Uncompressed 8-bit AVI with a palette, as ImageJ and many grabber programs write it."""
    n, h, w = pictures.shape
    stride = (w + 3) // 4 * 4

    def chunk(name: bytes, data: bytes) -> bytes:
        return name + struct.pack("<I", len(data)) + data + bytes(len(data) & 1)

    def group(kind: bytes, data: bytes) -> bytes:
        return b"LIST" + struct.pack("<I", len(data) + 4) + kind + data

    avih = struct.pack("<14I", 100_000, 0, 0, 0x10, n, 0, 1, stride * h, w, h, 0, 0, 0, 0)
    strh = b"vidsDIB " + struct.pack("<IHHIIIIIIIIhhhh", 0, 0, 0, 0, 1, 10, 0, n, stride * h, 2**32 - 1, 0, 0, 0, w, h)
    strf = struct.pack("<IiiHHIIiiII", 40, w, h, 1, 8, 0, stride * h, 0, 0, 256, 0)
    strf += b"".join(bytes((i, i, i, 0)) for i in range(256))
    head = group(b"hdrl", chunk(b"avih", avih) + group(b"strl", chunk(b"strh", strh) + chunk(b"strf", strf)))
    movi = index = b""
    for p in pictures:
        rows = np.zeros((h, stride), np.uint8)
        rows[:, :w] = p[::-1]
        index += b"00db" + struct.pack("<III", 0x10, len(movi) + 4, stride * h)
        movi += chunk(b"00db", rows.tobytes())
    body = b"AVI " + head + group(b"movi", movi) + chunk(b"idx1", index)
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    return path


@case("palette.avi", worst=0)
def _(b: Bench) -> Path:
    return _dib_avi(b.path("palette.avi"), b.pictures)


@case("gif", worst=8)
def _(b: Bench) -> Path:
    return b.video("run.gif", "gif", "gray")


@case("variable_rate.mp4", worst=None, times_s=STEPPED)
def _(b: Bench) -> Path:
    stamps = tuple(round(t * 1000) for t in STEPPED)
    return b.video("variable.mp4", "libx264", "yuvj420p", options=B_FRAMES, stamps=stamps, unit=Fraction(1, 1000))


@case("ten_bits.mkv", worst=None, notes=("shown are 0 to 1023",))
def _(b: Bench) -> Path:
    return b.video("ten_bits.mkv", "ffv1", "gray16le", pictures=b.pictures.astype(np.uint16) * 4)


@case("sixteen_bits.mkv", worst=1)
def _(b: Bench) -> Path:
    return b.video("sixteen_bits.mkv", "ffv1", "gray16le", pictures=b.pictures.astype(np.uint16) * 257)


@case("still_first", worst=0, notes=("2 video streams",))
def _(b: Bench) -> Path:
    film, path = b.video("film.mkv", "ffv1", "gray"), b.path("still_first.mkv")
    cover = b.video("cover.mkv", "mjpeg", "yuvj420p", pictures=b.pictures[:1])
    with av.open(str(cover)) as still, av.open(str(film)) as run, av.open(str(path), "w") as file:
        for source in (still, run):
            file.add_stream_from_template(source.streams.video[0])
        for stream, source in zip(file.streams.video, (still, run), strict=True):
            for packet in source.demux(video=0):
                if packet.dts is not None:
                    packet.stream = stream
                    file.mux(packet)
    return path


@case("mkv_of_a_killed_recorder", refused="missing at its end")
def _(b: Bench) -> Path:
    path = b.video("killed.mkv", "ffv1", "gray", container={"live": "1"}, kind="matroska")
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    return path


@case("mkv_never_closed", worst=0, notes=("never closed by its writer",))
def _(b: Bench) -> Path:
    return b.video("open.mkv", "ffv1", "gray", container={"live": "1"}, kind="matroska")


# --- names and pictures ----------------------------------------------------------------------------------------------

for _name in (
    "2026-11-29T10:30:00.mkv",
    "M\u00fc \u21161 '%03d' #?.mkv",
    "http:x.mkv",
    "no suffix",
    "n" * 240 + ".mkv",
):
    case(f"named {_name[:24]}", worst=0, inside=True)(
        lambda b, name=_name: b.video(name, "ffv1", "gray", kind="matroska")
    )


def _numbered(b: Bench, folder: str, suffix: str, factor: int = 1) -> Path:
    for k, picture in enumerate(b.pictures):
        stored = picture if factor == 1 else picture.astype(np.uint16) * factor
        assert cv2.imwrite(str(b.path(f"{folder}/{k:03d}.{suffix}")), stored)
    return b.path(folder)


STILLS = {"clock": "option", "fps": 10.0}
case("png_folder", worst=0, **STILLS)(lambda b: _numbered(b, "png", "png"))
case("tiff_folder", worst=0, **STILLS)(lambda b: _numbered(b, "tiff", "tif"))
case("png_16_bits", worst=1, **STILLS)(lambda b: _numbered(b, "png16", "png", 257))
case("png_10_of_16_bits", worst=None, notes=("shown are the values 0 to 1023",), **STILLS)(
    lambda b: _numbered(b, "png10", "png", 4)
)


@case("tiff_stack", worst=0, **STILLS)
def _(b: Bench) -> Path:
    assert cv2.imwritemulti(str(b.path("stack.tif")), list(b.pictures))
    return b.path("stack.tif")


@case("one_picture", refused="a single picture is no run")
def _(b: Bench) -> Path:
    return _numbered(b, "one", "png") / "000.png"


# --- folders ---------------------------------------------------------------------------------------------------------


@case("folder_of_a_uid")
def _(b: Bench) -> Path:
    return b.dicom("uid/1.3.12.2.1107.5.4.5.30000", b.header(**FRAME_TIME)).parent


def _report(b: Bench, name: str) -> Path:
    d = Dataset()
    d.file_meta = FileMetaDataset()
    d.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    d.file_meta.MediaStorageSOPClassUID = d.SOPClassUID = "1.2.840.10008.5.1.4.1.1.88.11"
    d.file_meta.MediaStorageSOPInstanceUID = d.SOPInstanceUID = "1.2.9"
    d.Modality, d.PatientName = "SR", "Test^X"
    d.save_as(b.path(name), enforce_file_format=True)
    return b.path(name)


@case("folder_with_a_report")
def _(b: Bench) -> Path:
    b.dicom("mixed/XA1.dcm", b.header(**FRAME_TIME))
    return _report(b, "mixed/SR1.dcm").parent


@case("folder_of_a_report", refused="holds no picture")
def _(b: Bench) -> Path:
    return _report(b, "report/SR1.dcm").parent


def _cd(b: Bench, folder: str) -> Path:
    d = b.header(**FRAME_TIME)
    d.InstanceNumber, d.SeriesNumber, d.StudyID = 1, 1, "1"
    files = FileSet()
    files.add(pydicom.dcmread(b.dicom(f"{folder}.dcm", d)))
    files.write(b.path(folder))
    files._stage["t"].cleanup()  # else its end is a warning in whichever test comes next
    return b.path(folder)


case("cd", notes=("The run was found at",))(lambda b: _cd(b, "cd"))
case("dicomdir", notes=("The run was found at",))(lambda b: _cd(b, "cd2") / "DICOMDIR")


@case("cd_of_two_runs", refused="hold 2 runs (A1: 2026-11-29 12:00, 8 frames; A2: 2026-11-30 12:00, 8 frames)")
def _(b: Bench) -> Path:
    for k, day in ((1, "20261129"), (2, "20261130")):
        b.dicom(f"cd3/IMAGES/A{k}", b.header(StudyDate=day, SOPInstanceUID=f"1.2.{k}", **FRAME_TIME))
    return b.path("cd3")


@case("folder_of_two_runs", refused="holds 2 runs (a.mkv; b.mkv); give one of them")
def _(b: Bench) -> Path:
    for name in ("two/a.mkv", "two/b.mkv"):
        b.video(name, "ffv1", "gray")
    return b.path("two")


def _singles(b: Bench, folder: str, header: Callable[[int], dict[str, Any]], pictures: Any = None) -> Path:
    """A file a picture, called so that names are not the order in which they were taken."""
    for k, picture in enumerate(b.pictures if pictures is None else pictures):
        bits = {"bits": picture.dtype.itemsize * 8, "NumberOfFrames": None, "SOPInstanceUID": f"1.2.{k}"}
        d = b.header(**{**bits, "InstanceNumber": str(k + 1), **header(k)})
        b.dicom(f"{folder}/IM{(k * 5 + 3) % 8}", d, picture.tobytes())
    return b.path(folder)


case("dicom_series", notes=("8 files of one picture each are one run",))(
    lambda b: _singles(b, "series", lambda k: {"AcquisitionDate": "20261129", "AcquisitionTime": f"1200{k / 10:09.6f}"})
)
case("dicom_series_with_a_zone")(
    lambda b: _singles(b, "zone", lambda k: {"AcquisitionDateTime": f"20261129120000.{k}00+0100"})
)
case("dicom_series_in_whole_seconds", notes=("known to a second alone",), **STILLS)(
    lambda b: _singles(b, "coarse", lambda k: {"AcquisitionDate": "20261129", "AcquisitionTime": f"12000{k // 5}"})
)
case("dicom_series_of_many_windows", worst=1, notes=("7 of 8 files state another window",), **STILLS)(
    lambda b: _singles(b, "windows", lambda k: {"WindowCenter": str(128 - 9 * k), "WindowWidth": "256"})
)
case("dicom_slices", refused="slices of a body (CT) are no film")(
    lambda b: _singles(b, "ct", lambda _: {"Modality": "CT"})
)
case("dicom_file_of_slices", refused="slices of a body (MR), no film")(
    lambda b: b.dicom("mr.dcm", b.header(Modality="MR", **FRAME_TIME))
)
case("dicom_singles_without_a_series", refused="8 single DICOM pictures that do not say")(
    lambda b: _singles(b, "loose", lambda _: {"SeriesInstanceUID": None})
)
case("dicom_singles_of_many_patients", refused="8 single DICOM pictures that do not say")(
    lambda b: _singles(b, "patients", lambda k: {"PatientID": f"P{k}"})
)


@case("dicom_film_beside_slices")
def _(b: Bench) -> Path:
    b.dicom("theatre/film", b.header(**FRAME_TIME, SeriesInstanceUID="1.2.7"))
    return _singles(b, "theatre", lambda _: {"Modality": "CT"})


@case("dicom_series_with_one_of_another_size", notes=("1 pictures of the series have another size",), **STILLS)
def _(b: Bench) -> Path:
    small = b.pictures[0, :20]
    d = b.header(NumberOfFrames=None, SOPInstanceUID="1.2.99", Rows=20)
    b.dicom("sizes/localizer", d, small.tobytes())
    return _singles(b, "sizes", lambda _: {})


case("dicom_series_without_times", **STILLS)(lambda b: _singles(b, "untimed", lambda _: {}))


@case("video_and_thumbnail", worst=0, notes=("Beside run.mkv lie pictures",))
def _(b: Bench) -> Path:
    cv2.imwrite(str(b.path("thumb/thumb_001.png")), b.pictures[0])
    return b.video("thumb/run.mkv", "ffv1", "gray").parent


@case("video_and_snapshots", worst=0, notes=("Beside run.mkv lie pictures",))
def _(b: Bench) -> Path:
    for k in range(5):
        cv2.imwrite(str(b.path(f"snapshots/snapshot_{k}.png")), b.pictures[k])
    return b.video("snapshots/run.mkv", "ffv1", "gray").parent


@case("pictures_and_video", refused="holds 2 runs (run.mkv; 000.png: 8 pictures); give the first by its name")
def _(b: Bench) -> Path:
    b.video("both/run.mkv", "ffv1", "gray")
    return _numbered(b, "both", "png")


@case("folder_of_a_video_by_content", worst=0)
def _(b: Bench) -> Path:
    return b.video("content/recording", "ffv1", "gray", kind="matroska").parent


case("folder_of_nothing", refused="the folder holds no run that can be read")(lambda b: b.path("nothing/x").parent)


# --- a video inside a DICOM file -------------------------------------------------------------------------------------


def _in_dicom(b: Bench, syntax: str, film: Path, **header: Any) -> Path:
    d = b.header(
        syntax, SamplesPerPixel=3, PhotometricInterpretation="YBR_PARTIAL_420", PlanarConfiguration=0, **header
    )
    return b.packed(f"{film.name}.dcm", d, encapsulate([film.read_bytes()], has_bot=False))


@case("dicom_h264", worst=None)
def _(b: Bench) -> Path:
    film = b.video("in.h264", "libx264", "yuvj420p", options={**B_FRAMES, "bf": "0"}, kind="h264")
    return _in_dicom(b, "1.2.840.10008.1.2.4.102", film, **FRAME_TIME)


@case("dicom_hevc", worst=None)
def _(b: Bench) -> Path:
    film = b.video("in.mp4", "libx265", "yuv420p", options={"x265-params": "log-level=none:bframes=2:keyint=4:qp=6"})
    return _in_dicom(b, "1.2.840.10008.1.2.4.107", film)


@case("dicom_mpeg2", worst=None)
def _(b: Bench) -> Path:
    film = b.video("in.m2v", "mpeg2video", "yuv420p", options={"b": "4M", "bf": "0", "g": "4"}, kind="mpeg2video")
    return _in_dicom(b, "1.2.840.10008.1.2.4.100", film, **FRAME_TIME)


# --- damage: a picture that cannot be decoded is one lost frame ------------------------------------------------------


def _mjpeg(b: Bench, name: str, broken: dict[int, bytes | None]) -> Path:
    film = b.video("film.avi", "mjpeg", "yuvj420p", options={"q": "1"})
    data = b.packets(film)
    for k, change in broken.items():
        data[k] = data[k][: len(data[k]) // 3] if change is None else change
    return b.remuxed(film, name, data)


case("mjpeg_first_bad", worst=None, lost=(0,))(lambda b: _mjpeg(b, "first.avi", {0: None}))
case("mjpeg_two_bad", worst=None, lost=(3, 6))(lambda b: _mjpeg(b, "two.avi", {3: None, 6: b"no picture"}))
case("mjpeg_last_bad", worst=None, lost=(7,))(lambda b: _mjpeg(b, "last.avi", {7: b"no picture"}))
case("mjpeg_all_bad", refused="not even its first picture can be decoded")(
    lambda b: _mjpeg(b, "all.avi", dict.fromkeys(range(8)))
)


@case("ffv1_one_bad", worst=0, lost=(4,))
def _(b: Bench) -> Path:
    film = b.video("film.mkv", "ffv1", "gray", options={"g": "1", "slicecrc": "1", "level": "3"})
    data = b.packets(film)
    data[4] = data[4][:200] + bytes([data[4][200] ^ 255]) + data[4][201:]
    return b.remuxed(film, "ffv1_bad.mkv", data)


@case("avi_dropped_frames", worst=None, times_s=STEPPED)
def _(b: Bench) -> Path:
    """Empty places for frames that the recorder dropped: none is damaged, each picture keeps its time."""
    stamps = tuple(round(t * 20) for t in STEPPED)
    return b.video("dropped.avi", "mjpeg", "yuvj420p", options={"q": "1"}, stamps=stamps, unit=Fraction(1, 20), rate=20)
