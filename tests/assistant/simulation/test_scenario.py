import pytest

from assistant.errors import UsageError
from assistant.simulation import scenario
from assistant.simulation.scenario import Case, Cement, Geometry, Shot, SourceFault


@pytest.mark.parametrize("name", scenario.names())
def test_every_case_loads_and_says_what_it_is(name):
    case = scenario.load(name)
    assert len(case.title) > 10
    assert case.cement.start_s < case.run.duration_s


def test_enough_cases():
    wanted = {"demo", "safe_quiet", "posterior_wall", "inferior_round", "anterior_vein", "swing_ap", "table_jump"}
    wanted |= {"freeze", "no_signal", "noisy_poor", "inverted", "old_cement", "balloon", "screws", "thoracic"}
    assert wanted <= set(scenario.names())


def test_toml_there_and_back(tmp_path):
    case = Case(
        title='a "quoted" title',
        cement=Cement(leak="anterior", pauses=((1.0, 2.5),), reach=0.1),
        geometry=Geometry(shots=(Shot(view="lateral", from_s=0.0), Shot(view="ap", from_s=4.0))),
        faults=(SourceFault(kind="freeze", from_s=1.0, to_s=2.0), SourceFault(kind="drops", from_s=3.0, to_s=4.0)),
    )
    path = tmp_path / "case.toml"
    path.write_text(scenario.as_toml(case))
    assert scenario.load(str(path)) == case


@pytest.mark.parametrize(
    "text",
    [
        "[cement]\nleek = 3",
        "[run]\nfps = 'many'",
        "not toml",
        "[geometry]\nshots = [{view = 'sideways', from_s = 0.0}]",
    ],
)
def test_a_bad_file_is_refused_with_its_name(tmp_path, text):
    path = tmp_path / "bad.toml"
    path.write_text(text)
    with pytest.raises(UsageError, match=r"bad\.toml"):
        scenario.load(str(path))


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(UsageError, match="demo"):
        scenario.load("no_such_case")
