"""What an ONNX file says it would do, read without running any of it: a small reader of its wire format.

Nothing of an untrusted file reaches the runtime before this has passed: no data outside the file (CVE-2022-25882 and
its successors), no functions, no foreign operators, no branches or loops, no operator off the list.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assistant.errors import InputError

_MOST_NODES = 500
OPERATORS = frozenset(
    {
        "Add", "AveragePool", "BatchNormalization", "Clip", "Concat", "Constant", "Conv", "DequantizeLinear", "Div",
        "Flatten", "Gemm", "GlobalAveragePool", "GlobalMaxPool", "Identity", "MatMul", "MaxPool", "Mul",
        "QuantizeLinear", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceSum", "Relu", "Reshape", "Sigmoid",
        "Softmax", "Sqrt", "Squeeze", "Sub", "Tanh", "Transpose", "Unsqueeze",
    }
)  # fmt: skip
"""None of them branches, repeats, reads files or grows without bound."""

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


class ModelRefused(InputError):
    """A model or pack that is not used, with the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphFacts:
    """Inputs and outputs of a graph that passed.

    Attributes
    ----------
    opset : int
    inputs, outputs : dict of str to tuple
        Shapes by name; None where a side is not fixed.
    """

    opset: int
    inputs: dict[str, tuple[int | None, ...]]
    outputs: dict[str, tuple[int | None, ...]]


def check_graph(model: bytes) -> GraphFacts:
    """Read an ONNX file and refuse what a shape model has no need of.

    Raises
    ------
    ModelRefused
    """
    try:
        return _checked(model)
    except (IndexError, ValueError, RecursionError) as error:
        raise ModelRefused("the model file is no whole ONNX file") from error


def _checked(model: bytes) -> GraphFacts:
    opset, graph = 0, None
    for number, value in _fields(model):
        if number == 7:
            graph = _block(value)
        elif number == 8:
            opset = max(opset, _opset(_block(value)))
        elif number in (20, 25):
            raise ModelRefused("the model brings functions or training steps of its own")
    if graph is None:
        raise ModelRefused("the model file holds no graph")
    inputs: dict[str, tuple[int | None, ...]] = {}
    outputs: dict[str, tuple[int | None, ...]] = {}
    held: set[str] = set()
    nodes = 0
    for number, value in _fields(graph):
        if number == 1:
            nodes += 1
            _check_node(_block(value))
        elif number == 5:
            held.add(_check_tensor(_block(value)))
        elif number == 11:
            name, shape = _named(_block(value))
            inputs[name] = shape
        elif number == 12:
            name, shape = _named(_block(value))
            outputs[name] = shape
        elif number == 15:
            raise ModelRefused("the model holds sparse weights")
    if not 0 < nodes <= _MOST_NODES:
        raise ModelRefused(f"the model has {nodes} operators, 1 to {_MOST_NODES} are allowed")
    return GraphFacts(opset=opset, inputs={k: v for k, v in inputs.items() if k not in held}, outputs=outputs)


def _opset(entry: bytes) -> int:
    domain, version = b"", 0
    for number, value in _fields(entry):
        if number == 1:
            domain = _block(value)
        elif number == 2 and isinstance(value, int):
            version = value
    if domain not in (b"", b"ai.onnx"):
        raise ModelRefused(f"the model needs foreign operators ({domain.decode('utf-8', 'replace')[:40]})")
    return version


def _check_node(node: bytes) -> None:
    name = ""
    for number, value in _fields(node):
        if number == 4:
            name = _text(value)
        elif number == 5:
            _check_attribute(_block(value))
        elif number == 7 and _block(value) not in (b"", b"ai.onnx"):
            raise ModelRefused(f"the model needs a foreign operator of {_text(value)[:40]}")
    if name not in OPERATORS:
        raise ModelRefused(f"the model uses the operator {name[:40]!r}, which a shape model has no need of")


def _check_attribute(attribute: bytes) -> None:
    for number, value in _fields(attribute):
        if number in (6, 11):
            raise ModelRefused("the model holds a graph within the graph (a branch or a loop)")
        if number in (5, 10):
            _check_tensor(_block(value))
        if number in (22, 23):
            raise ModelRefused("the model holds sparse weights")


def _check_tensor(tensor: bytes) -> str:
    name = ""
    for number, value in _fields(tensor):
        if number == 8:
            name = _text(value)
        elif number == 13 or (number == 14 and value != 0):
            raise ModelRefused("the model keeps weights in another file")
    return name


def _named(entry: bytes) -> tuple[str, tuple[int | None, ...]]:
    name = ""
    shape: tuple[int | None, ...] = ()
    for number, value in _fields(entry):
        if number == 1:
            name = _text(value)
        elif number == 2:
            shape = _shape_of_type(_block(value))
    return name, shape


def _shape_of_type(kind: bytes) -> tuple[int | None, ...]:
    for number, value in _fields(kind):
        if number != 1:
            raise ModelRefused("an input or output of the model is no array of numbers")
        for inner, part in _fields(_block(value)):
            if inner == 1 and part != 1:
                raise ModelRefused("an input or output of the model is not of 32-bit floating-point numbers")
            if inner == 2:
                return tuple(_side(_block(side)) for _, side in _fields(_block(part)))
    return ()


def _side(entry: bytes) -> int | None:
    for number, value in _fields(entry):
        if number == 1 and isinstance(value, int):
            return value
    return None


def _text(value: int | bytes) -> str:
    return _block(value).decode("utf-8", "replace")


def _block(value: int | bytes) -> bytes:
    if isinstance(value, int):
        raise ValueError("a number where a block should stand")
    return value


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Numbers and values of a message's fields, in order."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        number, kind = key >> 3, key & 7
        if number == 0:
            raise ValueError("field 0")
        if kind == _VARINT:
            value, at = _varint(message, at)
            yield number, value
            continue
        if kind == _BYTES:
            length, at = _varint(message, at)
        else:
            length = {_FIXED64: 8, _FIXED32: 4}.get(kind, -1)
        if length < 0 or at + length > len(message):
            raise ValueError("a block runs past the end")
        yield number, message[at : at + length]
        at += length


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise ValueError("a number without an end")
