"""The one protocol behind which every kind of source stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, runtime_checkable

from assistant.run_facts import RunFacts
from assistant.vocabulary import Frame


@runtime_checkable
class Source(Protocol):
    """A run, recorded or live. Frames come in source order, one at a time; nothing is loaded whole.

    A source assumes no thread and no clock. It is used by one caller at a time and closed by whoever opened it.
    """

    @property
    def facts(self) -> RunFacts:
        """What is known before reading to the end."""
        ...

    def frames(self) -> Iterator[Frame]:
        """All frames from the first one on, each call anew.

        Raises
        ------
        InputError
            Where the input cannot be read on; every frame before that has been yielded.
        """
        ...

    def frame_at(self, index: int) -> Frame:
        """One frame by number, for seeking and for the reference frames of a plan.

        Raises
        ------
        InputError
            If the source cannot be read there, or is live and cannot seek.
        """
        ...

    def close(self) -> None:
        """Give back files and devices. May be called twice."""
        ...
