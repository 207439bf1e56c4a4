"""What is whole and what is lost of a run that the program recorded: its pictures, its lines, its event log."""

from __future__ import annotations

from pathlib import Path

from assistant.capture.run_folder import RunFolder
from assistant.capture.source import Source
from assistant.errors import InputError
from assistant.language import sentence
from assistant.recording.reading import is_recorded


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
    losses = _losses(source)
    if losses:
        name = source.facts.source
        raise InputError(
            f"{name}: {frames} frames play; {'; '.join(losses)}; `fluoro-assistant mend` makes a copy that is whole"
        )


def what_is_lost(folder: Path) -> str:
    """One sentence for the next start after a crash: what of the recording plays and what does not.

    It looks at lines and heads only and takes no longer for an hour than for a minute; empty for a whole recording.
    """
    if not is_recorded(folder):
        return sentence("Nothing was recorded.")
    try:
        source = RunFolder(folder, folder.name)
    except InputError as error:
        return sentence(f"The recording cannot be played: {error}.")
    try:
        losses = _losses(source)
        frames = len(source.recorded.lines)
        seconds = source.recorded.lines[-1].t - source.recorded.lines[0].t
    finally:
        source.close()
    return sentence(f"{frames} frames ({seconds:.0f} s) of the recording play; {'; '.join(losses)}.") if losses else ""


def _losses(source: RunFolder) -> list[str]:
    losses = [source.recorded.losses] if source.recorded.losses else []
    fault = source.log_fault()
    if fault:
        losses.append(sentence(f"its event log is not whole ({fault})"))
    return losses
