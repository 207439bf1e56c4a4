import numpy as np

from assistant.evaluation.tally import Tally


def test_samples_are_appended_and_counts_added() -> None:
    tally = Tally()
    tally.add("a", [1.0, 2.0])
    tally.add("a", 3.0)
    tally.count("b", 1, 2)
    tally.count("b", True, 1)
    np.testing.assert_array_equal(tally.samples["a"], [1.0, 2.0, 3.0])
    assert tally.counts == {"b": (2.0, 3.0)}
