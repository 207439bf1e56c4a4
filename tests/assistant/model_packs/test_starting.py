from pathlib import Path

import pytest

from assistant.model_packs import starting
from assistant.model_packs.finding import FoundPack
from assistant.model_packs.shape_models import LiveShapeModel, WaitingShapeModel
from assistant.model_packs.starting import live_shape_model, recorded_shape_model
from assistant.vocabulary import Unknown


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLUORO_ASSISTANT_HOME", str(tmp_path))


def test_each_way_of_use_gets_its_model() -> None:
    with recorded_shape_model() as model:
        assert isinstance(model, WaitingShapeModel)
    with live_shape_model() as live:
        assert isinstance(live, LiveShapeModel)


def test_without_a_pack_there_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starting, "find_pack", lambda: FoundPack(pack=None, own=False, refused=("gone", "damaged")))
    for way in (recorded_shape_model, live_shape_model):
        with way() as model:
            assert model == Unknown("gone; damaged")
