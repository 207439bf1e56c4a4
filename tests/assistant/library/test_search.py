"""Search: all words literal, any beginning, and quick in a large library."""

import time
from pathlib import Path

import pytest

from assistant.library.people import Permission
from assistant.library.search import Filter, match_for, search
from assistant.library.store import Library


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """10,000 cases, written in one change."""
    with Library(tmp_path_factory.mktemp("large")) as library:
        sites = ("superior disc", "posterior", "anterior", "")
        rows = []
        for n in range(10_000):
            case_id = f"K-{n:05d}"
            day = f"20{16 + n % 10}-{1 + n % 12:02d}-{1 + n % 28:02d}"
            note = f"note {n} {'rare' if n % 997 == 0 else 'usual'} cannula {'11G' if n % 3 else '13G'}"
            rows.append(("cases", case_id, {"day": day, "note": note, "tags": f"tag{n % 50}"}))
            rows.append(("levels", f"L-{n:05d}", {"case_id": case_id, "level": f"L{1 + n % 5}", "technique": "PKP"}))
            if sites[n % 4]:
                rows.append(("findings", f"F-{n:05d}", {"case_id": case_id, "site": sites[n % 4]}))
        library.change(rows, Permission.IMPORT, "import", about="many")
        yield library


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("text", "which", "total"),
    [
        ("", Filter.ALL, 10_000),
        ("rare", Filter.ALL, 11),
        ("usual cannula", Filter.ALL, 9_989),
        ("l3 13g", Filter.ALL, None),
        ("superior", Filter.LEAK, 2_500),
        ("K-00042", Filter.ALL, 1),
        ("n", Filter.ALL, 10_000),
        ("nothing like it", Filter.ALL, 0),
        ("", Filter.CT, 7_500),
    ],
)
def test_ten_thousand_cases_are_searched_in_50_ms(large, text, which, total):
    took = []
    for _ in range(5):
        begin = time.thread_time()
        found = search(large, text, which)
        took.append(1000 * (time.thread_time() - begin))
    if total is not None:
        assert found.total == total
    assert len(found.cases) == min(found.total, 200)
    # The thread's own time: what the search takes, not what else the machine does.
    assert sorted(took)[2] <= 50, took


@pytest.mark.parametrize(
    "text",
    ['"', "a*b", "NEAR(a b)", "a OR b", "-a", "a:b", "')--", "said MATCH 'x'", "%", "\x00", "ß Ü é", "a" * 10_000],
)
def test_what_is_typed_is_never_a_command(tmp_path: Path, text):
    with Library(tmp_path) as library:
        library.add("cases", Permission.IMPORT, note="a b")
        found = search(library, text)
    assert found.total in (0, 1)


def test_words_are_quoted():
    assert match_for("two words") == '"two"* "words"*'
    assert match_for(" \"' ") == ""


def test_diacritics_do_not_matter(tmp_path):
    with Library(tmp_path) as library:
        library.add("cases", Permission.IMPORT, note="Müller")
        assert search(library, "muller").total == 1
