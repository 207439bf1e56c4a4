"""The instructor's view: everybody who trains here, by their random ids, and the training sets."""

from __future__ import annotations

import time

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget

from assistant.language import tr, translate, trn
from assistant.training.agreement import Agreement
from assistant.training.figures import Share, progress
from assistant.training.sets import clip_ids
from assistant.training.trainer import Trainer
from assistant.vocabulary import Unknown
from ui import theme
from ui.keys.key_map import with_keys
from ui.training.training_words import ranged, signed
from ui.training.violet import CARD, EDGE, TrainingCard, label

_KEYS = tr(
    "[[training:new set]] new set · [[training:who]] people · [[training:export]] table of all answers · "
    "[[training:leave]] back"
)
_COLUMNS = (
    *(tr("reader"), tr("role"), tr("answers"), tr("right"), tr("in time")),
    *(tr("κ truth"), tr("κ experts"), tr("Brier"), tr("due")),
)


class InstructorView(QWidget):
    """A row for each person, a line for each set."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        card = TrainingCard(tr("Who trains here"), 26)
        self._keys = card.right
        self.table = QTableWidget(0, len(_COLUMNS))
        self.table.setHorizontalHeaderLabels(list(_COLUMNS))
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.table.setFont(theme.font(18, 500))
        self.table.setStyleSheet(
            f"QTableWidget{{background:{CARD.name()};border:none;gridline-color:{EDGE.name()};}}"
            f"QHeaderView::section{{background:{CARD.name()};border:none;padding:8px;font-weight:600;}}"
            f"QTableCornerButton::section{{background:{CARD.name()};}}"
        )
        rows = self.table.verticalHeader()
        if rows is not None:
            rows.hide()
            rows.setDefaultSectionSize(48)
        across = self.table.horizontalHeader()
        if across is not None:
            across.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        card.column.addWidget(self.table, 1)
        self.together = label("", 19, 600, wrap=True)
        card.column.addWidget(self.together)
        self.sets = label("", 18, 500, colour="#BAC6D1", wrap=True)
        card.column.addWidget(self.sets)
        self.flagged = label("", 18, 500, colour="#BAC6D1", wrap=True)
        card.column.addWidget(self.flagged)
        column.addWidget(card)

    def show_trainer(self, trainer: Trainer) -> None:
        """Work out everybody's figures."""
        self._keys.setText(with_keys(_KEYS))
        now_ns = time.time_ns()
        people = [each for each in trainer.people() if each.has_consented]
        self.table.setRowCount(len(people))
        together = ""
        for row, person in enumerate(people):
            known = progress(trainer, person)
            cards = trainer.library.rows("cards", person_id=person.id)
            due = sum(card["due_ns"] <= now_ns for card in cards)
            brier = known.brier
            right = Share(right=known.lines_hidden.right + known.lines_shown.right, total=known.answered)
            cells = (
                person.id,
                translate(person.role.value) + (tr(" · expert") if person.is_expert else ""),
                str(known.answered),
                _share(right),
                _share(known.stopped_in_time),
                _kappa(known.with_truth),
                _kappa(known.with_experts),
                "—" if isinstance(brier, Unknown) else f"{brier:.2f}",
                str(due),
            )
            for column, text in enumerate(cells):
                self.table.setItem(row, column, QTableWidgetItem(text))
            if isinstance(known.everybody, Agreement):
                each = known.everybody
                together = tr(
                    "All, “stop?” (Fleiss): κ {kappa}, 95 % range {each}, {cases} cases that all have answered",
                    kappa=signed(each.kappa),
                    each=ranged(each),
                    cases=each.cases,
                )
        self.together.setText(together or tr("Agreement of all needs three cases that everybody has answered."))
        sets = [
            trn(
                "{name}: {count} case",
                "{name}: {count} cases",
                len(clip_ids(trainer.library, one["id"])),
                name=one["name"],
            )
            for one in trainer.library.rows("sets")
        ]
        self.sets.setText(tr("Sets: {sets}", sets=" · ".join(sets) if sets else tr("none yet")))
        flagged = [row["name"] for row in trainer.library.rows("clips", flagged=1)]
        self.flagged.setText(tr("Flagged as doubtful: {clips}", clips=", ".join(flagged) if flagged else tr("none")))


def _share(share: Share) -> str:
    percent = share.percent
    if isinstance(percent, Unknown):
        return "—"
    low, high = share.range_percent
    return f"{percent:.0f} % ({low:.0f}–{high:.0f})"


def _kappa(found: Agreement | Unknown) -> str:
    return "—" if isinstance(found, Unknown) else f"{signed(found.kappa)} ({ranged(found)})"
