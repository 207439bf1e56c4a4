"""What every test gets: no screen needed, and nothing left running."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# First, before any test loads the models' runtime: it keeps that quiet, and what the tests write private.
import assistant  # noqa: F401, I001
import sys
import threading
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from assistant.live.processes import supervisor
from tests import leftovers
from tests.waiting import HUNG_S, PatientBot

_OURS = ("analysis", "pictures")


# Laws are about answers: neither a deadline nor how fast examples are made (`too_slow`) says anything of them.
settings.register_profile("laws", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("laws")


def pytest_configure() -> None:
    """Nothing that a test starts outlives this process."""
    leftovers.begin()


@pytest.fixture(autouse=True)
def _children_may_wait_for_a_core(monkeypatch: pytest.MonkeyPatch) -> None:
    """A session ends and restarts a process that starves; only tests of just that hold it to the program's limits."""
    monkeypatch.setattr(supervisor, "_STARTS_WITHIN_S", HUNG_S)
    monkeypatch.setattr(supervisor, "_HANGS_AFTER_S", HUNG_S)


@pytest.fixture
def qtbot(qapp: object, request: pytest.FixtureRequest) -> PatientBot:
    """pytest-qt's, that waits as long as it takes."""
    return PatientBot(request)


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes what a person keeps."""
    monkeypatch.setenv("FLUORO_ASSISTANT_HOME", str(tmp_path_factory.getbasetemp() / "home" / os.urandom(4).hex()))


@pytest.fixture(autouse=True)
def _keys_are_read_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """The keys are read once a program; each test is a program of its own."""
    if "ui.keys.key_map" in sys.modules:
        monkeypatch.setattr("ui.keys.key_map._current", None)
        sys.modules["ui.keys.key_map"]._reported.clear()


@pytest.fixture(autouse=True)
def _library_is_opened_anew() -> None:
    """One library is open in a program, with the windows that use it; each test is a program of its own."""
    access = sys.modules.get("ui.library_access")
    if access is not None and access._ROOM:
        access._ROOM.pop()._close()


@pytest.fixture(autouse=True)
def _no_thread_is_left() -> Iterator[None]:
    """A test that leaves one of the program's own threads running fails."""
    yield
    left = [thread.name for thread in threading.enumerate() if thread.name in _OURS]
    assert not left, f"threads still running: {left}"
