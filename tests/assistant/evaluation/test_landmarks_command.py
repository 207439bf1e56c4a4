"""The command of the landmarks: what is held out, and that it fails in one sentence."""

import json
from pathlib import Path

import pytest

from assistant.evaluation import landmarks_command
from assistant.evaluation.landmarks_cases import cases


def test_nothing_that_was_trained_on_is_held_out() -> None:
    seeds = [int(identity.split("/")[2]) for identity in landmarks_command.HELD_OUT]
    assert min(seeds) >= 90_000
    # The card names the real forms that training saw: Visible Human meshes and the thoracic CT.
    assert all(i.startswith(("ct-lumbar/", "mesh-ssm/")) for i in landmarks_command.HELD_OUT_REAL)


def test_real_anatomy_without_its_folder_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(landmarks_command, "HELD_OUT", ())
    assert landmarks_command.main(["--real", str(tmp_path / "absent"), "--stills", "1"]) != 0
    told = capsys.readouterr().err
    assert json.dumps(told).count("\\n") == 1
    assert "absent" in told


def test_no_anatomy_makes_no_stills() -> None:
    assert list(cases([], stills=3, seed=1)) == []
