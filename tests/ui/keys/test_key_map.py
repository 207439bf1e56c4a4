"""The table of keys and a site's own: each act one key, changed without a clash, Space never."""

import json
from itertools import combinations
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt

from assistant.errors import EnvironmentError_, UsageError
from assistant.system.places import data_home
from ui.keys import key_map
from ui.keys.document import readmes, with_tables
from ui.keys.key_names import chord, drawn, written
from ui.keys.table import TABLE, TITLES

K = Qt.Key


def test_no_two_acts_that_count_at_one_time_share_a_key() -> None:
    # While points are placed their keys come before those of the page.
    laid_over = {("review", "finish plan"), ("review", "next point"), ("review", "ruler")}
    laid_over |= {name for name in TABLE if name[0] == "review" and name[1].startswith("point ")}
    for one, other in combinations(TABLE.values(), 2):
        if one.meets(other) and not {(one.page, one.name), (other.page, other.name)} & laid_over:
            shared = {chord(key) for key in one.keys} & {chord(key) for key in other.keys}
            assert not shared, (one, other)


def test_every_key_of_the_table_can_be_pressed_and_is_read_as_it_is_written() -> None:
    for act in TABLE.values():
        assert act.page in TITLES
        for key in act.keys:
            assert chord(key) > 0, (act, key)
            assert written(chord(key)) == key
    assert chord("Ctrl+Shift+Left") == (
        int(K.Key_Left) | Qt.KeyboardModifier.ControlModifier.value | Qt.KeyboardModifier.ShiftModifier.value
    )
    assert chord("no key") == 0


def test_a_changed_key_is_kept_and_found_again() -> None:
    keys = key_map.KeyMap()
    keys.change("theatre", "mark", K.Key_PageDown)
    keys.change("review", "report", chord("Ctrl+R"))
    keys.change("review", "play", K.Key_Y)
    keys.save()
    again, why = key_map.read()
    assert not why
    assert again.find(("theatre",), (K.Key_PageDown,)) is TABLE["theatre", "mark"]
    assert again.find(("theatre",), (K.Key_M,)) is None
    assert again.find(("review",), (chord("Ctrl+R"),)) is TABLE["review", "report"]
    assert again.find(("review",), (K.Key_R,)) is None
    assert again.keys("review", "play") == ("Space", "Y")
    assert again.changed() == {("theatre", "mark"): "PgDown", ("review", "report"): "Ctrl+R", ("review", "play"): "Y"}
    assert key_map.word("theatre", "mark") == "PgDown"


def test_two_acts_that_changed_their_keys_with_each_other_are_read() -> None:
    document = {"schema": "fluoro-assistant/keys/1", "keys": {"theatre": {"mark": "S", "key image": "M"}}}
    (data_home() / "keys.json").write_text(json.dumps(document))
    keys, why = key_map.read()
    assert not why
    assert (keys.word("theatre", "mark"), keys.word("theatre", "key image")) == ("S", "M")


def test_the_keys_of_an_older_version_count_and_are_kept_in_the_new_file() -> None:
    old = {"schema": "fluoro-assistant/theatre-keys/1", "keys": {"mark": [int(K.Key_PageDown)], "clip": []}}
    (data_home() / "theatre_keys.json").write_text(json.dumps(old))
    keys, why = key_map.read()
    assert not why
    assert keys.changed() == {("theatre", "mark"): "PgDown"}
    keys.change("cases", "import", K.Key_F7)
    keys.save()
    assert key_map.read()[0].changed() == {("theatre", "mark"): "PgDown", ("cases", "import"): "F7"}


@pytest.mark.parametrize(
    ("page", "act", "key"),
    [
        ("theatre", "acknowledge", K.Key_A),
        ("theatre", "mark", K.Key_I),
        ("theatre", "mark", K.Key_F1),
        ("theatre", "mark", K.Key_Shift),
        ("theatre", "mark", K.Key_Space),
        ("theatre", "mark", K.Key_Escape),
        ("setup", "flip", K.Key_Return),
        ("setup", "flip", K.Key_R),
        ("window", "review", K.Key_M),
        ("theatre", "no", K.Key_Y),
    ],
)
def test_clashes_and_kept_keys_are_refused(page: str, act: str, key: int) -> None:
    keys = key_map.KeyMap()
    with pytest.raises(UsageError):
        keys.change(page, act, int(key))
    assert keys.changed() == {}


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        '{"schema": "other"}',
        json.dumps({"schema": key_map._SCHEMA, "keys": 3}),
        json.dumps({"schema": key_map._SCHEMA, "keys": {"theatre": {"mark": "I"}}}),
    ],
)
def test_a_file_that_cannot_be_used_leaves_the_usual_keys_and_says_so(content: str) -> None:
    (data_home() / "keys.json").write_text(content)
    keys, why = key_map.read()
    assert keys.changed() == {}
    assert "usual keys" in why


def test_the_disk_is_asked_at_the_start_and_by_the_editor_only(monkeypatch: pytest.MonkeyPatch, caplog) -> None:
    keys = key_map.KeyMap()
    keys.change("theatre", "mark", K.Key_PageDown)
    keys.save()
    assert key_map.load() == ""

    def gone() -> Path:
        raise EnvironmentError_("/net/home: the folder for cases and settings cannot be made")

    monkeypatch.setattr(key_map, "data_home", gone)
    assert key_map.with_keys("mark: [[theatre:mark]]") == "mark: PgDown"
    for _ in range(3):
        why = key_map.load()
        assert "/net/home" in why
        assert "stay as they were" in why
    assert key_map.word("theatre", "mark") == "PgDown", "the last keys stand"
    assert len(caplog.records) == 1, "told once"


def test_a_file_that_goes_while_it_is_read_is_a_file_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    (data_home() / "keys.json").write_text("{}")
    monkeypatch.setattr(Path, "exists", lambda _path: True)
    (data_home() / "keys.json").unlink()
    assert key_map.read()[1] == ""


def test_a_sentence_that_names_no_act_is_shown_all_the_same() -> None:
    assert key_map.with_keys("Press [[theatre:no such act]].") == "Press no such act."


def test_words_of_keys() -> None:
    assert [drawn(key) for key in ("-", "I", "Ctrl+Z", "Left", "Shift+Left", "+")] == [
        "−",
        "I",
        "Ctrl Z",
        "←",
        "Shift ←",
        "+",
    ]


def test_the_documents_show_the_table_as_it_is() -> None:
    for path in readmes():
        text = path.read_text("utf-8")
        assert text == with_tables(text), f"{path}: python -m ui.keys.document writes its tables anew"
    shown = {page for path in readmes() for page in TITLES if f"<!-- keys: {page} -->" in path.read_text("utf-8")}
    assert shown == set(TITLES)
