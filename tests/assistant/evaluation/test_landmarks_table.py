"""The table of the proposed points: errors, answers withheld, subgroups."""

import numpy as np

from assistant.evaluation.landmarks_cases import LandmarkCase
from assistant.evaluation.landmarks_table import ask, errors_mm, groups, table
from assistant.landmarks import Proposal
from assistant.vocabulary import Unknown

POINTS = np.array([[10, 10], [30, 11], [50, 10], [10, 40], [30, 39], [50, 40]], dtype=float)


def case(view: str, *, identity: str = "procedural/L1/1/whole", mm_per_px: float = 0.5) -> LandmarkCase:
    return LandmarkCase(
        name="a still",
        identity=identity,
        level="L1",
        view=view,
        noise="good",
        turned="upright",
        inverted=False,
        grey=np.zeros((60, 60), np.uint8),
        points_px=POINTS,
        mm_per_px=mm_per_px,
    )


def proposal(points: np.ndarray, view: str) -> Proposal:
    return Proposal(
        view=view,
        points_px=points,
        outline_px=np.vstack([points[:3], points[:2:-1], points[:1]]),
        confidence=np.full(6, 0.9),
        expected_error_px=np.ones(6),
    )


def test_errors_are_millimetres_and_ap_sides_may_be_swapped() -> None:
    shifted = POINTS + np.array([3.0, 4.0])
    assert np.allclose(errors_mm(shifted, case("lateral")), 2.5)
    swapped = POINTS[[2, 1, 0, 5, 4, 3]]
    assert errors_mm(swapped, case("ap")).max() == 0.0
    assert errors_mm(swapped, case("lateral")).max() == 20.0


def test_every_case_is_asked_with_a_click_inside_and_without() -> None:
    clicks: list[tuple[float, float] | None] = []

    def remember(_: LandmarkCase, click: tuple[float, float] | None, __: float | None) -> Proposal | Unknown:
        clicks.append(click)
        return proposal(POINTS, "lateral") if click else Unknown("not sure")

    outcomes = ask(case("lateral"), remember, np.random.default_rng(0))
    assert clicks[1] is None
    assert clicks[0] is not None
    assert 10 < clicks[0][0] < 50
    assert 10 < clicks[0][1] < 40
    assert [o.way for o in outcomes] == ["click", "no click"]
    assert outcomes[0].errors_mm is not None
    assert outcomes[1].errors_mm is None
    assert outcomes[1].reason == "not sure"


def test_the_table_tells_means_shares_and_wrong_ones() -> None:
    rng = np.random.default_rng(0)
    outcomes = []
    for number, off_px in enumerate((0.0, 2.0, 12.0)):
        points = POINTS + np.array([off_px, 0.0])
        one = case("lateral", identity=f"procedural/L1/{number}/whole")
        outcomes += ask(one, lambda c, click, mm, p=points: proposal(p, c.view) if click else Unknown("no"), rng)
    rows = {line[:28].strip(): line[28:].split() for line in table(outcomes).splitlines()[2:]}
    assert rows["all"][0] == "6"
    assert rows["all"][1] == "0.50"
    assert float(rows["all"][2]) == round((0.0 + 1.0 + 6.0) / 3, 2)
    assert rows["all"][-2] == "0.667"
    assert rows["all"][-1] == "0.333"
    assert rows["way no click"][2] == "-"
    assert {name for name, _ in groups(outcomes)} >= {"all", "view lateral", "level L1-L2", "noise good"}
