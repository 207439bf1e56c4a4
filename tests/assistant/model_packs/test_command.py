import shutil
from pathlib import Path

import pytest

from assistant.cli import main


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLUORO_ASSISTANT_HOME", str(tmp_path / "home"))


def test_the_pack_in_use_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("leak-shape@")
    assert said.endswith("came with the program: in use\n")


def test_the_card_can_be_read(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "card"]) == 0
    assert capsys.readouterr().out.startswith("# ")


def test_a_whole_pack_is_said_to_be_whole(capsys: pytest.CaptureFixture[str], shipped: Path) -> None:
    assert main(["models", "verify", str(shipped)]) == 0
    assert "whole, answers its 16 golden patches" in capsys.readouterr().out


def test_a_changed_pack_is_refused_in_a_sentence(capsys: pytest.CaptureFixture[str], copied: Path) -> None:
    (copied / "card.md").write_text("better than all others")
    for what in ("verify", "card", "add"):
        assert main(["models", what, str(copied)]) == 3
        out, err = capsys.readouterr()
        assert not out
        assert err.startswith("model pack copied is refused: ")


def test_a_pack_put_into_use_is_used_and_when_damaged_told(
    capsys: pytest.CaptureFixture[str], shipped: Path, tmp_path: Path
) -> None:
    assert main(["models", "add", str(shipped)]) == 0
    assert main(["models", "list"]) == 0
    assert "put into use here: in use" in capsys.readouterr().out
    for folder in (tmp_path / "home" / "models").glob("[0-9a-f]*"):
        shutil.rmtree(folder)
    assert main(["models"]) == 3
    out, err = capsys.readouterr()
    assert "came with the program: in use" in out
    assert "refused" in err
