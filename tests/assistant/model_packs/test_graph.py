"""Models made by hand, byte by byte: the program must not need a library to refuse them."""

from collections.abc import Callable

import numpy as np
import pytest

from assistant.model_packs.graph import ModelRefused, check_graph
from assistant.model_packs.pack import Pack


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def block(field: int, *parts: bytes | str) -> bytes:
    content = b"".join(part.encode() if isinstance(part, str) else part for part in parts)
    return varint(field << 3 | 2) + varint(len(content)) + content


def varint(value: int) -> bytes:
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def array(field: int, name: str, *sides: int | str, kind: int = 1) -> bytes:
    dims = [block(1, number(1, side) if isinstance(side, int) else block(2, side)) for side in sides]
    return block(field, block(1, name), block(2, block(1, number(1, kind), block(2, *dims))))


def node(kind: str, *more: bytes) -> bytes:
    return block(1, block(1, "leak"), block(2, "p"), block(4, kind), *more)


IN, OUT = array(11, "leak", "n", 5, 64, 64), array(12, "p", "n", 3)
WEIGHT = block(5, number(1, 3), number(2, 1), block(8, "w"), block(9, b"\0" * 12))


def model(*graph: bytes, opset: int = 18, more: bytes = b"") -> bytes:
    return number(1, 10) + block(7, *graph) + block(8, block(1, ""), number(2, opset)) + more


def test_a_plain_graph_passes_and_tells_its_inputs_and_outputs() -> None:
    facts = check_graph(model(node("Relu"), WEIGHT, IN, OUT))
    assert facts.opset == 18
    assert facts.inputs == {"leak": (None, 5, 64, 64)}
    assert facts.outputs == {"p": (None, 3)}


def test_the_shipped_model_passes(pack: Pack) -> None:
    facts = check_graph(pack.model)
    assert facts.inputs == {"leak": (None, 5, 64, 64)}
    assert facts.outputs == {"p": (None, 3), "strangeness": (None, 1)}


external = block(5, block(8, "w"), block(13, block(1, "location"), block(2, "../../etc/passwd")))
inner = block(7, node("Relu"))
CRAFTED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "no graph"),
    "no graph": (number(1, 10), "no graph"),
    "no operator": (model(IN, OUT), "0 operators"),
    "too many operators": (model(*[node("Relu")] * 501, IN, OUT), "501 operators"),
    "weights in another file": (model(node("Relu"), external, IN, OUT), "another file"),
    "weights said to be elsewhere": (model(node("Relu"), block(5, number(14, 1)), IN, OUT), "another file"),
    "weights elsewhere in an attribute": (
        model(node("Constant", block(5, block(1, "value"), block(5, block(13, "x")))), IN, OUT),
        "another file",
    ),
    "weights elsewhere in a list of an attribute": (
        model(node("Constant", block(5, block(10, number(14, 1)))), IN, OUT),
        "another file",
    ),
    "a function": (model(node("Relu"), IN, OUT, more=block(25, block(1, "f"))), "functions"),
    "training steps": (model(node("Relu"), IN, OUT, more=block(20, b"")), "functions"),
    "foreign operators": (model(node("Relu"), IN, OUT, more=block(8, block(1, "com.evil"), number(2, 1))), "foreign"),
    "a foreign operator": (model(node("Relu", block(7, "com.microsoft")), IN, OUT), "foreign"),
    "an endless loop": (model(node("Loop", block(5, block(6, inner))), IN, OUT), "within the graph"),
    "a branch": (model(node("If", block(5, block(11, inner))), IN, OUT), "within the graph"),
    "a loop without a body": (model(node("Loop"), IN, OUT), "'Loop'"),
    "an operator that reads files": (model(node("ReadFile"), IN, OUT), "'ReadFile'"),
    "an operator that grows": (model(node("Expand"), IN, OUT), "'Expand'"),
    "random numbers": (model(node("RandomNormal"), IN, OUT), "'RandomNormal'"),
    "no operator's name": (model(block(1, b""), IN, OUT), "''"),
    "sparse weights": (model(node("Relu"), block(15, b""), IN, OUT), "sparse"),
    "sparse weights in an attribute": (model(node("Constant", block(5, block(22, b""))), IN, OUT), "sparse"),
    "whole numbers in": (model(node("Relu"), array(11, "leak", 1, kind=7), OUT), "floating-point"),
    "words out": (model(node("Relu"), IN, array(12, "p", 1, kind=8)), "floating-point"),
    "a sequence out": (model(node("Relu"), IN, block(12, block(1, "p"), block(2, block(4, b"")))), "no array"),
    "cut off": (model(node("Relu"), IN, OUT)[:-5], "no whole ONNX"),
    "a length past the end": (b"\x3a\xff\xff\xff\xff\x0f", "no whole ONNX"),
    "a number without an end": (b"\xff" * 20, "no whole ONNX"),
    "field zero": (b"\x00\x01", "no whole ONNX"),
    "an old group": (b"\x0b\x0c", "no whole ONNX"),
    "a number for a graph": (number(7, 3), "no whole ONNX"),
    "text": (b"MODEL " * 100, "ONNX|graph|foreign"),
}


@pytest.mark.parametrize("case", CRAFTED)
def test_a_crafted_model_is_refused_before_anything_runs_it(case: str) -> None:
    content, word = CRAFTED[case]
    with pytest.raises(ModelRefused, match=word):
        check_graph(content)


def test_damaged_models_are_refused_or_still_harmless_and_never_crash(pack: Pack) -> None:
    rng = np.random.default_rng(11)
    small = model(node("Relu"), WEIGHT, IN, OUT)
    for original in (pack.model, small):
        for _ in range(150):
            content = bytearray(original)
            for at in rng.integers(0, min(len(content), 4000), int(rng.integers(1, 6))):
                content[at] = int(rng.integers(256))
            outcome(check_graph, bytes(content[: rng.integers(1, len(content) + 1)]))


def outcome(check: Callable[[bytes], object], content: bytes) -> str:
    try:
        check(content)
    except ModelRefused as refused:
        return str(refused)
    return ""
