"""Who it is stands whole in the header of a replay at every width; that it is a rehearsal is read first below."""

from __future__ import annotations

from typing import Any

import pytest
from PyQt6.QtGui import QPainter

from assistant.identity import Identity
from ui import theme
from ui.review import review_words
from ui.review.header import Header


@pytest.mark.parametrize("width_px", [1240, 1560, 1880])
@pytest.mark.parametrize("live", [False, True])
def test_ids_are_never_cut(qtbot: Any, monkeypatch: pytest.MonkeyPatch, width_px: int, live: bool) -> None:
    drawn: list[str] = []
    monkeypatch.setattr(QPainter, "drawText", lambda _self, *what: drawn.append(what[-1]))
    theme.load_fonts()  # the widest that it is ever drawn in
    header = Header()
    qtbot.addWidget(header)
    header.resize(width_px, 58)
    header.show()
    header.set_live_picture(live)
    header.show_identity(
        Identity(case_id="K-WWMWW", level="T12", run_id="B-WWMMWW82", session_id="N-9ZCQXDGV"),
        "",
        "lateral",
        as_seen=False,
        has_record=True,
        mark=review_words.REHEARSAL,
        result=review_words.KEPT_RESULT,
        notes=("The file states no rate.",),
    )
    header.grab()
    _, ids, below = drawn[-3:]
    assert ids in ("case K-WWMWW · T12 · run B-WWMMWW82", "K-WWMWW · T12 · B-WWMMWW82")
    assert below.startswith(review_words.REHEARSAL)
