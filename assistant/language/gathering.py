"""Gathers every sentence of the program into `sentences.pot`: ``python -m assistant.language.gathering``.

What is gathered from a source file, which is read and never run:

* what `tr`, `trn` and `sentence` are given;
* the sentence of an error that is made, and the reason of an `Unknown`;
* every text in a line or an assignment that ends with ``# sentences``: words that are
  kept in files, or values of an enum;
* in a file with the line ``# sentences: all`` (a table of words): every text in it, but for its docstrings and words
  that look like a key ("posterior_wall") or a code ("A5").

An f-string becomes a template whose places are named by what stands in them.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
CATALOGUE: Final = Path(__file__).resolve().parent / "sentences.pot"
PACKAGES: Final = ("assistant", "ui")
ALL: Final = "# sentences: all"
LINE: Final = "# sentences"
_MARKS: Final = frozenset({"tr", "sentence"})
_FOR_PROGRAMMERS: Final = frozenset(
    {"TypeError", "KeyError", "IndexError", "AttributeError", "RuntimeError", "NotImplementedError", "AssertionError"}
)
_NOT_TEXTS: Final = frozenset({"strip", "removeprefix", "removesuffix", "split", "partition", "join", "get", "replace"})
"""Methods whose arguments are no texts of their own."""
_BASES: Final = {"strerror": "reason", "name": "", "value": "", "word": "", "words": ""}
"""Attributes that say less than what they are of."""
_HEAD: Final = """\
# Every sentence of the program that a person reads. Made by "make sentences"; not edited by hand.
# What stands in braces is put in by the program: keep it, its place may change. What stands in [[ ]] is drawn as a key.
msgid ""
msgstr ""
"Project-Id-Version: fluoro-assistant\\n"
"PO-Revision-Date: YEAR-MO-DA HO:MI+ZONE\\n"
"Last-Translator: FULL NAME <EMAIL@ADDRESS>\\n"
"Language-Team: LANGUAGE\\n"
"Language: en\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"""

Found = tuple[str, str]
"""A sentence and its plural; without one, an empty text."""


def gathered(root: Path = ROOT) -> dict[Found, list[str]]:
    """Every sentence with the files in which it stands, in the order of the files."""
    found: dict[Found, list[str]] = {}
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            place = path.relative_to(root).as_posix()
            for each in sentences_of(path.read_text(encoding="utf-8")):
                places = found.setdefault(each, [])
                if place not in places:
                    places.append(place)
    return found


