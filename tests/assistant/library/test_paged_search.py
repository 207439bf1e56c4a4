"""A long answer is read part by part, and what cannot be read does not stand for nothing found."""

import pytest

from assistant.errors import AssistantError
from assistant.library import paged_search
from assistant.library.paged_search import PagedSearch
from assistant.library.people import Permission
from assistant.library.search import PAGE, Filter
from assistant.library.store import Library


@pytest.fixture
def library(tmp_path):
    with Library(tmp_path / "library") as library:
        rows = [("cases", f"K-{n:05d}", {"day": "2026-11-12", "note": f"note {n}"}) for n in range(PAGE + 20)]
        library.change(rows, Permission.IMPORT, "import", about="many")
        yield library


def test_all_are_counted_and_a_far_row_is_read_when_it_is_looked_at(library):
    found = PagedSearch()
    found.find(library, "", Filter.ALL)
    assert found.total == PAGE + 20
    far = found.case(PAGE + 10)["id"]
    assert found.row_of(far) == PAGE + 10
    assert found.row_of("K-99999") == -1


@pytest.mark.parametrize("row", [-1, PAGE + 20])
def test_no_row_beyond_the_ends(library, row):
    found = PagedSearch()
    found.find(library, "", Filter.ALL)
    assert found.case(row) is None


def test_without_a_library_nothing_is_found(library):
    found = PagedSearch()
    found.find(library, "", Filter.ALL)
    found.find(None, "", Filter.ALL)
    assert (found.total, found.case(0)) == (0, None)


def test_a_search_that_fails_leaves_what_was_found(library, monkeypatch):
    found = PagedSearch()
    found.find(library, "", Filter.ALL)

    def fails(*_, **__):
        raise AssistantError("the library cannot be read")

    monkeypatch.setattr(paged_search, "search", fails)
    with pytest.raises(AssistantError):
        found.find(library, "note", Filter.ALL)
    assert found.total == PAGE + 20
    assert found.case(0) is not None
    assert found.case(PAGE + 1) is None


def test_only_some_parts_are_kept(library, monkeypatch):
    found = PagedSearch()
    found.find(library, "", Filter.ALL)
    monkeypatch.setattr(paged_search, "_PAGES_KEPT", 1)
    found.case(PAGE)
    assert found.row_of(found.case(PAGE)["id"]) == PAGE
    assert found.case(0) is not None
