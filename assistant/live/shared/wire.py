"""Messages and orders as bytes and back, without pickle: what stands in shared memory makes only the values named here.

A session that goes on with what a dead window left (``resume:``) reads memory that it did not make. A pickle there
could run whatever its writer liked; these bytes hold plain values, and the names of our own classes with their fields.
"""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Callable
from datetime import date
from enum import Enum
from typing import Any, Final

import msgspec
import numpy as np

from assistant.live.messages import Message
from assistant.live.orders import Order, Start

_AS_IT_IS: Final = (type(None), bool, int, float, str, bytes)
_NUMBERS: Final = "biuf"
"""Kinds of arrays that are sent."""


class NotUnderstood(ValueError):
    """Bytes that no process of this program wrote."""


def to_bytes(value: Any) -> bytes:
    """A message, an order, or plain values.

    Raises
    ------
    TypeError
        For a value of another class.
    """
    return msgspec.msgpack.encode(_packed(value))


def from_bytes(data: bytes) -> Any:
    """What `to_bytes` was given: tuples as tuples, lists as lists; arrays are copies of their own.

    Raises
    ------
    NotUnderstood
    """
    try:
        return _unpacked(msgspec.msgpack.decode(data))
    except (ValueError, TypeError, KeyError, IndexError, RecursionError, msgspec.MsgspecError) as error:
        raise NotUnderstood(f"not a message of this program ({error})") from error


def _packed(value: Any) -> Any:
    kind = type(value)
    if kind in _AS_IT_IS:
        return value
    if kind is tuple:
        return [_packed(each) for each in value]
    if kind in _FIELDS:
        return {"of": [kind.__name__, *(_packed(getattr(value, name)) for name in _FIELDS[kind])]}
    if kind in _ENUMS:
        return {"one": [kind.__name__, value.value]}
    if kind is list:
        return {"list": [_packed(each) for each in value]}
    if kind is dict:
        return {"dict": [[_packed(key), _packed(each)] for key, each in value.items()]}
    if isinstance(value, np.ndarray) and value.dtype.kind in _NUMBERS:
        return {"array": [value.dtype.str, list(value.shape), value.tobytes()]}
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, date) and kind is date:
        return {"day": value.isoformat()}
    raise TypeError(f"a {kind.__module__}.{kind.__qualname__} is no message")


def _unpacked(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_unpacked(each) for each in value)
    if not isinstance(value, dict):
        return value
    ((what, held),) = value.items()
    return _MAKERS[what](held)


def _array(held: list[Any]) -> np.ndarray[Any, Any]:
    kind, shape, data = held
    dtype = np.dtype(kind)
    if dtype.kind not in _NUMBERS:
        raise ValueError(f"an array of {kind}")
    return np.frombuffer(data, dtype).reshape(shape).copy()


_MAKERS: Final[dict[str, Callable[[Any], Any]]] = {
    "of": lambda held: _CLASSES[held[0]](**_named(_CLASSES[held[0]], held[1:])),
    "one": lambda held: _ENUMS_BY_NAME[held[0]](held[1]),
    "list": lambda held: [_unpacked(each) for each in held],
    "dict": lambda held: {_unpacked(key): _unpacked(each) for key, each in held},
    "array": _array,
    "day": date.fromisoformat,
}


def _named(kind: type, values: list[Any]) -> dict[str, Any]:
    return dict(zip(_FIELDS[kind], (_unpacked(each) for each in values), strict=True))


def _reached(kinds: tuple[Any, ...]) -> set[type]:
    """All dataclasses and enums that values of these types are made of."""
    found: set[type] = set()
    left = list(kinds)
    while left:
        kind = left.pop()
        left += [each for each in typing.get_args(kind) if not isinstance(each, str)]
        if not isinstance(kind, type) or kind in found:
            continue
        if dataclasses.is_dataclass(kind):
            found.add(kind)
            left += typing.get_type_hints(kind).values()
        elif issubclass(kind, Enum):
            found.add(kind)
    return found


_KNOWN: Final = _reached((Message, Order, Start))
_FIELDS: Final = {
    kind: tuple(field.name for field in dataclasses.fields(kind)) for kind in _KNOWN if dataclasses.is_dataclass(kind)
}
_ENUMS: Final = frozenset(kind for kind in _KNOWN if issubclass(kind, Enum))
_CLASSES: Final[dict[str, Any]] = {kind.__name__: kind for kind in _FIELDS}
_ENUMS_BY_NAME: Final[dict[str, Any]] = {kind.__name__: kind for kind in _ENUMS}
