import pytest

from assistant.errors import InputError
from assistant.evaluation.coverage import coverage, coverage_table, kinds, missing, read_facts
from assistant.simulation.scenario import Case, Geometry, Screen, SourceFault, as_toml

CASE = Case(
    geometry=Geometry(rotation_deg=-20.0, mirrored=True),
    screen=Screen(bright_cement=True),
    faults=(SourceFault(kind="freeze", from_s=1.0, to_s=2.0),),
)


@pytest.fixture
def facts(made):
    made.crossings = []
    made.leaks = [
        {"site": "posterior", "onset_3d_frame": 5, "volume_mm3": 9.0, "onset_2d_frame": 7, "area_mm2": 4.0},
        {"site": "anterior", "onset_3d_frame": 5, "volume_mm3": 9.0},
    ]
    made.save()
    (made.run / "scenario.toml").write_text(as_toml(CASE))
    return read_facts(made.run)


def test_a_run_is_counted_under_all_its_kinds(facts) -> None:
    counted = {(kind.group, kind.name): count for kind, count in coverage([facts, facts])}
    assert counted["runs", "all"] == 2
    assert counted["runs", "safe: no line crossed, no leak"] == 0
    assert counted["runs", "technical: something fails"] == 2
    assert counted["orientation", "0 deg, mirrored"] == 2  # -20 degrees is nearest to 0
    assert counted["orientation", "0 deg"] == 0
    assert counted["polarity", "bright cement"] == 2
    assert counted["frame", "640 x 512"] == 2
    assert counted["codec", "ffv1"] == 2
    assert counted["pulses", "7.5-8"] == 2
    assert counted["level", "L1"] == 2
    assert counted["leak in 3-D", "anterior"] == 2
    assert counted["leak seen in 2-D", "anterior"] == 0
    assert counted["leak seen in 2-D", "posterior"] == 2
    assert counted["fault", "freeze"] == 2
    assert counted["fault", "flipped"] == 0


def test_kinds_that_are_missing_are_named(facts) -> None:
    counted = coverage([facts] * 60)
    sentences = missing(counted)
    assert "fault: flipped: 0 runs, at least 2 are needed" in sentences
    assert not any("freeze" in sentence for sentence in sentences)
    text = coverage_table(counted)
    assert "freeze 60" in text
    assert "flipped 0 TOO FEW" in text


def test_no_kind_is_named_twice() -> None:
    names = [(kind.group, kind.name) for kind in kinds()]
    assert len(names) == len(set(names))


def test_a_run_that_does_not_tell_how_it_was_made_is_refused(made) -> None:
    made.save()
    with pytest.raises(InputError, match="does not tell how it was made"):
        read_facts(made.run)
