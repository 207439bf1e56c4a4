"""The cases that were found, which of them is chosen, and which run of it is shown."""

from __future__ import annotations

from assistant.library.change_log import Row
from assistant.library.paged_search import PagedSearch
from assistant.library.search import Filter
from assistant.library.store import Library


class FoundCases(PagedSearch):
    """What stands in the list.

    Attributes
    ----------
    row : int
        Of the chosen case; -1 for none.
    runs : list of rows
        Of the chosen case.
    run_at : int
        Which of its runs is shown.
    """

    def __init__(self) -> None:
        super().__init__()
        self.row, self.run_at = -1, 0
        self.runs: list[Row] = []
        self._runs_of = ""

    @property
    def chosen_case(self) -> Row | None:
        """The chosen case."""
        return self.case(self.row)

    @property
    def chosen(self) -> str:
        """The id of the chosen case; empty for none."""
        case = self.chosen_case
        return "" if case is None else str(case["id"])

    @property
    def run(self) -> Row | None:
        """The run of the chosen case that is shown."""
        return self.runs[self.run_at] if self.runs else None

    def find(self, library: Library | None, text: str, which: Filter) -> None:
        """Search anew and stay on the chosen case where it is still there.

        Raises
        ------
        AssistantError
            If the library cannot be read; what was found before stays.
        """
        before = self.chosen
        super().find(library, text, which)
        self.row, self.runs = -1, []
        self.go(max(self.row_of(before) if before else -1, 0))

    def go(self, row: int) -> None:
        """Choose a row; one that holds no case changes nothing."""
        case = self.case(row)
        if case is None or self._library is None:
            return
        self.row = row
        self.runs = self._library.rows("runs", case_id=case["id"])
        if case["id"] != self._runs_of:
            self._runs_of, self.run_at = case["id"], 0
        self.run_at %= max(len(self.runs), 1)

    def step(self, rows: int) -> None:
        """Up or down the list, not beyond its ends."""
        self.go(min(max(self.row + rows, 0), self.total - 1))

    def step_run(self, step: int) -> None:
        """Another run of the case, round and round."""
        self.run_at = (self.run_at + step) % max(len(self.runs), 1)
