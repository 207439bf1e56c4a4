"""Key images as one DICOM file (multi-frame grayscale byte secondary capture), without any name of a patient."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MultiFrameGrayscaleByteSecondaryCaptureImageStorage, generate_uid

from assistant import __version__
from assistant.errors import UsageError
from assistant.identity import Identity
from assistant.lengths import UNCAL
from assistant.reports.tables import export_file
from assistant.vocabulary import Frame, Measure, Unknown

_MOST_TEXT = 64
"""Signs of a long string (LO)."""


def write_dicom(path: Path, frames: Sequence[Frame], scales: Sequence[Measure], identity: Identity) -> None:
    """Write the pictures as they are, whole or not at all.

    Identifiers are made anew, names stay empty. Whether something is written into the picture is not known to the
    program, so the file says that there may be. The scale stands in the comment, not in Pixel Spacing: it holds in the
    plane of the vertebra alone.

    Parameters
    ----------
    path : Path
    frames : sequence of Frame
        One or more, of one size.
    scales : sequence of float or Unknown
        mm per px of each of them (`assistant.review.measurements.mm_per_px_of`).
    identity : Identity
        Its random ids become Study ID and series description; its day does not travel.

    Raises
    ------
    UsageError
        If there is no picture, or they differ in size.
    EnvironmentError_
        If the file cannot be written.
    """
    if not frames or len({frame.grey.shape for frame in frames}) != 1:
        raise UsageError("one or more pictures of one size are needed for a DICOM file; mark a key image first")
    pixels = np.stack([_eight_bits(frame) for frame in frames])
    made = _dataset(path, pixels)
    numbers = ", ".join(str(frame.index) for frame in frames)
    made.StudyID, made.SeriesDescription = identity.case_id, identity.words[:_MOST_TEXT]
    about = f"Frames {numbers} of a recorded run. {_scales(frames, scales)} Research software, not a diagnosis."
    made.ImageComments = f"{identity.words}. {about}"
    with export_file(path) as part:
        made.save_as(part, enforce_file_format=True)


def _scales(frames: Sequence[Frame], scales: Sequence[Measure]) -> str:
    """The scale as sentences: one for all pictures, or which of them has which."""
    of: dict[str, list[str]] = {}
    for frame, mm_per_px in zip(frames, scales, strict=True):
        of.setdefault(_scale(mm_per_px), []).append(str(frame.index))
    if len(of) == 1:
        return f"Scale {next(iter(of))}."
    return " ".join(f"Scale of {', '.join(numbers)}: {scale}." for scale, numbers in of.items())


def _scale(mm_per_px: Measure) -> str:
    if not isinstance(mm_per_px, Unknown):
        return f"about {mm_per_px:#.3g} mm/px in the plane of the vertebra"
    return f"not set ({UNCAL})" if mm_per_px.reason == UNCAL else f"not known ({mm_per_px.reason})"


def _eight_bits(frame: Frame) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    grey = frame.grey if frame.white == 255 else np.right_shift(frame.grey, 8)
    return np.asarray(grey, dtype=np.uint8)


def _dataset(path: Path, pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> FileDataset:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = MultiFrameGrayscaleByteSecondaryCaptureImageStorage
    meta.MediaStorageSOPInstanceUID = generate_uid()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made = FileDataset(str(path), {}, file_meta=meta, preamble=b"\0" * 128)
    made.SOPClassUID, made.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
    made.StudyInstanceUID, made.SeriesInstanceUID = generate_uid(), generate_uid()
    made.PatientName = made.PatientID = made.PatientBirthDate = made.PatientSex = ""
    made.PatientIdentityRemoved = "YES"
    made.DeidentificationMethod = "Identifiers made anew, names left empty"
    made.StudyDate = made.StudyTime = made.AccessionNumber = made.ReferringPhysicianName = ""
    made.LongitudinalTemporalInformationModified = "REMOVED"
    made.Modality, made.SeriesNumber, made.InstanceNumber = "OT", 1, 1
    made.ConversionType, made.BurnedInAnnotation = "WSD", "YES"
    made.Manufacturer, made.SoftwareVersions = "fluoroscopy assistant", __version__
    # When this file was made; the day of its pictures is left out, and no reader may take the one for the other.
    made.InstanceCreationDate = datetime.now(UTC).strftime("%Y%m%d")
    made.InstanceCreationTime = datetime.now(UTC).strftime("%H%M%S")
    made.ContentDate = made.ContentTime = ""
    made.SpecificCharacterSet = "ISO_IR 192"
    made.PatientOrientation = ""
    made.NumberOfFrames, made.Rows, made.Columns = pixels.shape
    made.FrameIncrementPointer = 0x00181065  # Frame Time Vector
    made.FrameTimeVector = [0.0] * len(pixels)
    made.SamplesPerPixel, made.PhotometricInterpretation = 1, "MONOCHROME2"
    made.BitsAllocated = made.BitsStored = 8
    made.HighBit, made.PixelRepresentation = 7, 0
    made.RescaleIntercept, made.RescaleSlope, made.RescaleType = 0, 1, "US"
    made.PresentationLUTShape = "IDENTITY"
    content = pixels.tobytes()
    made.PixelData = content + b"\0" * (len(content) % 2)
    return made
