"""The child process that makes one case of the starter course: ``python -m assistant.training.course_child ORDER``."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
from pathlib import Path

import cv2

from assistant.capture.opening import open_source
from assistant.errors import AssistantError, UsageError
from assistant.library.child import Teller, write_thumbnail
from assistant.library.session_rows import THUMBNAIL
from assistant.settings.file import handed_settings
from assistant.settings.tree import AlarmSettings
from assistant.simulation.building import build_run
from assistant.simulation.writing import write_run
from assistant.system.files import whole_folder
from assistant.training.clip import ClipFacts, cut, facts_as_json
from assistant.training.course import CASES, case_of
from assistant.training.run_outcome import read_run_outcome


def main(arguments: list[str]) -> int:
    """Make a case; gives the exit status of the error, if any, and says it."""
    if hasattr(os, "nice"):
        os.nice(10)
    cv2.setNumThreads(1)
    teller = Teller()
    order = json.loads(arguments[0])
    folder = Path(order["into"])
    try:
        alarms = handed_settings(order["settings"]).alarms
        place = int(order["place"])
        facts = make(place, folder, alarms, teller) if place else look_at(Path(order["run"]), folder, alarms)
        teller.say(clip=facts_as_json(facts), thumbnail=str(folder / THUMBNAIL))
    except AssistantError as error:
        teller.say(error=str(error))
        return error.exit_status
    return 0


def make(place: int, folder: Path, alarms: AlarmSettings, teller: Teller) -> ClipFacts:
    """Simulate a line of the course into its folder, whole or not at all; one that is there already stays.

    Its truth is of the warning line that is set, and its plan says so.

    Raises
    ------
    AssistantError
        As the simulator does.
    """
    line = next(each for each in CASES if each.place == place)
    run = folder / "run"
    if not (run / "truth" / "truth.json").is_file():
        folder.mkdir(parents=True, exist_ok=True)
        fluoroscope = build_run(case_of(line), line.seed, lines=alarms.warning_lines)
        with whole_folder(run) as part:
            write_run(fluoroscope, part, lambda share: teller.share(share, 1.0))
            shutil.rmtree(run, ignore_errors=True)
    return look_at(run, folder, alarms, line.difficulty, calm_share=_calm_share(place))


def _calm_share(place: int) -> float:
    """Where a clip in which nothing is reached stops: early in one case, late in another, or its length would tell."""
    return 0.3 + 0.45 * ((7 * place) % 10) / 10


def look_at(
    run: Path, folder: Path, alarms: AlarmSettings, difficulty: int = 1, *, calm_share: float = 0.7
) -> ClipFacts:
    """Cut the clip of a run and make its thumbnail: of the clip's last picture, which gives nothing away.

    Parameters
    ----------
    run, folder : Path
    alarms : AlarmSettings
    difficulty : int
    calm_share : float
        The share of the run after which its clip stops where nothing is reached.

    Raises
    ------
    UsageError, InputError
        If no clip can be cut from it.
    """
    run_outcome = read_run_outcome(run)
    facts = None
    calm = run_outcome.first is None and all(state in ("live", "repeat") for state in run_outcome.state)
    if calm and len(set(run_outcome.view)) == 1:
        facts = cut(run_outcome, alarms, difficulty=difficulty, stop_s=run_outcome.time_at(calm_share))
    for each in () if facts is not None else range(difficulty, 0, -1):
        with contextlib.suppress(UsageError):
            facts = cut(run_outcome, alarms, difficulty=each)
            break
    if facts is None:
        facts = cut(
            run_outcome,
            alarms,
            difficulty=1,
            stop_s=max(0.5, (run_outcome.first.t_s if run_outcome.first else 2.0) / 2),
        )
    folder.mkdir(parents=True, exist_ok=True)
    source = open_source(str(run))
    try:
        write_thumbnail(source.frame_at(facts.stop_frame), folder / THUMBNAIL)
    finally:
        source.close()
    return facts


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
