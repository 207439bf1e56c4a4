"""The catalogue is gathered from the code."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from assistant.language.gathering import catalogue_text, sentences_of

CODE = '''
"""Not a docstring."""
raise InputError(f"{path.name}: cannot be read ({error.strerror}); {len(rows)} of {len(rows)} rows, {rows[0]!r:>8}")
raise TypeError("for a programmer")
a = Unknown("no cement" if is_clear else "no picture") or tr("Keep") or other("not one")
b = trn("{count} run", "{count} runs", n)
d = tr(" within ")
c = sentence("a" + f" long one of {describe(error)}" + ("; cut" if cut else ""))
'''


def test_errors_reasons_and_what_is_marked_become_templates_with_names() -> None:
    assert sentences_of(CODE) == [
        ("{path}: cannot be read ({reason}); {rows} of {rows} rows, {rows_2}", ""),
        ("no cement", ""),
        ("no picture", ""),
        ("Keep", ""),
        ("{count} run", "{count} runs"),
        (" within ", ""),
        ("cut", ""),
        ("a long one of {error}{cut}", ""),
    ]


def test_in_a_table_of_words_every_text_is_one() -> None:
    assert sentences_of('"""Doc."""\n# sentences: all\nA = {"a key": "Word", "key": "A5", 3: f"{n:02d} of {m}"}\n') == [
        ("a key", ""),
        ("Word", ""),
        ("{n} of {m}", ""),
    ]


def test_the_tools_of_gettext_read_it(tmp_path: Path) -> None:
    if shutil.which("msgfmt") is None:
        pytest.skip("gettext's tools are not here")
    odd = {('say "no"\nor {what}', ""): ["a.py"], ("{count} run", "{count} runs"): ["a.py", "b.py"]}
    path = tmp_path / "odd.pot"
    path.write_text(catalogue_text(odd), encoding="utf-8")
    subprocess.run(["msgfmt", "--check-format", "-o", str(tmp_path / "odd.mo"), str(path)], check=True)