def sentences_of(source: str) -> list[Found]:
    """The sentences of one source file, in their order."""
    tree = ast.parse(source)
    found: list[tuple[int, int, Found]] = []
    lines = source.splitlines()
    whole = any(line.strip() == ALL for line in lines)
    marked = _marked(tree, lines)
    if whole or marked:
        skipped = _docstrings(tree) | _inside_texts(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in skipped:
                is_marked = not marked.isdisjoint(range(node.lineno, (node.end_lineno or node.lineno) + 1))
                texts = [_bare(text) for text in _texts(node) if is_marked or (whole and _is_worded(text))]
                found += [(node.lineno, node.col_offset, (text, "")) for text in texts]
    raised = {id(node.exc) for node in ast.walk(tree) if isinstance(node, ast.Raise)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            found += [(node.lineno, node.col_offset, each) for each in _of_call(node, id(node) in raised)]
    return [each for _, _, each in sorted(found, key=lambda one: one[:2])]


def _marked(tree: ast.AST, lines: list[str]) -> set[int]:
    """The lines that are marked; of a statement that ends in one, all."""
    ends = {number for number, line in enumerate(lines, start=1) if line.endswith(LINE)}
    found = set(ends)
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.end_lineno in ends:
            found.update(range(node.lineno, node.end_lineno + 1))
    return found


def _is_worded(text: str) -> bool:
    """Whether a text of a table is for persons: keys and codes are one word, in small letters or with figures."""
    return " " in text or (text[:1].isupper() and not any(map(str.isdigit, text)))


def _docstrings(tree: ast.AST) -> set[int]:
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def _inside_texts(tree: ast.AST) -> set[int]:
    """The pieces of f-strings: their texts, and what stands in their format specifications."""
    return {
        id(piece)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for value in node.values
        for piece in (
            [value] if isinstance(value, ast.Constant) else ast.walk(getattr(value, "format_spec", None) or value)
        )
        if isinstance(value, ast.Constant) or getattr(value, "format_spec", None) is not None
    }


def _name_of(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _of_call(call: ast.Call, is_raised: bool) -> Iterator[Found]:
    name = _name_of(call)
    if name == "trn":
        one, many = call.args[0], call.args[1]
        if isinstance(one, ast.Constant) and isinstance(many, ast.Constant):
            yield str(one.value), str(many.value)
    elif name in _MARKS or (name not in _FOR_PROGRAMMERS and (is_raised or _tells(name))):
        for text in (text for argument in call.args[:1] for text in _texts(argument)):
            yield (text if name == "tr" else _bare(text)), ""


def _tells(name: str) -> bool:
    """Whether it makes an error, or an `Unknown`."""
    return name == "Unknown" or (name[:1].isupper() and name.rstrip("_").endswith("Error"))


def _texts(node: ast.AST) -> Iterator[str]:
    """The sentences that an expression may come to, and those that may stand in them."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str) and any(map(str.isalpha, node.value)):
            yield node.value
    elif isinstance(node, ast.JoinedStr) or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add)):
        yield from _template(node)
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from _texts(value)


def _bare(text: str) -> str:
    """A sentence without the joint before it, and without blanks at its ends."""
    return text.strip().removeprefix("; ").removeprefix(", ").removeprefix(": ").removeprefix("· ")


def _template(node: ast.AST) -> Iterator[str]:
    names: dict[str, str] = {}
    pieces: list[str] = []
    for part in _parts(node):
        if isinstance(part, str):
            pieces.append(part)
            continue
        expression = ast.unparse(part)
        if expression not in names:
            name, count = _place(part), 1
            while (unique := name if count == 1 else f"{name}_{count}") in names.values():
                count += 1
            names[expression] = unique
        pieces.append("{" + names[expression] + "}")
        yield from _texts(part)
    text = "".join(pieces)
    if any(map(str.isalpha, "".join(piece for piece in pieces if piece[:1] != "{"))):
        yield text


def _parts(node: ast.AST) -> Iterator[str | ast.expr]:
    """A text taken apart: literal pieces, and the expressions between them."""
    if isinstance(node, ast.JoinedStr):
        for value in node.values:
            if isinstance(value, ast.Constant):
                yield str(value.value)
            elif isinstance(value, ast.FormattedValue):
                yield value.value
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        yield from _parts(node.left)
        yield from _parts(node.right)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.expr):
        yield node


def _place(node: ast.AST) -> str:
    """A name for what stands in a place: ``{path.name}`` is the path, ``{error.strerror}`` the reason."""
    if isinstance(node, ast.Name):
        return node.id.strip("_")
    if isinstance(node, ast.Attribute):
        name = _BASES.get(node.attr, node.attr)
        return name.strip("_") or _place(node.value)
    if isinstance(node, ast.Subscript):
        return _place(node.value)
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute) and node.func.attr == "join" and node.args:
            return _place(node.args[0])
        inner = [_place(each) for each in node.args if not isinstance(each, ast.Constant)]
        return next((each for each in inner if each != "value"), _name_of(node).strip("_") or "value")
    for each in ast.iter_child_nodes(node):
        if isinstance(each, ast.expr) and (found := _place(each)) != "value":
            return found
    return "value"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    lines = escaped.split("\n")
    if len(lines) == 1:
        return f'"{escaped}"'
    whole = [line + "\\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
    return "\n".join(['""', *(f'"{line}"' for line in whole)])


def catalogue_text(found: dict[Found, list[str]]) -> str:
    """The template of a catalogue (.pot), as gettext's tools read it."""
    entries = [_HEAD]
    for (one, many), places in found.items():
        comment = "".join(f"#: {place}\n" for place in places)
        kind = "#, python-brace-format\n" if "{" in one else ""
        body = f'msgid_plural {_quoted(many)}\nmsgstr[0] ""\nmsgstr[1] ""\n' if many else 'msgstr ""\n'
        entries.append(f"{comment}{kind}msgid {_quoted(one)}\n{body}")
    return "\n".join(entries)


def main() -> int:
    """Write the catalogue anew, and say how large it is."""
    found = gathered()
    CATALOGUE.write_text(catalogue_text(found), encoding="utf-8", newline="\n")
    sys.stdout.write(f"{CATALOGUE.name}: {len(found)} sentences\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
