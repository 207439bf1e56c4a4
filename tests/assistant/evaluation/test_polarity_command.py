"""The command that counts wrong and unknown signs, on one patient."""

import pytest

from assistant.evaluation.polarity_command import identities, main


def test_one_patient_is_told_right(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--patients", "1", "--stills", "1"]) == 0
    assert "1 patients, 1 reference frames, 6 answers: 0 wrong" in capsys.readouterr().out


def test_every_level_comes_and_no_patient_twice() -> None:
    names = identities(24)
    assert len(set(names)) == 24
    assert len({name.split("/")[1] for name in names}) == 12
