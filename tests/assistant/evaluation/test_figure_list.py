from assistant.evaluation.figure_list import FIGURES
from assistant.lines import WHOLE_LINES


def test_keys_are_unique() -> None:
    keys = [figure.key for figure in FIGURES]
    assert len(keys) == len(set(keys))


def test_the_goals_of_the_issue_stand_in_the_table() -> None:
    goals = {figure.key: figure.goal for figure in FIGURES}
    assert goals["posterior_wall.median.visible"] == "<= 0.25"
    assert goals["posterior_wall.median.path"] == ""
    assert goals["dice.p05.visible"] == ">= 0.88"


def test_every_goal_can_be_judged() -> None:
    for figure in FIGURES:
        assert (figure.met(0.0) is None) == (figure.goal == "")


def test_every_line_is_scored() -> None:
    told = {figure.key.removesuffix(".coverage") for figure in FIGURES if figure.key.endswith(".coverage")}
    assert {"endplates" if line.value.endswith("_endplate") else line.value for line in WHOLE_LINES} <= told
