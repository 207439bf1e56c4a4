"""The commands import, pack and unpack: one line a run, one sentence for what goes wrong."""

import pytest

from assistant.cli import main
from assistant.library.store import Library
from tests.small_run import write_small_run


def test_import_pack_unpack(tmp_path, capsys, monkeypatch):
    run = write_small_run(tmp_path, 5)
    assert main(["import", str(run.folder), "--no-analysis"]) == 0
    case_id = capsys.readouterr().out.split()[-1]
    assert main(["pack", case_id, "--out", str(tmp_path / "p")]) == 2
    assert "burned-in" in capsys.readouterr().err
    assert main(["pack", case_id, "--out", str(tmp_path / "p"), "--names-looked-for", "--cover", "0,0,10,10"]) == 0
    pack = capsys.readouterr().out.strip()
    assert main(["unpack", pack]) == 0
    told = capsys.readouterr()
    assert told.out == f"{case_id}\n"
    assert f"is here already as case {case_id}" in told.err
    with Library() as library:
        assert len(library.rows("cases")) == 1
    monkeypatch.setenv("FLUORO_ASSISTANT_HOME", str(tmp_path / "elsewhere"))
    assert main(["unpack", pack]) == 0
    told = capsys.readouterr()
    assert (told.out, told.err) == (f"{case_id}\n", "")


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["import", "nowhere.mkv"], 3, "no such file"),
        (["import", "x", "--case", "K-none"], 2, "there is no case K-none"),
        (["pack", "K-none", "--out", "p", "--names-looked-for"], 2, "there is no case K-none"),
        (["pack", "K-none", "--out", "p", "--cover", "1,2"], 2, "four whole numbers"),
        (["unpack", "nowhere.zip"], 4, "cannot be unpacked"),
    ],
)
def test_what_goes_wrong_is_one_sentence(tmp_path, capsys, monkeypatch, arguments, status, words):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == status
    told = capsys.readouterr().err
    assert words in told
    assert told.count("\n") == 1
