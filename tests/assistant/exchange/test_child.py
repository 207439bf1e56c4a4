"""The child for packs says what it found, or why not, and leaves nothing behind."""

import json

from assistant.exchange.child import main
from tests.small_pack import write_pack_file


def test_a_refused_pack_leaves_nothing(tmp_path, capsys):
    pack = write_pack_file(tmp_path / "a.zip")
    order = {"do": "unpack", "pack": str(pack), "into": str(tmp_path / "into")}
    assert main([json.dumps(order)]) == 3
    assert "cannot be read" in json.loads(capsys.readouterr().out)["error"]
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


def test_a_pack_that_cannot_be_written_is_told(tmp_path, capsys):
    run = {"path": str(tmp_path / "nowhere"), "plan": None, "result": None, "has_truth": False, "pictures": True}
    case = {"document": {}, "runs": [run]}
    prepared = {"path": str(tmp_path / "p.fluopack.zip"), "case_ids": [], "covers": [], "cases": [case], "moved": False}
    assert main([json.dumps({"do": "pack", "prepared": prepared})]) == 3
    assert "no such file" in json.loads(capsys.readouterr().out.splitlines()[-1])["error"]
    assert list(tmp_path.iterdir()) == []
