"""The overview of a person's training (sheet 07c)."""

from __future__ import annotations

import time

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from assistant.language import sentence, tr, translate, trn
from assistant.library.people import Person
from assistant.training.agreement import Agreement
from assistant.training.figures import Share, TraineeProgress, progress
from assistant.training.trainer import Trainer
from assistant.vocabulary import Unknown
from ui.training import training_words as words
from ui.training.charts import AgreementTable, CalibrationChart, ComingBack, MovingChart, ShareBars
from ui.training.training_words import ranged, signed
from ui.training.violet import TrainingCard, label
from ui.widgets.keycap import Keycap

_DAY_NS = 86_400_000_000_000
_BACK_PX, _PLANTED_LINES = 118, 4
_KEYS = (
    ("watch", tr("Watch")),
    ("site", tr("Sites")),
    ("shape", tr("Shapes")),
    ("lines", tr("Assistant")),
    ("set", tr("Set")),
    ("export", tr("Table")),
    ("who", tr("People")),
    ("instructor", tr("Instructor")),
)


class Dashboard(QWidget):
    """Progress and agreement."""

    act = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(14)
        self.stats = [
            StatCard(title)
            for title in (
                tr("Stopped before the line"),
                tr("Agreement with experts"),
                tr("Agreement with yourself"),
                tr("“Cannot tell” used"),
            )
        ]
        for place, card in enumerate(self.stats):
            grid.addWidget(card, 0, 3 * place, 1, 3)
        self.moving, self.sure, self.directions = MovingChart(), CalibrationChart(), ShareBars()
        for widget, title, right, column, span in (
            (self.moving, tr("Right, mean of 20 cases (%)"), tr("band: 95 % range"), 0, 6),
            (self.sure, tr("How sure, how right"), "%", 6, 3),
            (self.directions, tr("Right direction"), "", 9, 3),
        ):
            chart = TrainingCard(title, 22)
            chart.right.setText(right)
            chart.column.addWidget(widget, 1)
            grid.addWidget(chart, 1, column, 1, span)
        self.table, self.back = AgreementTable(), ComingBack()
        self.back.setMinimumHeight(_BACK_PX)
        agreement = TrainingCard(tr("Who agrees (κ)"), 22)
        agreement.column.addWidget(self.table, 1)
        self.everybody = label("", 17, 500, colour="#BAC6D1", wrap=True)
        agreement.column.addWidget(self.everybody)
        grid.addWidget(agreement, 2, 0, 1, 3)
        coming = TrainingCard(tr("Coming back to you"), 22)
        coming.right.setText(tr("misses return sooner"))
        coming.column.addWidget(self.back, 1)
        self.prepared = label("", 17, 500, colour="#A99BC9", wrap=True)
        coming.column.addWidget(self.prepared)
        row = QHBoxLayout()
        self.start = Keycap.of("training", "start")
        self.start.is_strong = True
        self.start.pressed.connect(self.act)
        row.addWidget(self.start, 1)
        coming.column.addLayout(row)
        grid.addWidget(coming, 2, 3, 1, 6)
        grid.addWidget(self._build_beside(), 2, 9, 1, 3)
        grid.addLayout(self._build_keys(), 3, 0, 1, 12)
        grid.setRowStretch(1, 1)
        grid.setRowStretch(2, 1)
        for column in range(12):
            grid.setColumnStretch(column, 1)

    def _build_beside(self) -> TrainingCard:
        beside = TrainingCard(tr("With the assistant"), 22)
        self.hidden, self.shown, self.trusted = (
            ShareLine(title) for title in (tr("Lines hidden"), tr("Lines shown"), tr("Trusted a wrong line"))
        )
        for line in (self.hidden, self.shown, self.trusted):
            beside.column.addWidget(line)
        planted = label(words.PLANTED, 15, 500, colour="#BAC6D1", wrap=True)
        planted.setMinimumHeight(_PLANTED_LINES * planted.fontMetrics().lineSpacing())
        beside.column.addWidget(planted)
        beside.column.addStretch(1)
        return beside

    def _build_keys(self) -> QHBoxLayout:
        more = QHBoxLayout()
        more.setSpacing(14)
        for act, text in _KEYS:
            cap = Keycap.of("training", act, text)
            cap.pressed.connect(self.act)
            cap.setFixedWidth(cap.sizeHint().width() + 4)
            more.addWidget(cap)
        more.addStretch(1)
        return more

    def show_person(self, trainer: Trainer, person: Person) -> None:
        """Work out and show the figures of a person."""
        known = progress(trainer, person)
        stopped, experts, myself, cannot = self.stats
        stopped.show_share(known.stopped_in_time)
        experts.show_agreement(known.with_experts)
        myself.show_agreement(known.with_self)
        cannot.show_share(known.cannot_tell, also=_experts(known))
        self.moving.points, self.sure.points, self.directions.shares = known.moving, known.calibration, known.directions
        self.table.between, self.table.me = known.between, person.id
        self.everybody.setText(_everybody(known))
        self.back.cases = self._coming(trainer, person)
        self.hidden.show_share(known.lines_hidden)
        self.shown.show_share(known.lines_shown)
        self.trusted.show_count(known.trusted_wrong)
        self.moving.experts = known.experts_right
        due = sum(when == "today" for _, when, _ in self.back.cases)
        self.start.label = tr("Start: {due} due, then new", due=due) if due else tr("Start")
        for widget in (self.moving, self.sure, self.directions, self.table, self.back, self.start):
            widget.update()

    def _coming(self, trainer: Trainer, person: Person) -> list[tuple[str, str, str]]:
        now = time.time_ns()
        made = []
        for card in trainer.library.rows("cards", person_id=person.id, order="due_ns")[:8]:
            clip = trainer.clip(card["clip_id"])
            answers = trainer.answers(person, clip_id=card["clip_id"], planted_mm=None)
            if clip is None or not answers:
                continue
            days = max(0, -(-(card["due_ns"] - now) // _DAY_NS))
            last = answers[-1]
            what = (
                tr("right")
                if last["is_right"]
                else tr(
                    "missed: {event}",
                    event=translate(clip.facts.event or clip.facts.trap or sentence("nothing reached")),
                )
            )
            if last["sure_percent"] is not None and last["is_right"]:
                what += tr(", {percent} % sure", percent=last["sure_percent"])
            made.append((clip.thumbnail, tr("today") if days == 0 else tr("in {days}", days=words.days(days)), what))
        return made


class ShareLine(QWidget):
    """One line: what, how much, of how many."""

    def __init__(self, title: str) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        self.figure, self.cases = label("—", 26, 750), label("", 16, 500, colour="#A99BC9")
        row.addWidget(label(title, 18, 500, wrap=True), 1)
        row.addWidget(self.figure)
        row.addWidget(self.cases)

    def show_share(self, share: Share) -> None:
        """Right answers in percent."""
        percent = share.percent
        self.figure.setText("—" if isinstance(percent, Unknown) else f"{percent:.0f} %")
        self.cases.setText(trn("{count} case", "{count} cases", share.total))

    def show_count(self, share: Share) -> None:
        """So many of so many."""
        self.figure.setText(str(share.right) if share.total else "—")
        self.cases.setText(tr("of {total} planted", total=share.total))


class StatCard(TrainingCard):
    """One figure with its range."""

    def __init__(self, title: str) -> None:
        super().__init__(title, 18)
        self.figure = label("—", 54, 750)
        self.under = label("", 18, 500, colour="#BAC6D1", wrap=True)
        self.column.addWidget(self.figure)
        self.column.addWidget(self.under)
        self.column.addStretch(1)

    def show_share(self, share: Share, also: str = "") -> None:
        """A share in percent."""
        percent = share.percent
        if isinstance(percent, Unknown):
            self.figure.setText("—")
            self.under.setText(translate(percent.reason))
            return
        low, high = share.range_percent
        self.figure.setText(f"{percent:.0f} %")
        self.under.setText(
            also
            or tr(
                "{right} of {total} · 95 % range {low:.0f}–{high:.0f} %",
                right=share.right,
                total=share.total,
                low=low,
                high=high,
            )
        )

    def show_agreement(self, found: Agreement | Unknown) -> None:
        """A kappa."""
        if isinstance(found, Unknown):
            self.figure.setText("—")
            self.under.setText(translate(found.reason))
            return
        self.figure.setText(tr("κ {kappa}", kappa=signed(found.kappa)))
        self.under.setText(
            tr(
                "{cases} cases · 95 % range {found} · {found_2}",
                cases=found.cases,
                found=ranged(found),
                found_2=found.word,
            )
        )


def _experts(known: TraineeProgress) -> str:
    percent = known.experts_cannot_tell.percent
    own = tr("{right} of {total}", right=known.cannot_tell.right, total=known.cannot_tell.total)
    return own if isinstance(percent, Unknown) else tr("{own} · experts {percent:.0f} %", own=own, percent=percent)


def _everybody(known: TraineeProgress) -> str:
    parts = []
    if isinstance(known.with_truth, Agreement):
        parts.append(tr("You and what was right: κ {kappa}", kappa=signed(known.with_truth.kappa)))
    if isinstance(known.everybody, Agreement):
        each = known.everybody
        parts.append(tr("Everybody (Fleiss): κ {kappa}, {each}", kappa=signed(each.kappa), each=ranged(each)))
    return " · ".join(parts)
