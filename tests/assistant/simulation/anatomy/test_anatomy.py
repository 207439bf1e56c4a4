"""A whole patient."""

from functools import partial

import numpy as np
import pytest

from assistant.errors import UsageError
from assistant.simulation.anatomy import anatomy
from assistant.simulation.scene import Region


@pytest.fixture
def coarse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(anatomy, "procedural", partial(anatomy.procedural, bone_spacing_mm=1.6))
    monkeypatch.setattr(anatomy, "REGION_SPACING_MM", 1.0)


def test_the_treated_body_stands_at_the_origin(wedged_patient):
    marks = wedged_patient.landmarks_mm
    corners = np.concatenate([marks["superior"][[0, -1]], marks["inferior"][[0, -1]]])
    assert np.abs(corners.mean(axis=0)).max() < 1.5
    assert wedged_patient.identity == "procedural/L1/000009/wedge2"


def test_landmarks_have_their_shapes_and_order(wedged_patient):
    marks = wedged_patient.landmarks_mm
    for name in ("superior", "inferior"):
        assert marks[name].shape == (5, 3)
        assert (np.diff(marks[name][:, 0]) < 0).all()  # anterior to posterior
    for name, sign in (("left", 1.0), ("right", -1.0)):
        assert marks[name].shape == (3, 3)
        assert (np.diff(marks[name][:, 2]) < 0).all()  # superior to inferior
        assert (sign * marks[name][:, 1] > 10.0).all()
        assert sign * marks[name][1, 1] < sign * marks[name][[0, 2], 1].mean()  # the waist
        assert marks[f"pedicle_{name}"].shape == (1, 3)
        assert sign * marks[f"pedicle_{name}"][0, 1] > 8.0
        assert marks[f"pedicle_{name}"][0, 0] < marks["superior"][-1, 0]


def test_a_wedge_of_grade_two_is_seen_in_the_landmarks(wedged_patient):
    superior, inferior = (wedged_patient.landmarks_mm[name] for name in ("superior", "inferior"))
    front, back = superior[0, 2] - inferior[0, 2], superior[-1, 2] - inferior[-1, 2]
    assert front / back == pytest.approx(0.656, abs=0.1)


def test_the_fine_grids_hold_the_surroundings(wedged_patient):
    region, resistance = wedged_patient.region, wedged_patient.resistance
    assert region.values.dtype == np.uint8
    assert resistance.values.dtype == np.float32
    assert region.values.shape == resistance.values.shape
    inside = np.argwhere(region.values == Region.BODY)
    margin_mm = np.minimum(inside.min(axis=0), np.array(region.values.shape) - 1 - inside.max(axis=0)) * 0.5
    assert (margin_mm >= 15.0).all()
    assert 0.7 < np.median(resistance.values[region.values == Region.BODY]) < 2.0
    assert np.isinf(resistance.values).any()  # the neighbours


def test_bone_soft_tissue_and_ribs_are_plausible(wedged_patient):
    assert wedged_patient.bone.values.min() >= 0.0
    assert wedged_patient.bone.values.max() < 1.4
    soft = wedged_patient.soft
    nz, _, _ = soft.values.shape
    trunk = np.count_nonzero(soft.values[nz // 2] > 0.5) * (soft.spacing_mm / 10) ** 2
    assert 350.0 < trunk < 1000.0  # cm² of a cross-section of a trunk
    assert 0.9 < np.median(soft.values[soft.values > 0.5]) < 1.1
    assert wedged_patient.ribs.values.any()  # T10 to T12 hang over L1


def test_nobody_writes_into_a_patient(wedged_patient):
    with pytest.raises(ValueError, match="read-only"):
        wedged_patient.bone.values[0, 0, 0] = 1.0


@pytest.mark.usefixtures("coarse")
def test_the_same_seed_gives_the_same_bits_and_another_one_another_patient():
    first, second, third = (anatomy.procedural("T8", seed) for seed in (4, 4, 5))
    for name in ("bone", "ribs", "soft", "region", "resistance"):
        a, b = getattr(first, name), getattr(second, name)
        assert a.values.tobytes() == b.values.tobytes()
        assert a.origin_mm == b.origin_mm
    assert third.bone.values.tobytes() != first.bone.values.tobytes()
    assert all(np.array_equal(first.landmarks_mm[k], second.landmarks_mm[k]) for k in first.landmarks_mm)


@pytest.mark.usefixtures("coarse")
def test_build_reads_an_identity_back():
    made = anatomy.procedural("L4", 12, fracture="biconcave1")
    again = anatomy.build(made.identity)
    assert again.identity == made.identity == "procedural/L4/000012/biconcave1"
    assert again.region.values.tobytes() == made.region.values.tobytes()


@pytest.mark.parametrize(
    "identity",
    ["procedural/L1", "procedural/L1/x", "procedural/C2/1", "procedural/L1/1/burst", "mesh-ssm/L3", "nobody/L3", ""],
)
def test_unknown_identities_are_refused(identity: str):
    with pytest.raises(UsageError):
        anatomy.build(identity)
