import json
from pathlib import Path

import pytest

from assistant import cli
from assistant.settings.file import all_names, load_settings


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FLUORO_ASSISTANT_HOME", str(tmp_path))
    return tmp_path


def test_every_setting_is_listed_with_range_default_and_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["settings"]) == 0
    told = capsys.readouterr().out
    lines = told.splitlines()
    assert len(lines) == 2 * len(all_names())
    assert "alarms.release_mm = 0.8  (default; default 0.8; 0 to 5)" in lines
    assert "capture.deinterlace = auto  (default; default auto; auto, on, off)" in lines
    assert all(line.startswith("    ") and line.endswith(".") for line in lines[1::2])


def test_one_is_set_for_the_user_and_taken_back(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    assert cli.main(["settings", "alarms.release_mm", "1.2"]) == 0
    assert "alarms.release_mm = 1.2  (user; default 0.8" in capsys.readouterr().out
    assert load_settings(home).settings.alarms.release_mm == 1.2
    assert cli.main(["settings", "capture.layout", "panel left"]) == 0
    assert cli.main(["settings", "alarms.release_mm", "default"]) == 0
    assert "release_mm" not in (home / "user.json").read_text()
    assert load_settings(home).settings.capture.layout == "panel left"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["alarms.release_mm", "99"], "must lie between"),
        (["alarms.release_mm", "nan"], "must lie between"),
        (["alarms.release_mm", "much"], "must be a number"),
        (["alarms.nothing", "1"], "there is no setting"),
        (["capture.deinterlace", "maybe"], "must be one of"),
        (["leaks.area_mm2", "3"], "fixed by the site"),
    ],
)
def test_what_cannot_be_set_is_refused_in_one_sentence(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    site = {"schema": "fluoro-assistant/settings/1", "settings": {}, "locked": ["leaks"]}
    (home / "site.json").write_text(json.dumps(site))
    assert cli.main(["settings", *arguments]) == 2
    assert said in capsys.readouterr().err
    assert not (home / "user.json").exists()


def test_what_was_passed_over_is_told(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    stored = {"schema": "fluoro-assistant/settings/1", "settings": {"alarms": {"release_mm": 99}}}
    (home / "user.json").write_text(json.dumps(stored))
    assert cli.main(["settings", "alarms.release_mm"]) == 0
    assert "nothing can be armed" in capsys.readouterr().out
