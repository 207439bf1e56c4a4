"""The starter course: long enough, graded, every leak site, runs in which nothing is reached, and traps."""

from assistant.library.jobs import Jobs
from assistant.library.store import Library
from assistant.settings.tree import Settings
from assistant.simulation.cement import leak_paths
from assistant.training import course
from assistant.training.course import CASES, case_of
from assistant.training.trainer import Starter, Trainer


def test_at_least_24_cases_from_easy_to_hard():
    assert len(CASES) >= 24
    assert [line.place for line in CASES] == list(range(1, len(CASES) + 1))
    grades = [line.difficulty for line in CASES]
    assert grades == sorted(grades)
    assert set(grades) == {1, 2, 3}
    assert len({line.seed for line in CASES}) == len(CASES)


def test_every_site_runs_without_an_event_and_traps():
    leaks = {line.leak for line in CASES}
    for site in ("superior_disc", "inferior_disc", "posterior", "anterior", "lateral"):
        assert any(site in leak for leak in leaks), site
    for shape in ("spike", "round", "between"):
        assert any(shape in leak for leak in leaks), shape
    assert leaks <= {"none", *leak_paths.NAMES}
    faults = {line.knobs["faults"]["kind"] for line in CASES if "faults" in line.knobs}
    assert faults == {"freeze", "xray_off", "no_signal"}
    views = [shot["view"] for line in CASES for shot in line.knobs.get("geometry", {}).get("shots", [])]
    assert {"oblique", "ap"} <= set(views)
    calm = [line for line in CASES if line.leak == "none" and "reach" not in line.knobs.get("cement", {})]
    assert len(calm) >= 6


def test_each_line_is_a_case_of_the_simulator():
    for line in CASES:
        case = case_of(line)
        assert case.run.duration_s <= 12
        assert str(line.place) in case.title
        assert line.about not in case.title  # the title stands in the run; it gives nothing away


def test_the_demonstration_run_can_be_answered_at_once(tmp_path):
    with Library(tmp_path) as library:
        starter = Starter(Trainer(library), Jobs(library, Settings()))
        assert starter.lacks_first
        facts = starter.look_at_first()
        assert starter.made == 0
        starter.keep_first(facts)
        starter.keep_first(facts)
        assert not starter.lacks_first
        assert starter.made == 1
        assert starter.total == len(CASES) + 1
        (clip,) = Trainer(library).clips()
        assert (clip.facts.right, clip.facts.direction, clip.course) == ("stop", "posterior", course.NAME)
        assert clip.facts.stop_frame < clip.facts.event_frame


def test_a_procedure_holds_the_course(tmp_path):
    with Library(tmp_path) as library:
        jobs = Jobs(library, Settings())
        jobs.held = "finish procedure first"
        assert Starter(Trainer(library), jobs).go_on()
        assert jobs.waiting == 0
