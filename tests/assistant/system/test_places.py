from pathlib import Path

import pytest

from assistant.errors import EnvironmentError_
from assistant.system import places


def test_a_clone_has_its_models_at_the_top() -> None:
    assert places.models_folder() == Path(places.__file__).resolve().parents[2] / "models"


def test_the_installed_copy_comes_first(tmp_path: Path) -> None:
    package = tmp_path / "assistant"
    (package / "installed" / "models").mkdir(parents=True)
    (tmp_path / "models").mkdir()
    assert places._place("models", package) == package / "installed" / "models"


def test_what_is_missing_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentError_, match=r"recordings/demo should have come .* install the program again"):
        places._place("recordings/demo", tmp_path)


def test_the_home_is_made_where_it_is_named(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("FLUORO_ASSISTANT_HOME", str(tmp_path / "a" / "b"))
    assert places.data_home() == tmp_path / "a" / "b"
    assert (tmp_path / "a" / "b").is_dir()


def test_a_home_that_cannot_be_made_says_what_to_do(tmp_path, monkeypatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("FLUORO_ASSISTANT_HOME", str(tmp_path / "file" / "b"))
    with pytest.raises(EnvironmentError_, match="FLUORO_ASSISTANT_HOME"):
        places.data_home()


def test_a_plan_lies_with_its_run_and_never_under_the_name_of_another(tmp_path: Path) -> None:
    film, named_so = tmp_path / "a.mkv", tmp_path / places.demo_run().name
    film.touch()
    named_so.mkdir()
    assert places.plan_place(film) == tmp_path / "a.plan.json"
    assert places.plan_place(named_so) == named_so / "plan.json"
    assert places.plan_place(places.demo_run()).parent == places.data_home() / "plans"
