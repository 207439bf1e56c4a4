import numpy as np
import pytest

from assistant.evaluation.paired_runs import LOST, beside_as_it_is, beside_ideal
from assistant.evaluation.tally import RunScore


def run(group: str, number: int, seen: list[int], figure: list[int], patient: str = "L1/1") -> RunScore:
    samples = {"frames.seen": np.array(seen, float), "frames.figure": np.array(figure, float)}
    name = f"{group.replace(' ', '_')}-{number:02d}"
    return RunScore(run=name, method="m", tags={"group": group, "patient": patient}, samples=samples, counts={})


def test_a_figure_is_lost_where_the_run_as_it_is_has_one_and_the_picture_shows_cement_here_too() -> None:
    usual, blades, torn = beside_as_it_is(
        [
            run("as it is", 3, [2, 4, 6, 8], [4, 6, 8]),
            run("blades", 3, [2, 4, 6, 8], [2, 8]),
            run("torn", 3, [2, 4], [2, 4]),
        ]
    )
    assert LOST not in usual.counts
    assert blades.counts[LOST] == (2, 3)
    assert torn.counts[LOST] == (0, 1)


@pytest.mark.parametrize("other", [run("blades", 4, [2], []), run("blades", 3, [2], [], patient="L1/2")])
def test_a_run_without_a_partner_says_nothing(other: RunScore) -> None:
    assert LOST not in beside_as_it_is([run("as it is", 3, [2], [2]), other])[1].counts


def test_delays_are_told_beside_those_of_the_ideal_observer() -> None:
    def made(method: str, pictures: list[float]) -> RunScore:
        samples = {"raised.endplate.superior_endplate": np.array(pictures)}
        return RunScore(run="a", method=method, tags={"group": "x", "patient": "p"}, samples=samples, counts={})

    own, ideal = beside_ideal([made("this program", [3.0, np.inf, np.inf]), made("ideal observer", [1.0, 2.0, np.inf])])
    assert own.samples["delay_over_ideal.endplate"].tolist() == [2.0, np.inf]
    assert "delay_over_ideal.endplate" not in ideal.samples
