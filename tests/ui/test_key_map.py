"""Keys of the theatre: each act one key, remapped without a clash, Space never."""

import json

import pytest
from PyQt6.QtCore import Qt

from assistant.errors import UsageError
from assistant.places import data_home
from ui import key_map

K = Qt.Key


def test_no_two_acts_share_a_key() -> None:
    every = [key for keys in key_map.DEFAULTS.values() for key in keys]
    assert len(every) == len(set(every))
    assert set(key_map.WORDS) == set(key_map.DEFAULTS)


def test_a_changed_key_is_kept_and_found_again() -> None:
    keys = key_map.KeyMap()
    keys.change("mark", K.Key_PageDown)
    keys.save()
    again, why = key_map.read()
    assert not why
    assert again.act(K.Key_PageDown) == "mark"
    assert again.act(K.Key_M) is None
    assert again.changed() == {"mark": (int(K.Key_PageDown),)}


@pytest.mark.parametrize(
    ("act", "key"), [("acknowledge", K.Key_A), ("mark", K.Key_I), ("mark", K.Key_F1), ("mark", K.Key_Shift), ("no", 1)]
)
def test_clashes_and_kept_keys_are_refused(act: str, key: int) -> None:
    keys = key_map.KeyMap()
    with pytest.raises(UsageError):
        keys.change(act, key)
    assert keys.changed() == {}


@pytest.mark.parametrize(
    "content", ["{", "[]", '{"schema": "other"}', json.dumps({"schema": key_map._SCHEMA, "keys": 3})]
)
def test_a_file_that_cannot_be_used_leaves_the_usual_keys_and_says_so(content: str) -> None:
    (data_home() / "theatre_keys.json").write_text(content)
    keys, why = key_map.read()
    assert keys.changed() == {}
    assert "usual keys" in why


def test_words_of_keys() -> None:
    assert key_map.key_word(K.Key_Minus) == "−"
    assert key_map.key_word(K.Key_I) == "I"
