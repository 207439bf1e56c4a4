"""The right panel: one case with its picture, its figures and what can be done with it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QPainter, QPaintEvent, QPen, QPixmap, QShowEvent
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from assistant.errors import InputError
from assistant.language import tr, translate
from assistant.library.identities import identify
from assistant.library.outcome import finding_words
from assistant.library.session_rows import NO_PICTURES
from assistant.library.store import Library
from assistant.part import may_be_part, recording_of
from assistant.results.looked_at import NOT_YET
from assistant.review.session_reading import read_session_day
from ui import theme
from ui.cases import case_words as words
from ui.keys.key_map import with_keys, word

_MOST_WORDS = 220


class CasePicture(QWidget):
    """The picture of a case, with the words that it is recorded."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pixmap = QPixmap()
        self._which = ""
        self.setMinimumHeight(110)
        self.setAccessibleName(tr("Picture of the case, recorded, not live"))

    def show_file(self, path: str | None, which: str = "") -> None:
        """Show a picture file, or nothing; ``which`` says of which run."""
        self._which = which
        self._pixmap = QPixmap(path) if path else QPixmap()
        self.update()

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw the picture and the plate."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.GROUND)
        if self._pixmap.isNull():
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        scale = min(self.width() / self._pixmap.width(), self.height() / self._pixmap.height())
        size = self._pixmap.width() * scale, self._pixmap.height() * scale
        left, top = (self.width() - size[0]) / 2, (self.height() - size[1]) / 2
        painter.drawPixmap(QRectF(left, top, *size), self._pixmap, QRectF(self._pixmap.rect()))
        painter.setFont(theme.font(17, 600))
        label = f"{words.NOT_LIVE} · {self._which}" if self._which else words.NOT_LIVE
        wide = painter.fontMetrics().horizontalAdvance(label) + 24
        plate = QRectF(min(left + 10, max(0.0, self.width() - wide)), top + 10, wide, 34)
        painter.setPen(QPen(theme.CONTROL_EDGE, 1))
        painter.setBrush(theme.BARS)
        painter.drawRoundedRect(plate, 6, 6)
        painter.setPen(theme.TEXT_1)
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, label)


