"""What is whole and what is lost of a run that the program recorded: its pictures, its lines, its event log."""

from __future__ import annotations

from assistant.capture.run_folder import RunFolder
from assistant.capture.source import Source
from assistant.errors import InputError


def check_recording(source: Source, frames: int) -> None:
    """Refuse a recording that is not whole, after it was read to its end.

    Parameters
    ----------
    source : Source
        Any; only a recorded run folder is looked at.
    frames : int
        How many of its frames could be read.

    Raises
    ------
    InputError
        Says what is there and what is lost.
    """
    if not isinstance(source, RunFolder):
        return
    said = [source.recorded.losses] if source.recorded.losses else []
    fault = source.log_fault()
    if fault:
        said.append(f"its event log is not whole ({fault})")
    if said:
        shown = source.facts.source
        raise InputError(
            f"{shown}: {frames} frames play; {'; '.join(said)}; `fluoro-assistant mend` makes a copy that is whole"
        )
