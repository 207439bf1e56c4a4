"""Checks a document against one of the contract's JSON Schemas, which travel with the program.

Only the words of JSON Schema 2020-12 that the contract uses are understood; a schema with another word is refused, so
that a later contract cannot be half checked. The tests hold this against the ``jsonschema`` library, which the
installed program does without.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib import resources
from typing import Any, Final

_SILENT: Final = frozenset({"$schema", "$id", "$defs", "title", "description"})


@cache
def contract_schema(name: str) -> dict[str, Any]:
    """The contract's schema "plan" or "result"."""
    text = resources.files("assistant").joinpath("schemas", f"{name}.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def first_fault(document: Any, schema: dict[str, Any]) -> str:
    """What keeps a document from following a schema, with its place; empty where nothing does.

    Parameters
    ----------
    document : decoded JSON
    schema : dict
    """
    return next(_faults(document, schema, schema, ""), "")


def _faults(value: Any, schema: dict[str, Any], root: dict[str, Any], where: str) -> Iterator[str]:
    for word, rule in schema.items():
        if word in _SILENT:
            continue
        if word == "$ref":
            yield from _faults(value, root["$defs"][rule.removeprefix("#/$defs/")], root, where)
        elif word == "oneOf":
            held = sum(not any(_faults(value, option, root, where)) for option in rule)
            if held != 1:
                wanted = " and ".join(str(option.get("required", option)) for option in rule)
                yield f"{where or 'the document'} must hold exactly one of {wanted}"
        elif word == "additionalProperties":
            if rule is not True:
                # A rule that is not checked must not pass as checked.
                raise NotImplementedError(f"{word}: {rule}")
        elif word == "properties":
            for key, inner in rule.items():
                if isinstance(value, dict) and key in value:
                    yield from _faults(value[key], inner, root, f"{where}.{key}" if where else key)
        elif word == "items":
            for k, item in enumerate(value if isinstance(value, list) else []):
                yield from _faults(item, rule, root, f"{where}[{k}]")
        else:
            text = _CHECKS[word](value, rule)
            if text:
                yield f"{where or 'the document'} {text}"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is(value: Any, kind: str) -> bool:
    if kind == "integer":
        return _is_number(value) and math.isfinite(value) and value == int(value)
    if kind == "number":
        return _is_number(value)
    kinds: dict[str, type | None] = {"object": dict, "array": list, "string": str, "boolean": bool, "null": None}
    wanted = kinds[kind]
    return value is None if wanted is None else isinstance(value, wanted)


def _equal(a: Any, b: Any) -> bool:
    # JSON: true is not 1.
    return bool(a == b) and isinstance(a, bool) == isinstance(b, bool)


def _type(value: Any, rule: Any) -> str:
    kinds = rule if isinstance(rule, list) else [rule]
    return "" if any(_is(value, kind) for kind in kinds) else f"must be of type {' or '.join(kinds)}"


def _enum(value: Any, rule: Any) -> str:
    words = ", ".join("null" if each is None else str(each) for each in rule)
    return "" if any(_equal(value, each) for each in rule) else f"must be one of {words}, found {_short(value)}"


def _required(value: Any, rule: Any) -> str:
    missing = [key for key in rule if isinstance(value, dict) and key not in value]
    return f'lacks "{missing[0]}"' if missing else ""


def _const(value: Any, rule: Any) -> str:
    return "" if _equal(value, rule) else f"must be {rule!r}, found {_short(value)}"


def _pattern(value: Any, rule: Any) -> str:
    # "$" must not let a line end pass, as in the schema's own dialect.
    fits = not isinstance(value, str) or re.search(re.sub(r"\$$", r"\\Z", rule), value)
    return "" if fits else f"must look like {rule}, found {_short(value)}"


def _bound(words: str, holds: Callable[[float, float], bool]) -> Callable[[Any, Any], str]:
    return lambda value, rule: (
        "" if not _is_number(value) or holds(value, rule) else f"must be {words} {rule}, found {_short(value)}"
    )


def _length(words: str, holds: Callable[[int, int], bool]) -> Callable[[Any, Any], str]:
    return lambda value, rule: (
        "" if not isinstance(value, list) or holds(len(value), rule) else f"must have {words} {rule} entries"
    )


def _short(value: Any) -> str:
    text = json.dumps(value, default=str)
    return text if len(text) <= 60 else f"{text[:57]}..."


_CHECKS: Final[dict[str, Callable[[Any, Any], str]]] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "required": _required,
    "pattern": _pattern,
    "minimum": _bound("at least", lambda value, limit: value >= limit),
    "maximum": _bound("at most", lambda value, limit: value <= limit),
    "exclusiveMinimum": _bound("more than", lambda value, limit: value > limit),
    "minItems": _length("at least", lambda count, limit: count >= limit),
    "maxItems": _length("at most", lambda count, limit: count <= limit),
}
