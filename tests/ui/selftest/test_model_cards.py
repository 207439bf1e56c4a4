"""The models' cards in the window; another pack put into use there; a bad one refused in words."""

import shutil
from pathlib import Path

import pytest

from assistant.model_packs.finding import find_pack
from assistant.system.places import models_folder
from ui.selftest.model_cards import CHECKING, ModelCards


@pytest.fixture
def cards(qtbot) -> ModelCards:
    made = ModelCards()
    qtbot.addWidget(made)
    made.resize(900, 800)
    made.open()
    yield made
    made.shut()


def test_the_card_of_the_pack_in_use_is_read_with_its_figures_and_limits(cards: ModelCards) -> None:
    text = cards.text.toPlainText()
    for words in ("What it must not be used for", "AUC", "ECE", "By subgroup", "never been shown a patient"):
        assert words in text
    assert "came with the program" in cards.note
    assert cards.note.split("@")[1][:12] == find_pack().pack.identity.sha256[:12]


def test_keys_read_on_change_the_card_and_close(qtbot, cards: ModelCards) -> None:
    bar = cards.text.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 500)
    cards.act("page down")
    assert bar.value() > 300
    cards.act("right")
    assert "landmark" in cards.text.toPlainText().lower()
    with qtbot.waitSignal(cards.closed):
        cards.act("close")
    assert cards.isHidden()


def test_a_pack_is_put_into_use_and_a_changed_one_is_refused_in_words(qtbot, cards: ModelCards, tmp_path: Path) -> None:
    copied = Path(shutil.copytree(models_folder() / "leak_shape", tmp_path / "own"))
    with qtbot.waitSignal(cards.tried):
        cards.use(copied)
        assert cards.note == CHECKING
    assert "is used from the next run on" in cards.note
    assert find_pack().own
    (copied / "card.md").write_text("no card")
    with qtbot.waitSignal(cards.tried):
        cards.use(copied)
    assert "refused" in cards.note
    # ... and the one before it is still the one in use.
    assert find_pack().own
    assert "What it must not be used for" in cards.text.toPlainText()
