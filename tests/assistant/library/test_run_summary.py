"""A result in the few words of the list."""

from assistant.library.run_summary import leak_words, summary


def test_words_of_a_result():
    leak = {"site": "superior_disc", "yeom": None, "magnitude": "minor"}
    assert (
        leak_words(leak | {"shape": {"label": "spike", "p_spike": 0.93, "model": "m"}}) == "superior disc · spike 0.93"
    )
    assert (
        leak_words(leak | {"shape": {"label": "round", "p_spike": 0.12, "model": "m"}}) == "superior disc · round 0.88"
    )
    assert (
        leak_words({"site": "posterior", "yeom": "C", "magnitude": "minor", "shape": None}) == "posterior · C · minor"
    )
    near = {"kind": "approaching_endplate", "priority": "low"}
    document = {
        "events": [near],
        "leaks": [],
        "complete": True,
        "run": {"frames": 3},
        "final": {"fill_area_ratio": 0.1},
    }
    assert summary(document)["low"] == 0
    assert summary(document)["leak_said"] == "none seen in this view"
