"""The entry: no Qt before a window is asked for, and words where none can be opened."""

import builtins
import subprocess
import sys
import types
from pathlib import Path
from typing import Any

import pytest

from tests.small_run import SmallRun, write_small_run
from ui import entry

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def no_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def window(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, Any]]:
    """A screen, and a window that only notes what it was asked for."""
    opened: list[tuple[Any, Any]] = []

    def run(run: str | None, plan: str | None) -> int:
        opened.append((run, plan))
        return 7

    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    app = types.ModuleType("ui.app")
    app.run = run
    monkeypatch.setitem(sys.modules, "ui.app", app)
    return opened


@pytest.fixture
def run(tmp_path: Path) -> SmallRun:
    return write_small_run(tmp_path, 20)


def test_commands_load_no_qt() -> None:
    program = (
        "import sys\nfrom ui.entry import main\nstatus = main(['simulate', '--list'])\n"
        "sys.exit(status or any(name.startswith('PyQt') for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "demo" in done.stdout


def test_the_window_gets_the_run_and_the_plan(window: list[tuple[Any, Any]]) -> None:
    assert [entry.main(line) for line in ([], ["a.mkv"], ["a.mkv", "--plan", "p.json"])] == [7, 7, 7]
    assert window == [(None, None), ("a.mkv", None), ("a.mkv", "p.json")]


def test_a_command_opens_no_window(window: list[tuple[Any, Any]], run: SmallRun) -> None:
    assert entry.main(["validate", str(run.plan)]) == 0
    assert entry.main(run.arguments()) == 0
    assert window == []


@pytest.mark.usefixtures("no_screen")
def test_without_a_screen_the_run_is_analysed_and_its_table_printed(
    run: SmallRun, capsys: pytest.CaptureFixture[str]
) -> None:
    assert entry.main([str(run.folder), "--plan", str(run.plan)]) == 0
    told = capsys.readouterr()
    assert told.err == (
        "There is no screen here to open a window on: the run is analysed and its table printed instead.\n"
    )
    assert "20 frames of 320 x 300" in told.out
    assert "What is not listed was not seen in this view." in told.out
    assert not run.out.exists()


@pytest.mark.usefixtures("no_screen")
def test_a_run_folder_brings_its_plan(run: SmallRun, capsys: pytest.CaptureFixture[str]) -> None:
    assert entry.main([str(run.folder)]) == 0
    assert "20 frames of 320 x 300" in capsys.readouterr().out


@pytest.mark.usefixtures("no_screen")
def test_without_a_screen_and_a_run_the_way_out_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert entry.main([]) == 4
    told = capsys.readouterr().err
    assert told.startswith("There is no screen here to open a window on; use fluoro-assistant analyze RUN")
    assert told.count("\n") == 1


@pytest.mark.usefixtures("no_screen")
def test_a_bad_run_or_plan_ends_as_with_analyze(run: SmallRun, capsys: pytest.CaptureFixture[str]) -> None:
    assert entry.main(["none.mkv", "--plan", str(run.plan)]) == 3
    assert entry.main([str(run.video), "--plan", "none.json"]) == 2
    assert "none.json" in capsys.readouterr().err


@pytest.mark.usefixtures("no_screen")
def test_a_run_that_breaks_off_prints_what_it_has_and_speaks_of_no_folder(
    run: SmallRun, capsys: pytest.CaptureFixture[str]
) -> None:
    run.video.write_bytes(run.video.read_bytes()[: run.video.stat().st_size * 6 // 10])
    assert entry.main([str(run.video), "--plan", str(run.plan)]) == 3
    told = capsys.readouterr()
    assert "INCOMPLETE" in told.out
    assert "ends after" in told.err
    assert "is in" not in told.err


def test_qt_that_cannot_be_loaded_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = builtins.__import__

    def broken(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.startswith("PyQt6"):
            raise ImportError("libEGL.so.1: cannot open shared object file")
        return real(name, *args, **kwargs)

    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setattr(builtins, "__import__", broken)
    assert entry.main([]) == 4
    told = capsys.readouterr().err
    assert "The window cannot be opened (libEGL.so.1" in told
    assert "system packages" in told


@pytest.mark.parametrize("line", [["--bogus"], ["a", "b"], ["a", "--plan"]])
def test_wrong_arguments_are_2(line: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        entry.main(line)
    assert end.value.code == 2
    assert "see fluoro-assistant --help" in capsys.readouterr().err
