"""Which runs a what-if over the library covers; paths as a person reads them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assistant.places import data_home
from tests.small_run import write_small_run
from ui.review import exporting


class FakeLibrary:
    def __init__(self, paths: list[Path]) -> None:
        self._paths = paths

    def rows(self, table: str) -> list[dict[str, Any]]:
        assert table == "runs"
        return [{"path": str(path)} for path in self._paths]


class FakeRoom:
    def __init__(self, library: FakeLibrary | None) -> None:
        self.library, self.users = library, 0

    def enter(self) -> None:
        self.users += 1

    def leave(self) -> None:
        self.users -= 1

    def open(self) -> bool:
        return self.library is not None


def test_every_run_of_the_library_with_a_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    planned, bare = write_small_run(tmp_path / "a", 4), write_small_run(tmp_path / "b", 4)
    bare.plan.unlink()
    room = FakeRoom(FakeLibrary([planned.folder, bare.folder]))
    monkeypatch.setattr(exporting, "room", lambda: room)
    assert [(pair.run, pair.plan) for pair in exporting.library_runs()] == [(str(planned.folder), str(planned.plan))]
    assert room.users == 0


def test_a_library_that_is_open_elsewhere_gives_what_lies_in_its_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    run = write_small_run(data_home() / "runs" / "r1", 4)
    monkeypatch.setattr(exporting, "room", lambda: FakeRoom(None))
    assert [pair.run for pair in exporting.library_runs()] == [str(run.folder)]


def test_the_own_folder_is_short() -> None:
    assert exporting.short(Path.home() / "x" / "report.pdf") == str(Path("~") / "x" / "report.pdf")
    assert exporting.short(Path("/elsewhere/report.pdf")) == str(Path("/elsewhere/report.pdf"))
