"""What travels inside the installed program."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return set(zipfile.ZipFile(wheel).namelist())


def test_only_our_two_packages_are_installed(names: set[str]) -> None:
    assert {name.split("/")[0].split("-")[0] for name in names} == {"assistant", "ui", "fluoro_assistant"}


def test_models_and_demo_come_along_and_training_stays(names: set[str]) -> None:
    assert "assistant/installed/models/README.md" in names
    for folder, place in (("models", "models"), ("recordings/demo", "recordings/demo")):
        for path in (ROOT / folder).glob("*"):
            if path.is_file():
                assert f"assistant/installed/{place}/{path.name}" in names
    for name in ("truth.json", "truth.csv", "masks.zip"):
        assert f"assistant/installed/recordings/demo/truth/{name}" in names
    assert not any("/training/" in name for name in names if name.startswith("assistant/installed/"))


def test_the_cases_of_the_simulator_come_along(names: set[str]) -> None:
    cases = {path.name for path in (ROOT / "assistant/simulation/cases").glob("*.toml")}
    assert {f"assistant/simulation/cases/{name}" for name in cases} <= names


def test_licence_and_command(names: set[str]) -> None:
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)
    assert any(name.endswith(".dist-info/entry_points.txt") for name in names)
