"""What processes say to each other arrives as it was said, and bytes of anybody else make nothing."""

import contextlib
import dataclasses
import pickle
import typing
from datetime import date
from enum import Enum
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.live.orders import Start, TakePlan
from assistant.live.shared import wire
from assistant.live.shared.wire import NotUnderstood, from_bytes, to_bytes
from assistant.settings.tree import Settings
from assistant.vocabulary import Unknown


def example(kind: Any) -> Any:
    """A value of a type, made from its annotations: whatever is added to a message later is sent here too."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is tuple:
        return tuple(example(each) for each in arguments if each is not Ellipsis)
    if origin in (dict,) or getattr(origin, "__name__", "") == "Mapping":
        if isinstance(arguments[0], type) and issubclass(arguments[0], Enum):
            return {key: example(arguments[1]) for key in arguments[0]}  # a table by lines holds each of them
        return {"a": "b"}
    if origin is np.ndarray:
        return np.arange(6, dtype=np.float32).reshape(2, 3)
    if arguments and origin is not typing.Literal:
        return example(arguments[0])
    if origin is typing.Literal:
        return arguments[0]
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        return kind(**{each.name: example(hints[each.name]) for each in dataclasses.fields(kind)})
    if isinstance(kind, type) and issubclass(kind, Enum):
        return list(kind)[-1]
    return {int: 3, float: 0.5, str: "text", bool: True, type(None): None, date: date(2026, 7, 1), bytes: b"x"}[kind]


def same(one: Any, other: Any) -> bool:
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other)
    if dataclasses.is_dataclass(one):
        return all(same(getattr(one, each.name), getattr(other, each.name)) for each in dataclasses.fields(one))
    if isinstance(one, tuple | list):
        return len(one) == len(other) and all(same(*pair) for pair in zip(one, other, strict=True))
    return bool(one == other)


@pytest.mark.parametrize("kind", sorted(wire._KNOWN, key=lambda kind: kind.__name__), ids=lambda kind: kind.__name__)
def test_every_class_of_a_message_or_an_order_arrives_as_it_was(kind):
    made = example(kind)
    assert same(from_bytes(to_bytes(made)), made)


def test_no_two_classes_have_one_name():
    assert len({kind.__name__ for kind in wire._KNOWN}) == len(wire._KNOWN)


def test_orders_keep_lists_tuples_and_figures_of_numpy():
    plan = {"views": [{"points": [(1.5, 2), [np.float64(3.25), np.int64(4)]], "mm_per_px": None, "calibrated": False}]}
    order = TakePlan(plan_number=1, document=plan, references=("a.png",))
    again = from_bytes(to_bytes(order))
    assert again.document == {"views": [{"points": [(1.5, 2), [3.25, 4]], "mm_per_px": None, "calibrated": False}]}
    assert isinstance(again.document["views"][0]["points"][0], tuple)
    assert again.references == ("a.png",)
    start = Start(session_memory="/x", source="play:y", folder="/z", settings=Settings(), epoch=2, restart=("a", "b"))
    assert from_bytes(to_bytes(start)) == start


def test_an_array_arrives_as_a_copy_that_can_be_written():
    again = from_bytes(to_bytes((np.eye(3, dtype=np.float32), Unknown("why"))))
    again[0][0, 0] = 7.0
    assert again[1] == Unknown("why")


@pytest.mark.parametrize("value", [object(), {1, 2}, len, np.array([object()]), np.array(["a"])])
def test_what_is_no_message_is_not_sent(value):
    with pytest.raises(TypeError, match="is no message"):
        to_bytes(value)


class Canary:
    """Would call when it is unpickled."""

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return (pytest.fail, ("a foreign pickle was run",))


@pytest.mark.parametrize(
    "data",
    [
        pickle.dumps(Canary()),
        pickle.dumps([1]),
        b"",
        wire.msgspec.msgpack.encode({"of": ["Canary"]}),
        wire.msgspec.msgpack.encode({"of": ["Unknown", 1, 2, 3, 4]}),
        wire.msgspec.msgpack.encode({"array": ["O", [1], b"12345678"]}),
        wire.msgspec.msgpack.encode({"array": ["f4", [1 << 40], b"1234"]}),
        wire.msgspec.msgpack.encode({"one": ["Child", "nobody"]}),
        wire.msgspec.msgpack.encode({"import": "os"}),
        wire.msgspec.msgpack.encode({"a": 1, "b": 2}),
    ],
)
def test_what_no_process_of_ours_wrote_is_refused(data):
    with pytest.raises(NotUnderstood):
        from_bytes(data)


@settings(max_examples=300)
@given(st.binary(max_size=200))
def test_no_bytes_do_more_than_be_refused(data):
    with contextlib.suppress(NotUnderstood):
        from_bytes(data)
