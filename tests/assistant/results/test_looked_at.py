"""Not looked yet, looked at in part, not visible and none seen are told apart."""

from typing import Any

import pytest

from assistant.results.looked_at import Looked, looked_of


@pytest.mark.parametrize(
    ("frames", "of", "through", "measured", "told"),
    [
        (0, 100, False, False, "not looked yet"),
        (42, 100, False, True, "42 % looked at"),
        (100, 100, False, True, "99 % looked at"),
        (42, None, False, True, "not looked at to its end"),
        (100, 100, True, False, "not visible"),
        (100, 100, True, True, "none seen in this view"),
    ],
)
def test_words(frames: int, of: int | None, through: bool, measured: bool, told: str) -> None:
    assert Looked(frames=frames, of=of, through=through, measured=measured).none == told


@pytest.mark.parametrize(
    ("complete", "ratio", "told"),
    [
        (True, 0.3, "none seen in this view"),
        (True, 0.0, "none seen in this view"),
        (True, None, "not visible"),
        (False, 0.3, "not looked at to its end"),
    ],
)
def test_of_a_result(complete: bool, ratio: float | None, told: str) -> None:
    document: dict[str, Any] = {
        "run": {"frames": 10},
        "complete": complete,
        "leaks": [],
        "final": {"fill_area_ratio": ratio},
    }
    assert looked_of(document).none == told
