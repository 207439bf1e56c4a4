"""Real spines behind the same interface."""

from pathlib import Path

import numpy as np
import pytest

from assistant.errors import InputError, UsageError
from assistant.simulation.anatomy import anatomy, real_anatomy
from assistant.simulation.cement.cement_flow import Injection, inject
from assistant.simulation.scene import Region

DATA = Path(__file__).resolve().parents[5] / "shared" / "data"

needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the real data beside the project (../shared/data) is absent")


@pytest.fixture
def coarse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(real_anatomy, "BONE_SPACING_MM", 1.6)
    monkeypatch.setattr(real_anatomy, "REGION_SPACING_MM", 0.8)


@needs_data
@pytest.mark.needs_shared_data
@pytest.mark.usefixtures("coarse")
@pytest.mark.parametrize(
    ("identity", "volume_ml", "depth_mm"),
    [
        ("mesh-ssm/L3", (28, 48), (30, 40)),
        ("mesh-vhp/L2@5", (30, 62), (34, 48)),
        ("ct-thoracic/T12", (15, 32), (24, 33)),
    ],
)
def test_a_real_body_has_a_human_size_and_can_be_injected(identity, volume_ml, depth_mm):
    made = anatomy.build(identity, DATA)
    assert made.identity == identity
    body_ml = (made.region.values == Region.BODY).sum() * made.region.spacing_mm**3 / 1000.0
    assert volume_ml[0] < body_ml < volume_ml[1]
    superior, inferior = made.landmarks_mm["superior"], made.landmarks_mm["inferior"]
    assert depth_mm[0] < superior[0, 0] - superior[-1, 0] < depth_mm[1]
    assert (superior[:, 2] - inferior[:, 2]).min() > 15.0
    assert made.bone.values.any()
    assert made.soft.values.max() > 0.9
    flow = inject(made, 1, Injection(leak="superior_disc_spike", total_ml=3.0, leak_ml=0.1))
    leaked = np.isfinite(flow.arrival_ml.values) & (made.region.values != Region.BODY)
    assert set(made.region.values[leaked]) == {Region.SUPERIOR_DISC}


@needs_data
@pytest.mark.needs_shared_data
def test_levels_that_are_not_there_are_refused():
    with pytest.raises(UsageError, match="no level 'T8'"):
        anatomy.build("mesh-ssm/T8", DATA)


def test_unknown_kinds_and_empty_folders_are_refused(tmp_path: Path):
    with pytest.raises(UsageError, match="not known"):
        real_anatomy.build("mri", "L1", None, tmp_path)
    with pytest.raises(InputError, match="no vertebra meshes"):
        real_anatomy.build("mesh-vhp", "L1", None, tmp_path)
    with pytest.raises(InputError, match="no CT"):
        real_anatomy.build("ct-lumbar", "L1", None, tmp_path)
    with pytest.raises(InputError, match="no folder"):
        real_anatomy.build("ct-lumbar", "L1", None, tmp_path / "absent")
