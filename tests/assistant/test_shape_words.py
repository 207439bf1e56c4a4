"""The figure that is printed is that of the word that is printed."""

import pytest

from assistant.shape_words import shape_words, share_of
from assistant.vocabulary import Unknown


@pytest.mark.parametrize(
    ("label", "p_spike", "told"),
    [
        ("spike", 0.93, "spike 0.93"),
        ("round", 0.07, "round 0.93"),
        ("undetermined", 0.55, "undetermined"),
        ("undetermined", None, "undetermined"),
        ("round", Unknown("the model did not answer"), "round"),
    ],
)
def test_words(label: str, p_spike: float | Unknown | None, told: str) -> None:
    assert shape_words(label, p_spike) == told


def test_what_is_not_known_keeps_its_reason() -> None:
    assert share_of("spike", Unknown("too blurred")) == Unknown("too blurred")
    assert share_of("round", 0.25) == pytest.approx(0.75)
