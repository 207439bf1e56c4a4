"""A case of the library, or a run that was stopped by hand, becomes a clip of training."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from assistant.settings.tree import AlarmSettings
from assistant.training.archive import cut_before, keep_clip, result_of, run_at, run_of_case
from assistant.training.run_outcome import RunOutcome
from assistant.training.trainer import Trainer
from ui.training import training_words as words
from ui.training.view import Reader, TrainingView


def cut_clip(
    trainer: Trainer,
    thing: object,
    alarms: AlarmSettings,
    reader: Reader,
    view: TrainingView,
    then: Callable[[str], None],
) -> None:
    """Cut a clip out of a run, by rule (``("case", id, run)``) or where a person stopped it (``("cut", run, s)``).

    Parameters
    ----------
    trainer : Trainer
    thing : object
        What is neither of the two is no matter of this page.
    alarms : AlarmSettings
    reader : Reader
        Reads what became of the run.
    view : TrainingView
    then : callable
        Given the id of the clip, also of one that was cut before.

    Raises
    ------
    UsageError
        If the run is not in the library, or no clip can be cut from it.
    """
    if not isinstance(thing, tuple) or thing[:1] not in (("case",), ("cut",)):
        return
    stop_s = float(thing[2]) if is_by_hand(thing) else None
    run = run_at(trainer, str(thing[1])) if is_by_hand(thing) else run_of_case(trainer, *map(str, thing[1:3]))
    before = None if stop_s is not None else cut_before(trainer, run)
    if before is not None:
        then(before)
        return

    def cut(run_outcome: RunOutcome) -> None:
        then(keep_clip(trainer, run, run_outcome, alarms, stop_s=stop_s))

    view.show_message(words.READING)
    reader.read(Path(run["path"]), result_of(run), cut)


def is_by_hand(thing: object) -> bool:
    """Whether a person stopped the run."""
    return isinstance(thing, tuple) and thing[:1] == ("cut",)