class CaseCard(QWidget):
    """One case.

    Attributes
    ----------
    act : signal (str)
        "review", "training", "ct", "outcome", "export" or "edit".
    """

    act = pyqtSignal(str)
    _ACTS = (
        ("review", tr("Review")),
        ("training", tr("To training")),
        ("ct", tr("Link CT")),
        ("export", tr("Export…")),
        ("outcome", tr("Outcome")),
        ("edit", tr("Edit")),
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        head = QHBoxLayout()
        self.title, self.day = QLabel(), QLabel()
        self.title.setFont(theme.font(30, 750))
        self.day.setFont(theme.font(18, 500))
        self.day.setStyleSheet("color:#BAC6D1;")
        head.addWidget(self.title)
        head.addStretch(1)
        head.addWidget(self.day)
        column.addLayout(head)
        self.picture = CasePicture()
        column.addWidget(self.picture, 1)
        self._grid = QGridLayout()
        self._grid.setVerticalSpacing(0)
        self._lines: list[tuple[QLabel, QLabel]] = []
        self.run: dict[str, Any] | None = None
        """The run whose picture is shown."""
        column.addLayout(self._grid)
        buttons = QGridLayout()
        buttons.setSpacing(10)
        self._buttons: dict[str, QPushButton] = {}
        for place, (name, _) in enumerate(self._ACTS):
            made = self._buttons[name] = QPushButton()
            made.setFont(theme.font(20, 650))
            made.setMinimumHeight(48)
            made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            if name == "review":
                made.setStyleSheet("QPushButton{background:#F2F5F8;color:#07090C;border:none;border-radius:6px;}")
            made.clicked.connect(lambda _checked=False, name=name: self.act.emit(name))
            buttons.addWidget(made, place // 2, place % 2)
        column.addLayout(buttons)
        self._name_keys()

    def _name_keys(self) -> None:
        for name, label in self._ACTS:
            key = word("cases", name)
            self._buttons[name].setText(f"{label}   {key}")
            self._buttons[name].setAccessibleName(tr("{label}, key {key}", label=label, key=key))

    def showEvent(self, a0: QShowEvent | None) -> None:
        """The keys that the acts have now."""
        self._name_keys()
        super().showEvent(a0)

    def show_case(self, library: Library, case: dict[str, Any], runs: list[dict[str, Any]], run_at: int) -> None:
        """Show a case and one of its runs."""
        self.title.setText(case["id"])
        self.day.setText(words.day(case["day"]))
        levels = library.rows("levels", case_id=case["id"])
        self._show_run(runs, run_at)
        findings = library.rows("findings", case_id=case["id"])
        outcomes = library.rows("outcomes", case_id=case["id"])
        technique = [
            case["levels_said"] or tr("level not entered"),
            translate(case["technique"]),
            *(translate(one["access"]) for one in levels),
        ]
        noted = [level for level in levels if level["day_said"]]
        mark = [(words.REHEARSAL, words.REHEARSAL_NOTE)] if case["rehearsal"] else []
        lines = [
            *mark,
            (tr("Level · technique"), " · ".join(part for part in technique if part)),
            (tr("Cement"), words.cement(case, levels)),
            (words.RAISED, words.raised_words(case)),
            words.found(case),
            *([] if case["told_high"] is None else [(words.XRAY, words.xray(case))]),
            *(line for level in noted for line in words.marks(level)),
            *_levels(levels, runs),
            *((words.ALL_LEVELS, words.LEVELS_IN_ONE) for run in runs if len(levels) > 1 and holds_several(run)),
            (tr("Leak"), translate(case["leak_said"] or NOT_YET)),
            (
                tr("After-operation CT"),
                "; ".join(translate(finding_words(one)) for one in findings) or words.CT_NOT_YET,
            ),
            (tr("Outcome"), _outcome(outcomes)),
            (words.RUN, self._who()),
            (tr("Runs"), _runs(runs)),
            (tr("Names"), translate(case["names"])),
            *([(tr("Keep until"), words.keep(case))] if words.keep(case) else []),
        ]
        if case["note"] or case["tags"]:
            lines.append((tr("Note"), " · ".join(part for part in (case["note"], case["tags"]) if part)))
        self._show_lines(lines)

    def _who(self) -> str:
        """Run and session of what the picture shows, by their ids."""
        if self.run is None:
            return tr("none")
        found = identify(self.run["path"])
        return " · ".join(part for part in (found.run_id, found.session_id) if part)

    def _show_run(self, runs: list[dict[str, Any]], run_at: int) -> None:
        self.run = runs[run_at] if runs else None
        which = with_keys(words.RUN_OF).format(run_at + 1, len(runs)) if len(runs) > 1 else ""
        self.picture.show_file(None if self.run is None else self.run["thumbnail"], which)

    def _show_lines(self, lines: list[tuple[str, str]]) -> None:
        while len(self._lines) < len(lines):
            name, value = QLabel(), QLabel()
            row = len(self._lines)
            for label, colour, weight in ((name, "#BAC6D1", 500), (value, "#F2F5F8", 650)):
                label.setTextFormat(Qt.TextFormat.PlainText)
                label.setFont(theme.font(17, weight))
                label.setStyleSheet(f"color:{colour};border-bottom:1px solid #34404C;padding:2px 0;")
            value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            value.setWordWrap(True)
            self._grid.addWidget(name, row, 0)
            self._grid.addWidget(value, row, 1)
            self._grid.setColumnStretch(1, 1)
            self._lines.append((name, value))
        for at, (name, value) in enumerate(self._lines):
            fits = at < len(lines)
            name.setVisible(fits)
            value.setVisible(fits)
            if fits:
                name.setText(lines[at][0])
                text = lines[at][1]
                value.setText(text if len(text) <= _MOST_WORDS else text[: _MOST_WORDS - 1] + "…")


def _levels(levels: list[dict[str, Any]], runs: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """What each of several runs came to."""
    names = {level["id"]: level["level"] for level in levels}
    made = [words.level_of_run(n, run, names.get(run["level_id"])) for n, run in enumerate(runs, start=1)]
    return made if len(made) > 1 else []


def _outcome(outcomes: list[dict[str, Any]]) -> str:
    if not outcomes:
        return tr("not yet")
    last = outcomes[-1]
    parts = [translate(last["stage"])]
    parts += [tr("VAS {pain:g}", pain=last["vas"])] if last["vas"] is not None else []
    parts += [tr("ODI {percent:g} %", percent=last["odi_percent"])] if last["odi_percent"] is not None else []
    parts += [tr("adjacent fracture")] if last["adjacent_fracture"] else []
    return " · ".join(parts)


def holds_several(run: dict[str, Any]) -> bool:
    """Whether a run is a whole session of several levels, as a program of before brought it in."""
    return run["told_high"] is not None and not may_be_part(Path(run["path"])) and _has_levels(run["path"])


@lru_cache(maxsize=64)
def _has_levels(path: str) -> bool:
    try:
        day = read_session_day(Path(path))
    except InputError:
        return False
    return day is not None and len(day.levels) > 1


def _runs(runs: list[dict[str, Any]]) -> str:
    if not runs:
        return tr("none")
    states = [words.NOT_ANALYSED.get(run["state"], "") for run in runs]
    state_text = next((state for state in states if state), tr("analysed"))
    where = tr("copied") if all(run["is_copied"] for run in runs) else tr("stays at its place")
    if not all(recording_of(Path(run["path"])).exists() for run in runs if run["state"] != NO_PICTURES):
        where = with_keys(tr("GONE from its place ([[cases:find again]]: find again)"))
    return f"{len(runs)} · {words.size(sum(run['bytes'] for run in runs))} · {where} · {state_text}"
