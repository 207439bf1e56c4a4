import io
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from assistant.live.orders import Start
from assistant.live.processes import entry
from assistant.live.shared.wire import to_bytes
from assistant.settings.tree import Settings


def start(session_memory: str) -> Start:
    return Start(session_memory=session_memory, source="", folder="", settings=Settings(), epoch=1)


@pytest.fixture(autouse=True)
def _signals() -> object:
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


def orders(monkeypatch: pytest.MonkeyPatch, content: object) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(to_bytes(content))))


def test_a_fault_is_told_with_its_place(monkeypatch: pytest.MonkeyPatch, capfd, tmp_path: Path) -> None:
    orders(monkeypatch, start(str(tmp_path / "gone")))
    assert entry.main(["watchdog"]) == 1
    assert "is gone" in capfd.readouterr().err


def test_what_are_no_orders_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    orders(monkeypatch, {"deck": "x"})
    with pytest.raises(TypeError, match="must be a Start"):
        entry.main(["watchdog"])


@pytest.mark.parametrize("module", sorted(entry.BODIES.values()))
def test_no_child_imports_qt_or_the_window(module: str) -> None:
    code = f"import sys, {module}; print([name for name in sys.modules if name.startswith(('PyQt', 'ui'))])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert said.stdout.strip() == "[]"
