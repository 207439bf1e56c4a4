"""Where the files that travel with the program lie: in the installed package, or at the top of the repository."""

from __future__ import annotations

from pathlib import Path

from assistant.errors import EnvironmentError_

_PACKAGE = Path(__file__).resolve().parent


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
