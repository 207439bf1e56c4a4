"""What gave it away is worked out from the run."""

import pytest

from assistant.settings.tree import AlarmSettings
from assistant.training.clip import cut
from assistant.training.explain import gave_away, near_since_s
from assistant.training.run_outcome import read_run_outcome
from tests.small_ending import write_ending


def test_what_gave_it_away(tmp_path):
    run_outcome = read_run_outcome(write_ending(tmp_path, crosses_at=30))
    told = gave_away(run_outcome, cut(run_outcome, AlarmSettings(), difficulty=1))
    assert "≈ 6 mm towards the warning line" in told
    assert "1 s later the warning line was crossed" in told
    assert near_since_s(run_outcome, AlarmSettings()) == pytest.approx(0.6, abs=0.01)
