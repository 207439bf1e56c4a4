"""Where the files that travel with the program lie: in the installed package, or at the top of the repository."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_data_path

from assistant.errors import EnvironmentError_
from assistant.system.private import keep_private

_PACKAGE = Path(__file__).resolve().parents[1]


def models_folder() -> Path:
    """Return the folder of the model packs that came with the program.

    Raises
    ------
    EnvironmentError_
        If the program's own files are not whole.
    """
    return _place("models")


def demo_run() -> Path:
    """Return the run folder of the demo recording (``run.mkv``, ``plan.json``, ``truth/``).

    Raises
    ------
    EnvironmentError_
        If the program's own files are not whole.
    """
    return _place("recordings/demo")


def plan_place(run: Path) -> Path:
    """Return where a run's plan is kept: with it. Only the program's own run stays as it came: in the data folder."""
    if run.resolve().is_relative_to(demo_run().resolve()):
        return data_home() / "plans" / f"{run.name}.plan.json"
    return plan_path_of(run)


def plan_path_of(run: Path) -> Path:
    """Return the name of the plan that lies with a run; nothing is looked at."""
    return run / "plan.json" if run.is_dir() else run.with_suffix(".plan.json")


def data_home() -> Path:
    """Return the folder that holds what people keep: cases, recordings, settings, a site's own models. Made if absent.

    It is its user's alone (`assistant.system.private`). The environment variable ``FLUORO_ASSISTANT_HOME`` names
    another one.

    Raises
    ------
    EnvironmentError_
        If the folder cannot be made.
    """
    folder = _data_home()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EnvironmentError_(
            f"{folder}: the folder for cases and settings cannot be made ({error.strerror}); give the program a folder "
            f"that can be written in FLUORO_ASSISTANT_HOME"
        ) from error
    keep_private(folder)
    return folder


def site_models_folder() -> Path:
    """Return the folder of a site's own model packs, which may be absent; nothing is made."""
    return _data_home() / "models"


def _data_home() -> Path:
    named = os.environ.get("FLUORO_ASSISTANT_HOME")
    return Path(named) if named else user_data_path("fluoro-assistant", appauthor=False)


def _place(name: str, package: Path = _PACKAGE) -> Path:
    # The wheel carries them in assistant/installed (pyproject.toml); a clone has them at its top.
    candidates = (package / "installed" / name, package.parent / name)
    for folder in candidates:
        if folder.is_dir():
            return folder
    raise EnvironmentError_(
        f"{name} should have come with the program and is neither at {candidates[0]} nor at {candidates[1]}: "
        f"install the program again"
    )
