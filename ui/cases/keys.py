"""What the acts of the page of cases do; their keys stand in `ui.keys.table`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from assistant.library.search import Filter
from ui.cases import acts
from ui.widgets.form import Form

if TYPE_CHECKING:
    from ui.cases.page import CasesPage

_ROWS: Final = {"row down": 1, "row up": -1, "rows down": 8, "rows up": -8}
_ASKED_TWICE: Final = ("delete", "restore")


def do(page: CasesPage, act: str) -> None:
    """Do an act."""
    if act not in _ASKED_TWICE:
        page.stop_asking()
    if act in _ROWS:
        here = page.list.currentIndex().row()
        page.go(min(max(here + _ROWS[act], 0), page.model.total - 1))
        return
    known = {
        "search": lambda: _search(page),
        "import": page.choose_run,
        "import here": lambda: page.choose_run(to_this_case=True),
        "delete": lambda: acts.delete(page),
        "restore": lambda: acts.restore(page),
        "find again": lambda: acts.find_again(page),
        "run before": lambda: page.card.show_run(-1),
        "run next": lambda: page.card.show_run(1),
        "filter before": lambda: _filter(page, -1),
        "filter next": lambda: _filter(page, 1),
        "undo": lambda: acts.undo(page),
        "leave": lambda: _leave(page),
    }
    known.get(act, lambda: page.do(act))()


def _search(page: CasesPage) -> None:
    page.search.setFocus()
    page.search.selectAll()


def _filter(page: CasesPage, step: int) -> None:
    every = list(Filter)
    page.choose_filter(every[(every.index(page.which) + step) % len(every)])


def _leave(page: CasesPage) -> None:
    page.search.clear()
    page.tell("")


def do_in_form(form: Form, act: str) -> None:
    """Do an act of a form."""
    if act == "leave":
        form.leave()
    elif act == "keep":
        form.keep()
    else:
        form.step(1 if act == "next field" else -1)
