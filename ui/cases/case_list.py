"""The rows of the list: a model that reads page by page, and the hand that draws a row."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from PyQt6.QtCore import QAbstractListModel, QModelIndex, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPen, QPixmap
from PyQt6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from assistant.language import tr, translate
from assistant.library.paged_search import PagedSearch
from assistant.results.looked_at import NOT_YET
from ui import theme
from ui.cases import case_words as words
from ui.widgets import icons

ROW_PX = 86
_THUMBNAIL = (104, 66)
_WIDE = (
    ("", 132),
    ("case", 148),
    ("level", 104),
    ("run", 86),
    ("cement", 94),
    ("alarms", 168),
    ("leak label", 280),
)  # sentences
_WIDE_END = (("CT", 96), ("recording", 110))  # sentences
_SMALL = (("", 122), ("case", 138), ("level", 84), ("alarms", 140), ("leak label", 0))
_PIXMAPS_KEPT = 400


def columns(width: int) -> list[tuple[str, float, float]]:
    """Name, left edge and width of each column for a list of this width."""
    chosen = [*_WIDE, *_WIDE_END] if width >= 1000 else list(_SMALL)
    total = sum(each for _, each in chosen)
    spare = width - 24 - total
    made, x = [], 12.0
    for name, each in chosen:
        wide = each + (spare if name == "leak label" else 0)
        made.append((name, x, float(max(wide, 40))))
        x += max(wide, 40)
    return made


class CaseModel(QAbstractListModel):
    """The found cases; the rows that are not looked at are not read."""

    def __init__(self, found: PagedSearch, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found = found

    def show_again(self) -> None:
        """Others were found."""
        self.beginResetModel()
        self.endResetModel()

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008
        """How many were found."""
        return 0 if parent.isValid() else self._found.total

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The case itself for the delegate, its sentence for a reader of the screen."""
        case = self._found.case(index.row())
        if case is None:
            return None
        if role == Qt.ItemDataRole.UserRole:
            return case
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{case['id']}, {words.day(case['day'])}, {case['levels_said']}, {case['leak_said']}"
        return None


