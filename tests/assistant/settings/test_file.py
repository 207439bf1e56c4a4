import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from assistant.errors import UsageError
from assistant.live.messages import Lines
from assistant.live.state.arming import why_not
from assistant.settings.file import all_names, load_settings, save_user
from assistant.settings.tree import Settings, check

SCHEMA = "fluoro-assistant/settings/1"


def store(folder: Path, name: str, tree: dict[str, Any], **more: Any) -> None:
    (folder / name).write_text(json.dumps({"schema": SCHEMA, "settings": tree, **more}))


def test_without_files_the_defaults_hold(tmp_path: Path) -> None:
    loaded = load_settings(tmp_path)
    assert loaded.settings == Settings()
    assert (loaded.notes, loaded.locked) == ((), frozenset())
    assert set(loaded.origins.values()) == {"default"}


def test_the_user_stands_over_the_site_and_the_site_over_the_defaults(tmp_path: Path) -> None:
    store(tmp_path, "site.json", {"alarms": {"release_mm": 1.0, "evidence_sigma": 0.5}})
    store(tmp_path, "user.json", {"alarms": {"release_mm": 1.5}})
    loaded = load_settings(tmp_path)
    assert loaded.settings.alarms.release_mm == 1.5
    assert loaded.settings.alarms.evidence_sigma == 0.5
    assert loaded.origins["alarms.release_mm"] == "user"
    assert loaded.origins["alarms.evidence_sigma"] == "site"


def test_what_the_site_locks_a_user_cannot_change(tmp_path: Path) -> None:
    store(tmp_path, "site.json", {"alarms": {"release_mm": 1.0}}, locked=["alarms", "capture.layout"])
    store(tmp_path, "user.json", {"alarms": {"release_mm": 1.5}, "capture": {"deinterlace": "off"}})
    loaded = load_settings(tmp_path)
    assert loaded.settings.alarms.release_mm == 1.0
    assert loaded.settings.capture.deinterlace == "off"
    assert "user.json: alarms.release_mm is fixed by the site" in loaded.notes
    with pytest.raises(UsageError, match="fixed by the site"):
        save_user("capture.layout", "whole", tmp_path)


@pytest.mark.parametrize("value", [99.0, "much", None, True, float("nan"), [1]])
def test_an_alarm_limit_that_cannot_be_used_refuses_to_arm(tmp_path: Path, value: object) -> None:
    store(tmp_path, "user.json", {"alarms": {"release_mm": value}})
    loaded = load_settings(tmp_path)
    assert "nothing can be armed" in loaded.notes[0]
    assert "release_mm" in why_not(Lines.CONFIRMED, loaded.settings)
    with pytest.raises(UsageError, match="release_mm"):
        check(loaded.settings)


def test_a_comfort_setting_that_cannot_be_used_is_told_and_its_default_taken(tmp_path: Path) -> None:
    store(tmp_path, "user.json", {"recording": {"sync_every_s": -3}, "capture": {"deinterlace": "sometimes"}})
    loaded = load_settings(tmp_path)
    assert loaded.settings == Settings()
    assert len(loaded.notes) == 2
    check(loaded.settings)


def test_unknown_settings_are_told(tmp_path: Path) -> None:
    store(tmp_path, "user.json", {"alarms": {"no_such": 1}, "volume": 11})
    assert load_settings(tmp_path).notes == (
        "user.json: there is no setting alarms.no_such",
        "user.json: there is no setting volume",
    )


def test_a_choice_is_stored_and_its_default_is_stored_as_nothing(tmp_path: Path) -> None:
    assert save_user("alarms.release_mm", 1.2, tmp_path).settings.alarms.release_mm == 1.2
    assert save_user("capture.layout", "panel left", tmp_path).settings.capture.layout == "panel left"
    assert save_user("alarms.release_mm", 0.8, tmp_path).settings.alarms.release_mm == 0.8
    assert json.loads((tmp_path / "user.json").read_text())["settings"]["alarms"] == {}
    with pytest.raises(UsageError, match="must lie between"):
        save_user("alarms.release_mm", 77, tmp_path)
    with pytest.raises(UsageError, match="no setting"):
        save_user("alarms.volume", 1, tmp_path)


def test_an_older_file_is_lifted_step_by_step(tmp_path: Path) -> None:
    store(tmp_path, "user.json", {"alarm": {"release": 1.1}})
    lifts = {
        1: lambda tree: {"alarms": tree["alarm"]},
        2: lambda tree: {"alarms": {"release_mm": tree["alarms"]["release"]}},
    }
    assert load_settings(tmp_path, lifts=lifts, version=3).settings.alarms.release_mm == 1.1


def test_a_newer_file_is_taken_as_far_as_it_is_known(tmp_path: Path) -> None:
    (tmp_path / "user.json").write_text(
        json.dumps({"schema": "fluoro-assistant/settings/9", "settings": {"alarms": {"release_mm": 1.1}}})
    )
    loaded = load_settings(tmp_path)
    assert loaded.settings.alarms.release_mm == 1.1
    assert "newer program" in loaded.notes[0]


@profile(max_examples=60)
@given(st.one_of(st.binary(max_size=200), st.from_regex(rb'\{"schema": ?"fluoro-assistant/settings/1".{0,60}')))
def test_any_file_gives_settings(tmp_path_factory, content: bytes) -> None:
    folder = tmp_path_factory.mktemp("any")
    (folder / "user.json").write_bytes(content)
    assert isinstance(load_settings(folder).settings, Settings)


def test_every_setting_has_a_name() -> None:
    assert "alarms.warning_line_fraction" in all_names()
    assert math.isfinite(len(all_names()))
