import numpy as np

from assistant.simulation import scenario
from assistant.simulation.random_case import random_case


def test_every_draw_is_a_case_and_can_be_written_down(tmp_path):
    seen = set()
    for seed in range(120):
        case = random_case(np.random.default_rng(seed), f"run {seed}")
        assert case.cement.start_s + 5.0 < case.run.duration_s
        for fault in case.faults:
            assert case.cement.start_s < fault.from_s < fault.to_s < case.run.duration_s
        path = tmp_path / "case.toml"
        path.write_text(scenario.as_toml(case))
        assert scenario.load(str(path)) == case
        seen.add((case.cement.leak != "none", len(case.geometry.shots) > 1, case.screen.bright_cement))
    assert len(seen) >= 6


def test_same_draw_same_case():
    one, two = (random_case(np.random.default_rng(9), "x") for _ in range(2))
    assert one == two
