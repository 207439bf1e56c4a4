"""A DICOM multi-frame file (XA, RF, SC, ultrasound cine) as a source, read frame by frame."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np

from assistant.capture.dicom.dicom_display import GreyLookup, make_display
from assistant.capture.dicom.dicom_header import DicomHeader, numbers, pixel_layout, read_header, recorded_on
from assistant.capture.dicom.dicom_pixels import PixelError, is_readable, read_table, stored_values, syntax_name
from assistant.capture.dicom.dicom_scale import not_square, scale_hint
from assistant.capture.dicom.dicom_times import frame_times
from assistant.capture.grey_range import sampled
from assistant.capture.stamps import DEFAULT_FPS, clock_notes
from assistant.errors import InputError
from assistant.language import sentence
from assistant.run_facts import RunFacts
from assistant.vocabulary import Frame


class DicomSource:
    """A DICOM file.

    Parameters
    ----------
    path : Path
    label : str
        The run's name as the person gave it.
    fps : float or None
        Frames a second where the file states no time.
    in_use : (int, int) or None
        Smallest and largest stored value of the run of which this file is a part; None: the file is the run.
    display : GreyLookup or None
        That of the run; None: made of this file.

    Attributes
    ----------
    layout : PixelLayout
    display : GreyLookup

    Raises
    ------
    InputError
        If it is no DICOM file, holds no picture that can be read, or its first frame cannot be decoded.
    """

    def __init__(
        self,
        path: Path,
        label: str | None = None,
        *,
        fps: float | None = None,
        in_use: tuple[int, int] | None = None,
        display: GreyLookup | None = None,
    ) -> None:
        self._label = label or os.fspath(path)
        try:
            self._file: BinaryIO = path.open("rb")
        except OSError as error:
            raise InputError(f"{self._label}: cannot be read ({error.strerror}); check the file") from error
        try:
            header = self._read_head()
            windowed = bool(numbers(header.value("WindowWidth")))
            in_use = self.stored_range() if in_use is None and display is None and not windowed else in_use
            self.display = display or make_display(header, self.layout, in_use)
            self._gather_facts(header, fps)
            self._check_one_decodes()
        except PixelError as error:
            self.close()
            raise InputError(
                f"{self._label}: a DICOM file that cannot be used: {error}; export the run again as XA, RF or SC "
                f"multi-frame"
            ) from error
        except BaseException:
            self.close()
            raise
        if not self._table.pieces:
            self.close()
            raise self._ended(0)

    def _check_one_decodes(self) -> None:
        """Refuse a file of which no picture can be shown; a damaged one among others is a lost frame."""
        for index in sampled(len(self._table.pieces)):
            frame = self.frame_at(index)
            if not frame.lost:
                return
            if index == 0:
                why = frame.lost
        if self._table.pieces:
            raise InputError(
                f"{self._label}: frame 0 cannot be decoded ({why}); export the run again, if need be uncompressed"
            )

    def _read_head(self) -> DicomHeader:
        header = read_header(self._file)
        if header.slices:
            raise PixelError(f"it holds slices of a body ({header.slices}), no film")
        if not is_readable(header.transfer_syntax):
            raise PixelError(f"its transfer syntax {syntax_name(header.transfer_syntax)} is not supported")
        if header.inflated is not None:
            self._file.close()
            self._file = header.inflated
        layout = pixel_layout(header)
        self._file.seek(header.pixel_tag_at)
        self._table = read_table(self._file, os.fstat(self._file.fileno()).st_size, layout)
        self.layout = layout
        return header

    def _gather_facts(self, header: DicomHeader, fps: float | None) -> None:
        layout = self.layout
        self._times = frame_times(header, self._table.frame_count, fps)
        hint, how = scale_hint(header)
        details = {
            "kind": "DICOM",
            "modality": header.modality or sentence("not stated"),
            "transfer_syntax": syntax_name(header.transfer_syntax),
            "sample": f"{layout.bits_stored} bit {layout.photometric}",
            "clock": self._times.note,
            "mm_per_px": how,
        }
        for key, text in self.display.details.items():
            details["rescale" if key == "modality" else key] = text
        notes = [
            *clock_notes(self._times.clock, self._times.fps or DEFAULT_FPS, given=fps),
            *self._times.notes,
            *self._table.notes,
            *self.display.notes,
        ]
        if aspect := not_square(header):
            notes.append(aspect)
        if self._table.cut:
            details["cut"] = sentence(f"{len(self._table.pieces)} of {self._table.frame_count} frames are whole")
            notes.append(sentence(f"The file is cut off: {details['cut']}."))
        self._facts = RunFacts(
            source=self._label,
            width_px=layout.cols,
            height_px=layout.rows,
            fps=self._times.fps,
            frame_count=len(self._table.pieces),
            mm_per_px_hint=hint,
            clock=self._times.clock,
            details=details,
            notes=tuple(notes),
            recorded=recorded_on(header),
        )

    def stored_range(self) -> tuple[int, int] | None:
        """Smallest and largest stored value of pictures all over the file; None where 8 bits hold them."""
        if self.layout.bits_stored <= 8:
            return None
        low, high = [], []
        for index in sampled(len(self._table.pieces)):
            try:
                values = stored_values(self._file, self._table, self.layout, index)
            except (PixelError, OSError, ValueError):
                continue  # told where it is shown
            low.append(int(values.min()))
            high.append(int(values.max()))
        return (min(low), max(high)) if low else None

    @property
    def facts(self) -> RunFacts:
        """What is known before reading to the end."""
        return self._facts

    def frames(self) -> Iterator[Frame]:
        """All frames from the first one on, each call anew.

        Raises
        ------
        InputError
            Where the file ends too early.
        """
        for index in range(len(self._table.pieces)):
            yield self.frame_at(index)
        if self._table.cut:
            raise self._ended(len(self._table.pieces))

    def _ended(self, good: int) -> InputError:
        return InputError(
            f"{self._label}: ends after {good} of {self._table.frame_count} frames; copy the file again from the "
            f"archive"
        )

    def frame_at(self, index: int) -> Frame:
        """One frame by number.

        Raises
        ------
        InputError
            If there is no such frame. One that cannot be decoded is lost (`Frame.lost`).
        """
        if not 0 <= index < len(self._table.pieces):
            raise InputError(
                f"{self._label}: there is no frame {index} ({len(self._table.pieces)} frames, numbered from 0); choose "
                f"a frame of this run"
            )
        t_s, white = float(self._times.t_s[index]), self.display.white
        try:
            stored = stored_values(self._file, self._table, self.layout, index)
        except (PixelError, OSError, ValueError) as error:
            if self._file.closed:
                raise InputError(f"{self._label}: is closed; open it again") from error
            black = np.zeros((self.layout.rows, self.layout.cols), self.display.table.dtype)
            return Frame(index=index, t_s=t_s, grey=black, white=white, lost=str(error))
        return Frame(index=index, t_s=t_s, grey=self.display.grey(stored), white=white)

    def close(self) -> None:
        """Close the file. May be called twice."""
        self._file.close()
