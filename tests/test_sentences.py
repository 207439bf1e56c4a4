"""The catalogue of sentences: it is as the code is, and what the code says can be looked up and filled in."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator

from assistant.language.gathering import CATALOGUE, PACKAGES, ROOT, catalogue_text, gathered

SAYING = {"tr": 1, "trn": 2}


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Every sentence that is said at once, with its place."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SAYING:
                    yield f"{path.relative_to(ROOT).as_posix()}:{node.lineno}", node


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_the_catalogue_is_as_the_code_is() -> None:
    """Else: make sentences."""
    assert CATALOGUE.read_text(encoding="utf-8") == catalogue_text(gathered())


def test_no_sentence_holds_the_name_of_a_class() -> None:
    """What a script that renames classes once made of a word: "StepContent" for "Shown"."""
    trees = [ast.parse(path.read_text("utf-8")) for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    classes = {node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    joined = {name for name in classes if re.search(r"[a-z][A-Z]", name)}
    words = {word for one, many in gathered() for word in re.findall(r"\w+", f"{one} {many}")}
    assert words & joined == set()


def test_what_is_said_at_once_is_a_literal_so_that_it_can_be_gathered() -> None:
    wrong = []
    for place, call in calls():
        texts = call.args[: SAYING[ast.unparse(call.func)]]
        if not texts or not all(isinstance(text, ast.Constant) and isinstance(text.value, str) for text in texts):
            wrong.append(place)
    assert wrong == []


def test_the_places_of_a_sentence_are_those_that_are_filled() -> None:
    wrong = []
    for place, call in calls():
        said = ast.unparse(call.func)
        if any(keyword.arg is None for keyword in call.keywords) or (said == "tr" and not call.keywords):
            continue
        given = {str(keyword.arg) for keyword in call.keywords} | ({"count"} if said == "trn" else set())
        for text in call.args[: SAYING[said]]:
            assert isinstance(text, ast.Constant)
            found = places(str(text.value))
            if not found <= given or (said == "tr" and found != given):
                wrong.append(f"{place}: {sorted(found)} of {sorted(given)}")
    assert wrong == []


def test_no_sentence_speaks_of_a_class_of_the_code() -> None:
    """A class that is renamed by script must not rename a word that a person reads, nor the other way round."""
    classes = set()
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            found = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            classes |= {node.name for node in found if isinstance(node, ast.ClassDef)}
    several_words = {name for name in classes if re.match(r"[A-Z]+[a-z]+[A-Z]", name)}
    assert len(several_words) > 100
    lines = re.findall(r'^(?:msgid|").*', CATALOGUE.read_text(encoding="utf-8"), re.MULTILINE)
    said = re.findall(r"\w+", re.sub(r"\{[^}]*\}", " ", "\n".join(lines)))
    assert sorted(several_words & set(said)) == []