class CaseDelegate(QStyledItemDelegate):
    """Draws a row."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pixmaps: OrderedDict[str, QPixmap] = OrderedDict()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        """All rows are alike."""
        return QSize(option.rect.width(), ROW_PX)

    def thumbnail(self, path: str) -> QPixmap:
        """A picture of the list, kept for the next time."""
        if path not in self._pixmaps:
            loaded = QPixmap(path)
            if not loaded.isNull():
                loaded = loaded.scaled(
                    *_THUMBNAIL,
                    Qt.AspectRatioMode.KeepAspectRatioByExpanding,
                    Qt.TransformationMode.SmoothTransformation,
                )
            self._pixmaps[path] = loaded
            while len(self._pixmaps) > _PIXMAPS_KEPT:
                self._pixmaps.popitem(last=False)
        return self._pixmaps[path]

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """Draw one case."""
        case = index.data(Qt.ItemDataRole.UserRole)
        if painter is None or case is None:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(option.rect)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(QPen(theme.TEXT_1, 2))
            painter.setBrush(QColor("#2A3744"))
            painter.drawRect(rect.adjusted(1, 1, -1, -1))
        painter.setPen(QPen(theme.HAIRLINE, 1))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        for name, x, width in columns(int(rect.width())):
            self._cell(painter, case, name, QRectF(rect.left() + x, rect.top(), width - 12, rect.height()))
        painter.restore()

    def _cell(self, painter: QPainter, case: dict[str, Any], name: str, box: QRectF) -> None:
        if name == "":
            target = QRectF(box.left(), box.top() + (box.height() - _THUMBNAIL[1]) / 2, *_THUMBNAIL)
            picture = self.thumbnail(case["thumbnail"]) if case["thumbnail"] else QPixmap()
            painter.fillRect(target, theme.GROUND)
            if not picture.isNull():
                left, top = (picture.width() - _THUMBNAIL[0]) / 2, (picture.height() - _THUMBNAIL[1]) / 2
                painter.drawPixmap(target, picture, QRectF(left, top, *_THUMBNAIL))
        elif name == "case":
            below = words.REHEARSAL if case["rehearsal"] else words.day(case["day"])
            _two_lines(painter, box, case["id"], below, 21)
        elif name == "level":
            _two_lines(painter, box, case["levels_said"] or "—", translate(case["technique"]), 20)
        elif name == "alarms":
            _alarms(painter, box, case)
        else:
            content = {
                "run": words.length(case["duration_s"]),
                "cement": words.millilitres(case["cement_ml"]),
                "leak label": case["leak_said"] or NOT_YET,
                "CT": words.CT_LINKED if case["ct_linked"] else words.CT_NOT_YET,
                "recording": case["recording_said"] or "—",
            }[name]
            quiet = name in ("CT", "recording")
            painter.setPen(theme.TEXT_2 if quiet else theme.TEXT_1)
            painter.setFont(theme.font(18, 500))
            text = painter.fontMetrics().elidedText(translate(content), Qt.TextElideMode.ElideRight, int(box.width()))
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)


def _two_lines(painter: QPainter, box: QRectF, first: str, second: str, size_px: int) -> None:
    painter.setPen(theme.TEXT_1)
    painter.setFont(theme.font(size_px, 700))
    first = painter.fontMetrics().elidedText(first, Qt.TextElideMode.ElideRight, int(box.width()))
    painter.drawText(QRectF(box.left(), box.center().y() - 28, box.width(), 30), Qt.AlignmentFlag.AlignVCenter, first)
    painter.setPen(theme.TEXT_3)
    painter.setFont(theme.font(16, 500))
    painter.drawText(QRectF(box.left(), box.center().y() + 2, box.width(), 24), Qt.AlignmentFlag.AlignVCenter, second)


def _alarms(painter: QPainter, box: QRectF, case: dict[str, Any]) -> None:
    """As told on the day, else as the analysis found; whose they are stands below."""
    prefix = "" if case["told_high"] is None else "told_"
    colours = {"high": theme.HIGH[0], "medium": theme.MEDIUM[0], "low": theme.LOW}
    marks = [(name, colour) for name, colour in colours.items() for _ in range(min(case[prefix + name] or 0, 4))]
    whose = words.alarm_source_words(case)
    if whose:
        painter.setPen(theme.TEXT_3)
        painter.setFont(theme.font(15, 500))
        below = QRectF(box.left(), box.center().y() + 8, box.width(), 24)
        whose = painter.fontMetrics().elidedText(whose, Qt.TextElideMode.ElideRight, int(box.width()))
        painter.drawText(below, Qt.AlignmentFlag.AlignVCenter, whose)
        box = box.adjusted(0, 0, 0, -28)
    room = max(1, int(box.width() // 32))
    if not marks:
        painter.setPen(theme.TEXT_3)
        painter.setFont(theme.font(18, 500))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, words.NO_ALARM)
        return
    drawn = marks if len(marks) <= room else marks[: room - 1]
    for place, (name, colour) in enumerate(drawn):
        icons.draw(painter, name, QRectF(box.left() + 32 * place, box.center().y() - 13, 26, 26), colour)
    if len(drawn) < len(marks):
        painter.setPen(theme.TEXT_2)
        painter.setFont(theme.font(16, 600))
        left = box.left() + 32 * len(drawn)
        painter.drawText(
            QRectF(left, box.top(), 40, box.height()), Qt.AlignmentFlag.AlignVCenter, f"+{len(marks) - len(drawn)}"
        )


class CaseHeader(QWidget):
    """Names of the columns."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(38)

    def paintEvent(self, a0: object) -> None:
        """Draw the names over their columns."""
        painter = QPainter(self)
        painter.setFont(theme.font(17, 600))
        painter.setPen(theme.TEXT_2)
        for name, x, width in columns(self.width()):
            painter.drawText(QRectF(x, 0, width, 38), Qt.AlignmentFlag.AlignVCenter, translate(name))
        painter.setPen(QPen(theme.HAIRLINE, 1))
        painter.drawLine(0, 37, self.width(), 37)


class CaseList(QListView):
    """The list; keys belong to the page."""

    def __init__(self, model: CaseModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setItemDelegate(CaseDelegate(self))
        self.setUniformItemSizes(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setStyleSheet("QListView{background:#161C23;border:none;}")
        self.setAccessibleName(tr("Cases"))
