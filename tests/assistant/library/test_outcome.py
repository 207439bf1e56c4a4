"""What became of the patient: words from the lists, figures within their ranges, unknown stays unknown."""

import pytest

from assistant.errors import UsageError
from assistant.library.outcome import OutcomeFigures, add_finding, add_outcome, checked_day, finding_words
from assistant.library.people import Permission
from assistant.library.search import Filter, search
from assistant.library.store import Library


@pytest.fixture
def library(tmp_path):
    with Library(tmp_path) as opened:
        opened.add("cases", Permission.IMPORT, id="K-1")
        yield opened


def test_a_finding_links_the_ct(library):
    add_finding(library, "K-1", site="superior disc", level="L3", shape="spike", day="2026-11-13")
    (case,) = search(library, "spike", Filter.CT).cases
    assert case["has_leak"] == 1
    assert finding_words(library.rows("findings")[0]) == "L3 · superior disc · spike"


def test_none_seen_is_a_finding_and_no_leak(library):
    add_finding(library, "K-1", site="none seen")
    (case,) = search(library, which=Filter.CT).cases
    assert case["has_leak"] == 0


@pytest.mark.parametrize(
    "bad", [{"site": "spleen"}, {"site": "anterior", "yeom": "D"}, {"site": "anterior", "day": "x"}]
)
def test_other_words_are_refused(library, bad):
    with pytest.raises(UsageError):
        add_finding(library, "K-1", **bad)
    assert library.rows("findings") == []


def test_an_outcome_keeps_what_is_known(library):
    add_outcome(library, "K-1", OutcomeFigures(stage="day 1", vas=2.0, adjacent_fracture=False))
    (row,) = library.rows("outcomes")
    assert (row["vas"], row["odi_percent"], row["adjacent_fracture"], row["remote_fracture"]) == (2.0, None, 0, None)


@pytest.mark.parametrize(
    "bad",
    [{"stage": "tomorrow"}, {"stage": "day 1", "vas": 11.0}, {"stage": "day 1", "odi_percent": float("nan")}],
)
def test_figures_outside_their_range_are_refused(library, bad):
    with pytest.raises(UsageError):
        add_outcome(library, "K-1", OutcomeFigures(**bad))


def test_days():
    assert checked_day(" 2026-11-12 ") == "2026-11-12"
    assert checked_day("") is None
    with pytest.raises(UsageError, match="2026-11-30"):
        checked_day("12.11.2026")
