"""Whatever is stored becomes plain first: the one place where NumPy's numbers, enums, paths and tuples are turned.

What a file of somebody else holds is read here as well (`read_json`): a number that neither the library nor NumPy can
hold is refused before it gets anywhere.

JSON files and lines, the library's rows and the event log all go through here. A point that was clicked in a zoomed
picture is a NumPy number: without this it ended the keeping of a measure, or stood in the library as four bytes.
"""

from __future__ import annotations

import dataclasses
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from enum import Enum
from pathlib import PurePath
from typing import Any, Final, TypeVar, overload

import msgspec
import numpy as np

from assistant.errors import InputError

Plain = Any
"""None, bool, int, float, str, or lists and dicts (with str keys) of these."""
_AS_IT_IS: Final = (type(None), bool, int, str)
_LEAST, _MOST = -(2**63), 2**63 - 1
_LONG_NUMBER: Final = re.compile(rb"[0-9]{19}")
_MARK: Final = b"\xef\xbb\xbf"
"""That some editors put before a text."""
_NO_NUMBER: Final = re.compile(rb"[:,\[]\s*(NaN|-?Infinity)\b")
T = TypeVar("T")


def plain(value: Any, otherwise: Callable[[Any], str] | None = None) -> Plain:
    """A copy of plain types only; a number that is not finite is unknown and becomes None (contract).

    Parameters
    ----------
    value : any
        Numbers of NumPy, arrays, enums, paths, dates, dataclasses, structs, and what holds them.
    otherwise : callable, optional
        Gives the text of what is none of these.

    Raises
    ------
    TypeError
        For what is none of these, where nothing says how it is told.
    """
    kind = type(value)
    if kind in _AS_IT_IS:
        return value
    if isinstance(value, float | np.floating):
        number = float(value)
        return number if math.isfinite(number) else None
    if isinstance(value, Mapping):
        return {_key(key): plain(each, otherwise) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(each, otherwise) for each in value]
    turned = _turned(value)
    if turned is not value:
        return plain(turned, otherwise)
    if otherwise is not None:
        return otherwise(value)
    raise TypeError(f"a {kind.__module__}.{kind.__qualname__} cannot be stored")


def _turned(value: Any) -> Any:
    """One step towards plain; the value itself where there is none."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, str | PurePath):
        return str(value)
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, msgspec.Struct):
        return msgspec.to_builtins(value, enc_hook=_hook)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    return value


def _key(key: Any) -> str:
    turned = plain(key, str)
    return turned if isinstance(turned, str) else str(turned)


def _hook(value: Any) -> Plain:
    """What `msgspec` does not know by itself."""
    return plain(value)


def json_text(value: Any, *, indent: int | None = 1, ascii_only: bool = False) -> str:
    """A document as a file holds it; without ``indent`` on one line."""
    separators = (",", ":") if indent is None else None
    return json.dumps(plain(value), indent=indent, separators=separators, ensure_ascii=ascii_only, allow_nan=False)


def json_canonical(value: Any) -> str:
    """The one text of a value, whatever the order of its keys: what a hash is made of."""
    return json.dumps(plain(value), sort_keys=True, ensure_ascii=True, separators=(",", ":"), allow_nan=False)


def json_line(value: Any) -> bytes:
    """A value as one line, its end included; quick, for a line a frame."""
    return msgspec.json.encode(value, enc_hook=_hook) + b"\n"


def msgpack_bytes(value: Any) -> bytes:
    """A value as MessagePack."""
    return msgspec.msgpack.encode(value, enc_hook=_hook)


def sql_value(value: Any) -> int | float | str | bytes | None:
    """A value as a column of the library holds it; lists and dicts as JSON."""
    if isinstance(value, bytes):
        return value
    turned = plain(value)
    if isinstance(turned, int) and not _LEAST <= turned <= _MOST:
        raise InputError(f"a number of {len(str(abs(turned)))} digits is more than the library can hold (64 bit)")
    return json_text(turned, indent=None) if isinstance(turned, list | dict) else turned


@overload
def read_json(content: bytes) -> Any: ...
@overload
def read_json(content: bytes, kind: type[T]) -> T: ...
def read_json(content: bytes, kind: Any = Any) -> Any:
    """What a JSON file holds: finite numbers and integers of 64 bit, or it is refused.

    Parameters
    ----------
    content : bytes
    kind : type, optional
        As `msgspec.json.decode` takes it.

    Raises
    ------
    ValueError
        If it is no JSON, not of this kind, or holds a number that cannot be kept; the text names its place.
    RecursionError
        If it is too deep.
    """
    content = content.removeprefix(_MARK)
    if _LONG_NUMBER.search(content) is not None:
        where = next(_too_large(msgspec.json.decode(content)), None)
        if where is not None:
            raise ValueError(f"{where} is more than a number of 64 bit")
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.DecodeError as error:
        word = _NO_NUMBER.search(content)
        if word is None:
            raise
        raise ValueError(f"{word[1].decode()} is not a number that JSON knows") from error


def _too_large(value: Plain) -> Iterator[str]:
    """Places of the integers of more than 64 bit."""
    open_ = [("", value)]
    while open_:
        where, each = open_.pop()
        if isinstance(each, dict):
            open_ += [(f"{where}.{name}" if where else name, inner) for name, inner in each.items()]
        elif isinstance(each, list):
            open_ += [(f"{where}[{k}]", inner) for k, inner in enumerate(each)]
        elif isinstance(each, int) and not _LEAST <= each <= _MOST:
            yield where or "it"
