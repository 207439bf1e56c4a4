import shutil
from pathlib import Path

import pytest

from assistant.errors import EnvironmentError_
from assistant.model_packs.finding import find_pack, put_into_use
from assistant.model_packs.graph import ModelRefused


def other(shipped: Path, folder: Path, word: str) -> Path:
    """The same model with another card: another pack."""
    from assistant.model_packs.pack import SUMS, sums_of

    made = Path(shutil.copytree(shipped, folder / f"made {word}"))
    (made / "card.md").write_text(f"# {word}\n")
    files = {path.name: path.read_bytes() for path in made.iterdir() if path.name != SUMS}
    (made / SUMS).write_bytes(sums_of(files))
    return made


def test_without_own_packs_the_one_that_came_with_the_program_is_used(tmp_path: Path, shipped: Path) -> None:
    found = find_pack(tmp_path / "models")
    assert found.pack is not None
    assert found.pack.folder == shipped
    assert not found.own
    assert not found.refused
    assert not (tmp_path / "models").exists()


def test_an_own_pack_is_used_and_the_one_before_it_stays(tmp_path: Path, shipped: Path) -> None:
    site = tmp_path / "models"
    first = put_into_use(other(shipped, tmp_path, "first"), site)
    second = put_into_use(other(shipped, tmp_path, "second"), site)
    found = find_pack(site)
    assert found.own
    assert found.pack is not None
    assert found.pack.identity == second.identity
    # The newest is damaged: the one before answers, and the reason is told.
    (second.folder / "model.onnx").write_bytes(b"x")
    found = find_pack(site)
    assert found.pack is not None
    assert found.pack.identity == first.identity
    assert len(found.refused) == 1
    assert "changed or is damaged" in found.refused[0]
    # All are: the one that came with the program answers.
    shutil.rmtree(first.folder)
    found = find_pack(site)
    assert found.pack is not None
    assert not found.own
    assert len(found.refused) == 2


def test_putting_the_same_pack_into_use_again_makes_it_the_newest(tmp_path: Path, shipped: Path) -> None:
    site = tmp_path / "models"
    first = other(shipped, tmp_path, "first")
    put_into_use(first, site)
    put_into_use(other(shipped, tmp_path, "second"), site)
    again = put_into_use(first, site)
    found = find_pack(site)
    assert found.pack is not None
    assert found.pack.identity == again.identity
    assert len(list(site.glob("[0-9a-f]*"))) == 2


def test_a_whole_pack_slipped_in_under_another_name_is_refused(tmp_path: Path, shipped: Path) -> None:
    site = tmp_path / "models"
    kept = put_into_use(other(shipped, tmp_path, "first"), site)
    shutil.rmtree(kept.folder)
    shutil.copytree(other(shipped, tmp_path, "second"), kept.folder)
    found = find_pack(site)
    assert not found.own
    assert "not the one put into use" in found.refused[0]


def test_a_refused_pack_is_not_put_into_use(tmp_path: Path, copied: Path) -> None:
    (copied / "card.md").write_text("changed")
    with pytest.raises(ModelRefused):
        put_into_use(copied, tmp_path / "models")
    assert not (tmp_path / "models").exists()


@pytest.mark.parametrize("content", ["", "[]", '{"leak_shape": 3}', '{"leak_shape": ["../../x"]}', "\0"])
def test_a_broken_list_is_told_and_does_not_stop_the_program(tmp_path: Path, content: str) -> None:
    (tmp_path / "in_use.json").write_text(content)
    found = find_pack(tmp_path)
    assert found.pack is not None
    assert not found.own
    assert "in_use.json" in found.refused[0]


def test_without_any_pack_there_is_a_reason(tmp_path: Path) -> None:
    found = find_pack(tmp_path, came_with=tmp_path / "none")
    assert found.pack is None
    assert len(found.refused) == 1


def test_a_place_that_cannot_be_written_is_the_worlds_fault(tmp_path: Path, shipped: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EnvironmentError_):
        put_into_use(shipped, tmp_path / "file" / "models")
