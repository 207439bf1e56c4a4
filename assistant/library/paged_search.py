"""The answer of a search, read part by part: a list of ten thousand cases reads what is looked at."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from assistant.errors import AssistantError
from assistant.library.change_log import Row
from assistant.library.search import PAGE, Filter, SearchPage, search
from assistant.library.store import Library

_PAGES_KEPT: Final = 8


class PagedSearch:
    """The found cases.

    Attributes
    ----------
    total : int
        How many were found.
    """

    def __init__(self) -> None:
        self.total = 0
        self._library: Library | None = None
        self._text, self._filter = "", Filter.ALL
        self._pages: OrderedDict[int, tuple[Row, ...]] = OrderedDict()

    def find(self, library: Library | None, text: str, which: Filter) -> None:
        """Look for these words; without a library nothing is found.

        Raises
        ------
        AssistantError
            If the library cannot be read; what was found before stays.
        """
        found = SearchPage(cases=(), total=0) if library is None else search(library, text, which)
        self._library, self._text, self._filter = library, text, which
        self._pages = OrderedDict({0: found.cases})
        self.total = found.total

    def case(self, row: int) -> Row | None:
        """A found case; None where there is none, or where it cannot be read."""
        page, at = divmod(row, PAGE)
        if page not in self._pages and self._library is not None and 0 <= row < self.total:
            try:
                self._pages[page] = search(self._library, self._text, self._filter, start=page * PAGE).cases
            except AssistantError:
                return None
            while len(self._pages) > _PAGES_KEPT:
                self._pages.popitem(last=False)
        cases = self._pages.get(page, ())
        return cases[at] if 0 <= at < len(cases) else None

    def row_of(self, case_id: str) -> int:
        """Where a case stands among those that were read; -1 where it does not."""
        for page, cases in self._pages.items():
            for at, case in enumerate(cases):
                if case["id"] == case_id:
                    return page * PAGE + at
        return -1
