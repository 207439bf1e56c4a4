"""A part of a recording as a source: its own frames, with the numbers and times that they have in the recording."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from assistant.capture.run_folder import RunFolder
from assistant.capture.source import Source
from assistant.errors import InputError
from assistant.part import Part
from assistant.run_facts import RunFacts
from assistant.vocabulary import Frame


class PartSource:
    """Some frames of a recording.

    Parameters
    ----------
    recording : Source
        Its pictures; closed with the part.
    part : Part
    label : str
        The part's name as the person gave it.
    """

    def __init__(self, recording: Source, part: Part, label: str) -> None:
        self._recording, self._part, self._label = recording, part, label
        count = recording.facts.frame_count
        there = part.frames if count is None else min(part.frames, count + part.pictures_from - part.first_frame)
        if there < 1:
            recording.close()
            raise InputError(f"{label}: the recording ends before the frames of this level; bring it in again")
        self._end = part.first_frame + there

    @property
    def facts(self) -> RunFacts:
        """What is known of the recording, for this part of it."""
        facts, part = self._recording.facts, self._part
        details = dict(facts.details)
        if isinstance(self._recording, RunFolder):
            lines = self._recording.recorded.lines[part.first_frame : self._end]
            details["frames_lost"] = str(sum(line.v < 0 for line in lines))
        return replace(
            facts,
            source=self._label,
            first_frame=part.first_frame,
            frame_count=self._end - part.first_frame,
            details=details,
            notes=(part.words, *facts.notes),
        )

    def frames(self) -> Iterator[Frame]:
        """All frames of the part, each call anew.

        Raises
        ------
        InputError
            Where the recording cannot be read on.
        """
        return self.since(self._part.first_frame)

    def since(self, index: int) -> Iterator[Frame]:
        """The frames from one on to the end of the part, also from one before it begins.

        Raises
        ------
        InputError
            Where the recording cannot be read on.
        """
        recording, shift = self._recording, self._part.pictures_from
        first = index - shift
        frames = recording.frames(first) if isinstance(recording, RunFolder) else recording.frames()
        for frame in frames:
            if frame.index + shift >= self._end:
                return
            if frame.index >= first:
                yield self._numbered(frame)

    def frame_at(self, index: int) -> Frame:
        """One frame by its number in the recording; one of another level too, as far as its picture is here.

        Raises
        ------
        InputError
        """
        if index < self._part.pictures_from:
            raise InputError(f"{self._label}: frame {index} lies before the pictures of this level")
        return self._numbered(self._recording.frame_at(index - self._part.pictures_from))

    def _numbered(self, frame: Frame) -> Frame:
        part = self._part
        if not part.pictures_from and not part.begins_s:
            return frame
        return replace(frame, index=frame.index + part.pictures_from, t_s=frame.t_s + part.begins_s)

    def close(self) -> None:
        """Close the recording. May be called twice."""
        self._recording.close()
