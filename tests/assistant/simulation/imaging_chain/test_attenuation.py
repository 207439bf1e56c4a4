import numpy as np
import pytest

from assistant.simulation.imaging_chain.attenuation import (
    Paths,
    beam,
    cement_attenuation_per_mm,
    mass_attenuation,
    transmitted,
)


def paths(soft=0.0, bone=0.0, **more):
    full = {name: np.full((4, 5), value, np.float32) for name, value in more.items()}
    return Paths(soft_g_cm2=np.full((4, 5), soft, np.float32), bone_g_cm2=np.full((4, 5), bone, np.float32), **full)


def test_nothing_in_the_beam_keeps_all_of_it():
    assert transmitted(beam(80.0), paths(), 0.25) == pytest.approx(np.ones((4, 5)), abs=1e-5)


def test_against_the_sum_of_exponentials():
    b = beam(78.0)
    kept = transmitted(b, paths(soft=20.0, bone=1.5, steel_mm=1.0, cement_mm=3.0, iodine_g_cm2=0.05), 0.25)
    expected = 0.0
    for k in range(3):
        mu = {name: values[k] for name, values in b.attenuation.items()}
        log = 20 * mu["soft"] + 1.5 * mu["hydroxyapatite"] + 0.1 * 7.9 * mu["steel"] + 0.05 * mu["iodine"]
        log += 0.3 * (0.25 * mu["barium_sulphate"] + 1.18 * mu["pmma"] - mu["soft"])
        expected += b.weights[k] * np.exp(-log)
    assert kept == pytest.approx(np.full((4, 5), expected), rel=1e-4)


def test_beam_hardens_and_higher_voltage_penetrates():
    thin, thick = (-np.log(transmitted(beam(78.0), paths(soft=g), 0.2)[0, 0]) / g for g in (1.0, 30.0))
    assert thick < thin
    assert transmitted(beam(100.0), paths(soft=25.0), 0.2)[0, 0] > transmitted(beam(65.0), paths(soft=25.0), 0.2)[0, 0]


def test_cement_contrast_is_that_of_barium_sulphate():
    mu = {name: float(mass_attenuation(name, np.array([60.0]))[0]) for name in ("barium_sulphate", "pmma", "soft")}
    # 60 keV, NIST: 0.25 g/cm³ x 5.116 cm²/g + (1.18 x 0.1924 - 0.2048) per cm
    assert cement_attenuation_per_mm(mu, 0.25) == pytest.approx(0.1301, abs=2e-4)
    assert float(mass_attenuation("soft", np.array([70.0]))[0]) == pytest.approx(0.192, abs=0.003)


def test_zirconium_dioxide_in_place_of_barium_sulphate():
    mu = {
        name: float(mass_attenuation(name, np.array([60.0]))[0])
        for name in ("barium_sulphate", "zirconium_dioxide", "pmma", "soft")
    }
    # 60 keV, NIST: zirconium 3.744 and oxygen 0.1907 cm²/g by mass fraction (0.7403 and 0.2597).
    assert mu["zirconium_dioxide"] == pytest.approx(0.7403 * 3.744 + 0.2597 * 0.1907, rel=1e-3)
    polymer = 1.18 * mu["pmma"] - mu["soft"]
    assert cement_attenuation_per_mm(mu, 0.0, 0.25) == pytest.approx((0.25 * 2.821 + polymer) / 10, rel=1e-3)
    b, water = beam(78.0), paths(soft=20.0)
    barium, zirconia = (transmitted(b, paths(soft=20.0, cement_mm=4.0), *opaque) for opaque in ((0.25,), (0.0, 0.25)))
    assert (barium < zirconia).all()
    assert (zirconia < transmitted(b, water, 0.0)).all()
