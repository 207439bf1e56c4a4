"""A length in words and in columns: mm where the view is calibrated, else shares and the mark, and never both."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assistant import lengths
from assistant.lines import TABLED_LINES, Of
from assistant.plan import PlannedView, plan_from_document
from assistant.vocabulary import Approach, Unknown
from tests.small_run import plan_document

NONE = Unknown("no cement")


def view(**changes: object) -> PlannedView:
    return plan_from_document(plan_document(**changes), 0.25).views[0]


CALIBRATED, ASSUMED, AP = view(), view(calibrated=False), view(calibrated=False, view="ap")


def test_a_calibrated_view_is_told_in_mm() -> None:
    assert lengths.about(-3.4, CALIBRATED) == lengths.about(3.4, None) == "≈ 3 mm"
    assert lengths.about(3.44, CALIBRATED, digits=1) == "≈ 3.4 mm"
    assert lengths.about_area(41.6, CALIBRATED) == "≈ 42 mm²"
    assert lengths.about_speed(0.31, CALIBRATED) == "≈ 0.3 mm/s"
    assert lengths.about_size(8.2, 4.4, CALIBRATED) == "≈ 8 × 4 mm"
    assert lengths.mark(CALIBRATED) == lengths.assumption(CALIBRATED) == ""


def test_a_view_that_is_not_calibrated_is_told_in_shares_with_the_mark() -> None:
    depth, height = lengths.depth_mm(ASSUMED), lengths.height_mm(ASSUMED)
    assert lengths.about(0.09 * depth, ASSUMED) == "≈ 9 % of depth uncal."
    assert lengths.about(-0.2 * height, ASSUMED, Of.HEIGHT) == "≈ 20 % of height uncal."
    assert lengths.about(0.5 * lengths.depth_mm(AP), AP) == "≈ 50 % of width uncal."
    assert lengths.about_area(0.25 * lengths.body_mm2(ASSUMED), ASSUMED) == "≈ 25 % of the body uncal."
    assert lengths.about_speed(0.01 * depth, ASSUMED) == "≈ 1.0 %/s uncal."
    assert lengths.about_size(0.2 * depth, 0.1 * depth, ASSUMED) == "≈ 20 × 10 % of depth uncal."
    assert lengths.mark(ASSUMED) == "uncal."
    assert "depth are assumed" in lengths.assumption(ASSUMED)
    assert "width are assumed" in lengths.assumption(AP)


def test_an_axis_is_in_mm_only_where_every_view_is_calibrated() -> None:
    assert lengths.is_in_mm((CALIBRATED, CALIBRATED))
    assert not lengths.is_in_mm((CALIBRATED, AP))


@pytest.mark.parametrize("planned", [CALIBRATED, ASSUMED])
def test_columns_hold_shares_always_and_mm_where_they_are_known(planned: PlannedView) -> None:
    from tests.one_reading import distances

    found = lengths.columns(distances(warning_line=3.0), Approach(approach_mm_per_s=0.5, time_to_line_s=6.0), planned)
    assert found["warning_line_share"] == pytest.approx(3.0 / lengths.depth_mm(planned))
    assert found["superior_endplate_share"] == pytest.approx(1.0 / lengths.height_mm(planned))
    assert found["approach_share_per_s"] == pytest.approx(0.5 / lengths.depth_mm(planned))
    in_mm = [value for name, value in found.items() if name.endswith(("_mm", "_mm2", "_mm_per_s"))]
    assert len(in_mm) == len(TABLED_LINES) + 2, "those of the lines, the area and the speed"
    assert all(isinstance(value, Unknown) for value in in_mm) is not planned.calibrated


def test_what_is_unknown_stays_so_with_its_own_reason() -> None:
    found = lengths.columns(NONE, Approach(approach_mm_per_s=NONE, time_to_line_s=NONE), CALIBRATED)
    assert set(found.values()) == {NONE}
    assert isinstance(lengths.share(1.0, None), Unknown)
    assert isinstance(lengths.area_share(1.0, None), Unknown)


_ROOT = Path(__file__).resolve().parents[2]
_OWN_SCALE = {
    "assistant/lengths.py": "the one place",
    "assistant/landmarks/proposal.py": "why a proposal is none: a size by the scale that was typed",
    "assistant/capture/dicom/dicom_scale.py": "what the file says of its own scale",
    "assistant/training/planted.py": "by how much a line is wrong on purpose: never in a view without a scale",
    "ui/training/training_words.py": "mm where the answer has them",
    "ui/review/cards/whatif_panel.py": "mm where the row has them",
    "ui/widgets/curve_scale.py": "the axis",
    "ui/setup/steps.py": "the cannula, and what is assumed",
    "ui/setup/scale.py": "a scale that was typed",
    "ui/setup/state.py": "a scale that was set",
    "ui/widgets/plan_panel.py": "the cannula",
    "ui/selftest/checks.py": "a setting",
    "assistant/validation/validate.py": "a scale that is known",
    "assistant/results/summary_table.py": "mm where the result has them",
    "assistant/reports/facts.py": "a scale that is known",
    "assistant/reports/dicom_out.py": "a scale that is known",
}
"""Who else writes "mm" behind a figure, and why that is none measured in a view without a scale."""


def test_nobody_else_turns_a_length_into_words() -> None:
    figure = re.compile(r"\}\s?mm(²|\b)(?!_)")
    found = set()
    for folder in ("assistant", "ui"):
        for path in sorted((_ROOT / folder).rglob("*.py")):
            name = path.relative_to(_ROOT).as_posix()
            if not name.startswith(("assistant/simulation/", "assistant/evaluation/")):
                found |= {name} if figure.search(path.read_text(encoding="utf-8")) else set()
    assert found <= set(_OWN_SCALE), f"tell a length by assistant.lengths: {sorted(found - set(_OWN_SCALE))}"
