import pytest

from assistant.simulation import command, scenario
from assistant.simulation.fluoroscope import Fluoroscope
from assistant.simulation.scenario import Case


@pytest.fixture
def toy(monkeypatch, toy_anatomy, toy_flow):
    monkeypatch.setattr(
        command, "build_run", lambda case, seed, identity, folder: Fluoroscope(case, seed, toy_anatomy, toy_flow)
    )


def case_file(tmp_path):
    path = tmp_path / "small.toml"
    path.write_text(
        'title = "small"\n[cement]\nstart_s = 1.5\n[run]\nduration_s = 3.0\nfps = 10.0\npulses_per_s = 5.0\n'
        "width_px = 160\nheight_px = 160\n"
    )
    return path


def test_list(capsys):
    assert command.run(["--list"]) == 0
    out = capsys.readouterr().out
    assert len(out.splitlines()) == len(scenario.names())
    assert "demo" in out


def test_one_run_with_another_codec(tmp_path, toy):
    assert command.run([str(case_file(tmp_path)), "--seed", "3", "--codec", "png", "--out", str(tmp_path / "run")]) == 0
    assert len(list((tmp_path / "run" / "frames").iterdir())) == 30


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        ([], "--out"),
        (["--out", "somewhere"], "name a case"),
        (["no_such_case", "--out", "somewhere"], "no case"),
    ],
)
def test_wrong_requests_end_with_one_sentence(tmp_path, monkeypatch, capsys, argv, words):
    monkeypatch.chdir(tmp_path)
    assert command.run(argv) == 2
    error = capsys.readouterr().err
    assert words in error
    assert len(error.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_full_folder_is_left_alone(tmp_path, toy, capsys):
    path = case_file(tmp_path)
    assert command.run([str(path), "--out", str(tmp_path)]) == 2
    assert [p.name for p in tmp_path.iterdir()] == ["small.toml"]
    assert "empty folder" in capsys.readouterr().err


def test_codec_is_only_changed_when_asked():
    case = Case()
    assert command.with_codec(case, None) is case
    assert command.with_codec(case, "dicom").run.output == "dicom"
