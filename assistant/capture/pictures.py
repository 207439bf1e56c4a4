"""A folder of numbered PNG or TIFF pictures as a source."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from assistant.capture.grey_range import beyond, range_in_use, sampled, stretched
from assistant.capture.picture_files import read_grey
from assistant.capture.stamps import DEFAULT_FPS, clock_notes, clock_of
from assistant.errors import InputError
from assistant.language import sentence
from assistant.run_facts import RunFacts
from assistant.vocabulary import Frame, Grey

SUFFIXES: Final = frozenset({".png", ".tif", ".tiff"})
_DIGITS: Final = re.compile(r"([0-9]+)")


def numbered_pictures(folder: Path, label: str) -> list[Path]:
    """Pictures of a folder with a number in their name, in the order of their numbers ("9" before "10").

    Empty where there is none. Hidden files, and pictures without a number, are passed over.

    Raises
    ------
    InputError
        If the folder cannot be read, or holds several series (a mask beside each picture, PNG and TIFF of the same):
        taking them for one run would be wrong.
    """
    try:
        names = [entry.name for entry in os.scandir(folder) if entry.is_file() and not entry.name.startswith(".")]
    except OSError as error:
        raise InputError(f"{label}: the folder cannot be read ({error.strerror}); ask for access or copy it") from error
    series: dict[str, list[str]] = {}
    for name in names:
        stem, suffix = os.path.splitext(name)
        if suffix.lower() in SUFFIXES and _DIGITS.search(stem):
            series.setdefault(_DIGITS.sub("#", stem) + suffix.lower(), []).append(name)
    if len(series) > 1:
        first, second = (min(members, key=_natural) for members in list(series.values())[:2])
        raise InputError(
            f"{label}: holds pictures of more than one series ({first}, {second}); keep one series in a folder"
        )
    return [folder / name for members in series.values() for name in sorted(members, key=_natural)]


def _natural(name: str) -> tuple[tuple[int, int | str], ...]:
    # Every second part is a number; the name itself comes last and parts "01" from "1".
    parts = _DIGITS.split(name)
    return *((0, int(part)) if k % 2 else (1, part) for k, part in enumerate(parts)), (1, name)


class PictureFolder:
    """Numbered pictures, one a frame.

    Parameters
    ----------
    folder : Path
    files : list of Path
        In the order of the run, at least one (see `numbered_pictures`).
    label : str
        The run's name as the person gave it.
    fps : float or None
        Frames a second; pictures have no clock, and `DEFAULT_FPS` applies without it.
    stack : bool
        Each entry of ``files`` is the same TIFF file, and the pictures are its pages.

    Raises
    ------
    InputError
        If the first picture cannot be read.
    """

    def __init__(
        self, folder: Path, files: list[Path], label: str, *, fps: float | None = None, stack: bool = False
    ) -> None:
        self._folder, self._files, self._label, self._stack = folder, files, label, stack
        self._fps = fps or DEFAULT_FPS
        first = self._read(0)
        self._shape, self._dtype = first.shape, first.dtype
        clock = clock_of(stated=False, fps=fps)
        details = {"kind": "pictures", "sample": f"{first.dtype.itemsize * 8} bit"}
        notes = clock_notes(clock, self._fps)
        self._in_use = self._range_in_use() if first.dtype == np.uint16 else None
        if self._in_use:
            low, high = self._in_use
            notes.append(sentence(f"Of 16 bits a sample the pictures use few: shown are the values {low} to {high}."))
        gaps = "" if stack else self._gaps()
        if gaps:
            details["numbers_missing"] = gaps
            notes.append(sentence(f"Picture numbers are missing: {gaps}."))
        self._facts = RunFacts(
            source=label,
            width_px=first.shape[1],
            height_px=first.shape[0],
            fps=self._fps,
            frame_count=len(files),
            clock=clock,
            details=details,
            notes=tuple(notes),
        )

    def _range_in_use(self) -> tuple[int, int] | None:
        """What is shown as black and as white; None where it is all that 16 bits can hold."""
        low, high = [], []
        for index in sampled(len(self._files)):
            try:
                grey = self._read(index)
            except InputError:
                continue  # told where it is shown
            low.append(int(grey.min()))
            high.append(int(grey.max()))
        found = range_in_use(min(low), max(high), 0, 65535)
        return None if found == (0, 65535) else found

    def _read(self, index: int) -> Grey:
        return read_grey(self._files[index], self._name(index), index if self._stack else None)

    def _name(self, index: int) -> str:
        if self._stack:
            return f"{self._label} ({index + 1})"
        return os.path.join(self._label, os.path.relpath(self._files[index], self._folder))

    def _gaps(self) -> str:
        """How many numbers are missing between the first and the last; empty where the run of numbers is whole."""
        numbers = [int(_DIGITS.findall(path.stem)[-1]) for path in self._files]
        missing = numbers[-1] - numbers[0] + 1 - len(numbers)
        if missing <= 0 or len(set(numbers)) < len(numbers):
            return ""
        return sentence(
            f"{missing} between {numbers[0]} and {numbers[-1]}; the pictures are taken as evenly spaced all the same"
        )

    @property
    def facts(self) -> RunFacts:
        """What is known before reading to the end."""
        return self._facts

    def frames(self) -> Iterator[Frame]:
        """All frames from the first one on, each call anew.

        Raises
        ------
        InputError
            At a picture that cannot be read or is unlike the first one, naming it.
        """
        for index in range(len(self._files)):
            yield self.frame_at(index)

    def frame_at(self, index: int) -> Frame:
        """One frame by number.

        Raises
        ------
        InputError
            If there is no such picture, or it cannot be read, or it is unlike the first one.
        """
        if not 0 <= index < len(self._files):
            raise InputError(
                f"{self._label}: there is no frame {index} ({len(self._files)} pictures, numbered from 0); choose a "
                f"frame of this run"
            )
        grey = self._read(index)
        if grey.shape != self._shape:
            raise InputError(
                f"{self._name(index)}: this picture is {grey.shape[1]} x {grey.shape[0]} and the first one is "
                f"{self._shape[1]} x {self._shape[0]}; all pictures of a run must have one size"
            )
        if grey.dtype != self._dtype:
            raise InputError(
                f"{self._name(index)}: this picture has {grey.dtype.itemsize * 8} bits a sample and the first one "
                f"{self._dtype.itemsize * 8}; all pictures of a run must be of one kind"
            )
        lost = beyond(grey.astype(np.uint16), *self._in_use) if self._in_use else ""
        if self._in_use:
            grey = stretched(grey.astype(np.uint16), *self._in_use)
        white = 255 if grey.dtype == np.uint8 else 65535
        if lost:
            grey = np.zeros_like(grey)
        return Frame(index=index, t_s=index / self._fps, grey=grey, white=white, lost=lost)

    def close(self) -> None:
        """Nothing is held open between frames."""
