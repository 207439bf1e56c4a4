import msgspec
import numpy as np
import pytest

from assistant.capture.opening import open_source
from assistant.evaluation import program_run
from assistant.evaluation.program_run import run_program
from assistant.evaluation.score import score
from assistant.evaluation.truth import read_truth
from assistant.geometry import Crop, Similarity
from assistant.lines import WHOLE_LINES, Line
from assistant.pipeline import Summary
from assistant.run_facts import RunClock
from assistant.simulation.building import build_flow
from assistant.simulation.fluoroscope import Fluoroscope
from assistant.simulation.scenario import PlanKnobs, SourceFault
from assistant.simulation.tabletop import small_case, small_patient
from assistant.simulation.writing import write_run
from assistant.steps.cement import USUAL_LIMITS
from assistant.vocabulary import (
    Alarm,
    AlarmSite,
    Approach,
    CementMask,
    Distances,
    EventKind,
    Frame,
    FrameState,
    Leak,
    LeakSite,
    Liveness,
    Measures,
    Motion,
    Priority,
    Reading,
    Shape,
    Unknown,
)

CROP = Crop(x0_px=10, y0_px=20, width_px=120, height_px=80)
STILL = Similarity(dx_px=0.0, dy_px=0.0, rotation_deg=0.0, scale=1.0, centre_px=(70.0, 60.0))
NONE = Unknown("none")


def reading(index: int, mask: np.ndarray, distances: Distances | Unknown, motion: Motion | Unknown) -> Reading:
    cement = CementMask(crop=CROP, mask=mask, evidence=mask.astype(np.float32) - 0.5, outline_sigma_mm=0.1)
    return Reading(
        frame_index=index,
        t_s=index / 20.0,
        liveness=Liveness(state=FrameState.REPEAT if index % 2 else FrameState.LIVE, xray_age_s=0.0, noise_grey=2.0),
        motion=motion,
        cement=NONE if isinstance(motion, Unknown) else cement,
        distances=distances,
        approach=Approach(approach_mm_per_s=NONE, time_to_line_s=NONE),
        standing=(),
        changes=(),
        leaks=(),
        processing_ms=3.0,
    )


class ToldPipeline:
    """Stands in for the pipeline: knows the truth of the run made by hand."""

    rows: list
    mask_of = None
    before = type("Before", (), {"notes": ("Cement before the start?",)})()

    def __init__(self, plan, references, settings, shapes, clock, cement_limits) -> None:
        assert len(references) == len(plan.views)
        assert cement_limits == USUAL_LIMITS

    def process(self, frame: Frame) -> Reading:
        row = self.rows[frame.index]
        known = {line: row[line.column_mm] for line in WHOLE_LINES}
        mm = dict.fromkeys(Line, NONE) | {line: value for line, value in known.items() if value != ""}
        distances = Distances(cement_area_mm2=row["cement_area_mm2"], mm=mm)
        mask = type(self).mask_of(frame.index)[CROP.rows, CROP.cols]
        return reading(frame.index, mask, distances, Motion(view_index=0, similarity=STILL, confidence=1.0))

    def finish(self) -> Summary:
        alarm = Alarm(
            kind=EventKind.WARNING_LINE,
            site=AlarmSite.POSTERIOR,
            priority=Priority.HIGH,
            first_frame=22,
            last_frame=None,
            headline="",
            action="",
        )
        leak = Leak(
            site=LeakSite.SUPERIOR_DISC,
            first_frame=30,
            area_mm2=4.0,
            length_mm=3.0,
            width_mm=1.0,
            yeom=None,
            magnitude=None,
            shape=Shape(label="spike", p_spike=NONE, model="geometry"),
            outline_px=np.zeros((0, 2)),
        )
        nothing = dict.fromkeys(
            ("cement_area_mm2", "fill_area_ratio", "anterior_height_mm", "middle_height_mm", "posterior_height_mm",
             "wedge_angle_deg"), NONE
        )  # fmt: skip
        return Summary(events=(alarm,), leaks=(leak,), models=(), measures=Measures(distribution_grade=None, **nothing))


class Blank:
    facts = type(
        "Facts", (), {"width_px": 160, "height_px": 120, "frame_count": 40, "end_frame": 40, "clock": RunClock.FILE}
    )

    def frame_at(self, index: int) -> Frame:
        return Frame(index=index, t_s=index / 20.0, grey=np.zeros((120, 160), np.uint8))

    def frames(self):
        return (self.frame_at(k) for k in range(40))

    def close(self) -> None:
        pass


def test_what_the_pipeline_says_reaches_the_score(made, mask_of, monkeypatch) -> None:
    truth = made.truth()
    monkeypatch.setattr(program_run, "Pipeline", ToldPipeline)
    monkeypatch.setattr(ToldPipeline, "rows", made.rows, raising=False)
    monkeypatch.setattr(ToldPipeline, "mask_of", staticmethod(mask_of))
    outcome = run_program(truth, Blank())
    assert outcome.leaks[0].shape is not None
    assert outcome.leaks[0].shape.p_spike is None
    result = score(truth, outcome, "told")
    assert not result.samples["distance.warning_line.visible"].any()
    assert result.samples["dice.visible"].min() == 1.0
    assert result.samples["delay_pictures.warning_line"] == [0]
    assert result.counts["coverage.mask"] == (15, 15)
    assert result.samples["registration"] == pytest.approx(np.zeros(20))
    assert result.counts["false_leaks"] == (1, 1)
    assert outcome.mask(21) is None
    assert outcome.notes == ("Cement before the start?",)


@pytest.mark.parametrize(("kind", "mirrored"), [("flipped", True), ("enlarged", False)])
def test_what_a_plan_has_taken_over_of_the_console_is_measured_and_scored(tmp_path, kind, mirrored) -> None:
    usual = small_case()
    case = msgspec.structs.replace(
        usual,
        faults=(SourceFault(kind=kind, from_s=4.0, to_s=7.0),),
        plan=PlanKnobs(takes_displays_over=True),
    )
    write_run(Fluoroscope(case, 0, small_patient(), build_flow(case, 0, small_patient())), tmp_path / "run")
    truth = read_truth(tmp_path / "run" / "truth")
    source = open_source(str(tmp_path / "run"))
    outcome = run_program(truth, source)
    source.close()
    shown = truth.live & (truth.t_s >= 4.0) & (truth.t_s < 7.0)
    assert shown.sum() > 20
    assert (truth.mirrored & shown).sum() == (shown.sum() if mirrored else 0)
    assert {truth.view[k] for k in np.flatnonzero(shown)} == {"lateral"}
    assert outcome.mirrored[shown].mean() > 0.9 if mirrored else not outcome.mirrored.any()
    off_mm = np.abs(outcome.distance_mm["posterior_wall"] - truth.visible_mm["posterior_wall"])[shown]
    assert np.isfinite(off_mm).mean() > 0.8
    assert np.nanmedian(off_mm) < 0.5
    told = score(truth, outcome, "program")
    found, pictures = told.counts["coverage.registration"]
    assert found / pictures > 0.95
    assert told.counts["wrong_lock"][0] == 0
    assert np.quantile(told.samples["registration"], 0.95) < 0.5
    assert np.median(told.samples["dice.visible"]) > 0.8
    said = outcome.mask(int(np.flatnonzero(shown)[-1]))
    assert said is not None
    assert (said & truth.mask(int(np.flatnonzero(shown)[-1]), visible=True)).sum() > 0.7 * said.sum()
