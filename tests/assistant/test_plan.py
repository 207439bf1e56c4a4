import copy
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import UsageError
from assistant.plan import Plan, check_against_run, plan_from_document, read_plan

# The example of the contract.
EXAMPLE: dict[str, Any] = {
    "schema": "fluoro-assistant/plan/1",
    "views": [
        {
            "view": "lateral",
            "level": "L1",
            "reference_frame": 12,
            "mm_per_px": 0.31,
            "landmarks": {
                "superior": [[402.0, 511.5], [455.0, 516.0], [507.0, 508.0]],
                "inferior": [[398.0, 590.0], [452.0, 583.0], [511.0, 592.0]],
            },
        }
    ],
}


def changed(path: str, value: Any) -> dict[str, Any]:
    """The example with one value replaced (``views.0.level``); None removes the key."""
    document = copy.deepcopy(EXAMPLE)
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    place: Any = document
    for part in way:
        place = place[part]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return document


def planned(document: dict[str, Any], fraction: float = 0.25) -> Plan:
    return plan_from_document(document, fraction)


def test_the_example_of_the_contract() -> None:
    view = planned(EXAMPLE).views[0]
    assert view.is_lateral
    assert (view.level, view.reference_frame, view.mm_per_px) == ("L1", 12, 0.31)
    np.testing.assert_array_equal(view.last_wall, [[507.0, 508.0], [511.0, 592.0]])
    np.testing.assert_array_equal(view.first_wall, [[402.0, 511.5], [398.0, 590.0]])
    every = EXAMPLE["views"][0]["landmarks"]["superior"] + EXAMPLE["views"][0]["landmarks"]["inferior"]
    assert view.centre_px == pytest.approx(tuple(np.mean(every, axis=0)))
    np.testing.assert_array_equal(view.body_px[0], view.body_px[-1])


@pytest.mark.parametrize("fraction", [0.0, 0.25, 0.5])
def test_the_warning_line_stands_at_its_fraction_of_the_way_to_the_front(fraction: float) -> None:
    view = planned(EXAMPLE, fraction).views[0]
    assert view.warning_line is not None
    np.testing.assert_allclose(view.warning_line, view.last_wall + fraction * (view.first_wall - view.last_wall))


def test_a_fraction_in_the_plan_wins_over_the_site() -> None:
    view = planned(changed("views.0.warning_line_fraction", 0.4), 0.25).views[0]
    assert view.warning_line_fraction == 0.4


def test_a_curved_wall_keeps_its_curve() -> None:
    wall = [[507.0, 508.0], [500.0, 550.0], [511.0, 592.0]]
    view = planned(changed("views.0.landmarks.posterior", wall)).views[0]
    np.testing.assert_array_equal(view.last_wall, wall)
    assert view.warning_line is not None
    assert len(view.warning_line) == 3
    # Each point moves towards the front wall's point at the same fraction of height.
    lengths = np.linalg.norm(np.diff(np.array(wall), axis=0), axis=1)
    share = lengths[0] / lengths.sum()
    opposite = view.first_wall[0] + share * (view.first_wall[1] - view.first_wall[0])
    np.testing.assert_allclose(view.warning_line[1], view.last_wall[1] + 0.25 * (opposite - view.last_wall[1]))


def test_ap_has_side_walls_and_no_warning_line() -> None:
    view = planned(changed("views.0.view", "ap")).views[0]
    assert not view.is_lateral
    assert view.warning_line is None


def test_a_ruler_gives_the_scale() -> None:
    document = changed("views.0.mm_per_px", None)
    document["views"][0]["ruler"] = {"from": [100.0, 100.0], "to": [103.0, 104.0], "mm": 3.2, "what": "cannula 11G"}
    assert planned(document).views[0].mm_per_px == pytest.approx(0.64)


