"""What a pack says of a day is taken only where a session can have said it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from assistant.review.session_day import decode_day


@pytest.mark.parametrize(
    "level",
    [
        {"level": "L" * 40},
        {"level": "L1", "acts": [{"kind": "dance"}]},
        {"level": "L1", "acts": [{"kind": "pause", "text": "x" * 999}]},
        {"level": "L1", "told": [{"code": "A1", "priority": "loud", "headline": ""}]},
    ],
)
def test_what_no_session_says_is_refused(level: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="holds what no session says"):
        decode_day(msgspec.json.encode({"levels": [level]}))