BAD = [
    ("schema", "fluoro-assistant/plan/2", '"schema" must be'),
    ("views", [], "the plan has no view"),
    ("views", 3, "not a usable plan"),
    ("views.0.view", "oblique", r"views\[0\]\.view must be"),
    ("views.0.level", "L7", "level must be one of"),
    ("views.0.level", "T01", "level must be one of"),
    ("views.0.level", "C5", "level must be one of"),
    ("views.0.reference_frame", -1, "reference_frame must be 0 or more"),
    ("views.0.mm_per_px", None, 'exactly one of "mm_per_px" and "ruler"'),
    ("views.0.mm_per_px", 0.0, "the scale must lie between"),
    ("views.0.mm_per_px", 1e400, "the scale must lie between"),
    ("views.0.mm_per_px", "0.3", "not a usable plan"),
    ("views.0.ruler", {"from": [0, 0], "to": [1, 1], "mm": 1.0}, "exactly one of"),
    ("views.0.warning_line_fraction", 1.5, "warning_line_fraction must lie between 0 and 1"),
    ("views.0.landmarks.superior", [[402.0, 511.5], [507.0, 508.0]], "needs 3 or more points, found 2"),
    ("views.0.landmarks.superior", [[402.0, 511.5], [402.0, 511.5], [507.0, 508.0]], "two points in the same place"),
    ("views.0.landmarks.superior", [[402.0, 511.5], [1e400, 516.0], [507.0, 508.0]], "no|not a usable number"),
    ("views.0.landmarks.superior", [[507.0, 508.0], [455.0, 516.0], [402.0, 511.5]], "cross|opposite directions"),
    ("views.0.landmarks.inferior", [[398.0, 500.0], [452.0, 583.0], [511.0, 480.0]], "cross"),
    ("views.0.landmarks.inferior", [[402.0, 513.0], [455.0, 518.0], [507.0, 510.0]], "less than 8 px apart"),
    ("views.0.landmarks.inferior", [[398.0, 590.0], [455.0, 516.0], [511.0, 592.0]], "cross"),
    ("views.0.landmarks.superior", [[402.0, 511.5], [490.0, 511.5], [455.0, 511.5], [507.0, 511.5]], "cross"),
    ("views.0.landmarks.superior", [[402.0, 511.5], [455.0, 620.0], [507.0, 508.0]], "cross"),
    ("views.0.landmarks.posterior", [[511.0, 592.0], [500.0, 550.0], [507.0, 508.0]], "posterior: its first point"),
    ("views.0.landmarks.posterior", [[402.0, 511.5], [400.0, 550.0], [398.0, 590.0]], "posterior: its first point"),
    ("views.0.landmarks.anterior", [[402.0, 511.5], [400.0, 550.0], [511.0, 592.0]], "anterior: its last point"),
    ("views.0.level", "T１", "level must be one of"),
    ("views.0.level", "\ud800", "level must be one of"),
    ("views.0.reference_frame", 1.5, "not a usable plan"),
    ("views.0.mm_per_px", 10**400, "not a usable plan|the scale must lie between"),
    ("views.0.mm_per_px", -0.3, "the scale must lie between"),
    ("views.0.note", "\ud800", "not a usable plan"),
    ("views.0.note", math.inf, "not a usable plan"),
    ("views.0.landmarks.superior", [[402.0 + k, 511.5] for k in range(201)], "at most 200"),
    ("views", [EXAMPLE["views"][0]] * 17, "at most 16"),
]


@pytest.mark.parametrize(("path", "value", "says"), BAD, ids=[f"{path}={value!r:.30}" for path, value, _ in BAD])
def test_an_unusable_plan_is_refused_with_the_reason(path: str, value: Any, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        planned(changed(path, value))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not a plan"),
        ("[]", '"schema" must be'),
        (json.dumps(EXAMPLE).replace("0.31", "NaN"), "NaN is not a number"),
        (json.dumps(EXAMPLE).replace("0.31", "-Infinity"), "Infinity is not a number"),
        ("[" * 100_000, "not a plan"),
        ("\ufeff{}", "not a plan"),
    ],
    ids=["empty", "list", "nan", "infinity", "deep", "bom"],
)
def test_a_file_that_is_no_plan_is_named(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "plan.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=says) as caught:
        read_plan(path, 0.25)
    assert str(caught.value).startswith(str(path))


def test_a_video_given_as_the_plan_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "run.mkv"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    with pytest.raises(UsageError, match="not a plan: larger than 4 MB"):
        read_plan(path, 0.25)


def test_a_folder_given_as_the_plan_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the plan cannot be read"):
        read_plan(tmp_path, 0.25)


def test_a_ring_of_many_points_is_checked_quickly_and_passes() -> None:
    across = np.linspace(402.0, 507.0, 200)
    document = changed("views.0.landmarks.superior", [[float(x), 511.5 + 2 * math.sin(x)] for x in across])
    assert len(planned(document).views[0].superior) == 200


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"plan\.json: the plan cannot be read"):
        read_plan(tmp_path / "plan.json", 0.25)


def test_a_written_plan_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(EXAMPLE))
    assert read_plan(path, 0.25).document == EXAMPLE


def test_a_plan_of_another_run_is_refused() -> None:
    plan = planned(EXAMPLE)
    check_against_run(plan, 1024, 1024, 100)
    check_against_run(plan, 1024, 1024, None)
    with pytest.raises(UsageError, match="landmarks off the picture"):
        check_against_run(plan, 512, 512, 100)
    with pytest.raises(UsageError, match="reference_frame 12 is past the run's end"):
        check_against_run(plan, 1024, 1024, 12)


KEYS = st.sampled_from(["schema", "views", "view", "landmarks", "superior"])
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
)


@given(DOCUMENTS)
def test_a_plan_or_one_sentence_comes_from_any_document(anything: Any) -> None:
    places = (anything, {"schema": EXAMPLE["schema"], "views": anything}, changed("views.0.landmarks", anything or 0))
    for document in places:
        with pytest.raises(UsageError, match=r".+"):
            planned(document)
