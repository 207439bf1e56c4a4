"""Faults F-45 to F-50 of the catalogue: a model that is not what it should be is refused or stopped; the rest works."""

import base64
import json
import shutil
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from assistant.leak_shape.model_protocol import ShapeModel
from assistant.leak_shape.patch import LeakPatch
from assistant.model_packs.finding import find_pack
from assistant.model_packs.graph import ModelRefused
from assistant.model_packs.model_process import ModelProcess
from assistant.model_packs.pack import SUMS, Pack, read_pack, sha256_of, sums_of
from assistant.model_packs.shape_models import LiveShapeModel, WaitingShapeModel
from assistant.steps.leak_shape import MODEL, ShapeMemory, classify
from assistant.system.places import models_folder
from assistant.vocabulary import LeakSite, Shape, Unknown
from tests.waiting import HUNG_S, wait_until

UP = LeakSite.SUPERIOR_DISC
RULE = Shape(label="round", p_spike=0.2, model=MODEL)
PATCH = LeakPatch(
    values=np.zeros((5, 64, 64), np.float32),
    height_mm=5.0,
    area_mm2=20.0,
    blur_mm=1.0,
    lattice_from_patch=np.eye(2, 3),
)


@pytest.fixture(scope="module")
def pack() -> Pack:
    return read_pack(models_folder() / "leak_shape")


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(models_folder() / "leak_shape", tmp_path / "leak_shape"))


def meant(folder: Path, model: bytes) -> None:
    """Put another model in, with manifest and sums made right, as somebody would who means it."""
    (folder / "model.onnx").write_bytes(model)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    manifest["model_sha256"] = sha256_of(model)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    (folder / SUMS).write_bytes(sums_of({p.name: p.read_bytes() for p in folder.iterdir() if p.name != SUMS}))


def test_f45_a_thousand_changed_bytes_are_a_thousand_refusals(copied: Path, tmp_path: Path) -> None:
    rng = np.random.default_rng(45)
    files = sorted(path for path in copied.iterdir())
    refusals = 0
    for k in range(1000):
        path = files[k % len(files)]
        content = path.read_bytes()
        at = int(rng.integers(len(content)))
        path.write_bytes(content[:at] + bytes([content[at] ^ int(rng.integers(1, 256))]) + content[at + 1 :])
        found = find_pack(tmp_path / "none", came_with=copied)
        refusals += found.pack is None and len(found.refused) == 1
        path.write_bytes(content)
    assert refusals == 1000
    assert find_pack(tmp_path / "none", came_with=copied).pack is not None


def field(number: int, content: bytes) -> bytes:
    length = len(content)
    assert length < 128
    return bytes([number << 3 | 2, length]) + content


def output(name: bytes, sides: int) -> bytes:
    dims = field(1, b"\x08\x01") + field(1, bytes([8, sides]))
    return field(12, field(1, name) + field(2, field(1, b"\x08\x01" + field(2, dims))))


def with_more(model: bytes, more: bytes) -> bytes:
    """The shipped model with something put at the end of its graph (fields of one message may come in pieces)."""
    return model + field(7, more)


CRAFTED: dict[str, Callable[[bytes], bytes]] = {
    "an output more": lambda model: with_more(model, output(b"extra", 1)),
    "an input more": lambda model: with_more(model, field(11, output(b"extra", 1)[2:])),
    "weights in another file": lambda model: with_more(
        model, field(5, field(8, b"w") + field(13, field(1, b"location")))
    ),
    "a link to /etc": lambda model: with_more(model, field(5, field(8, b"w") + field(13, field(2, b"/etc/passwd")))),
    "an endless loop": lambda model: with_more(model, field(1, field(4, b"Loop") + field(5, field(6, b"")))),
    "a foreign operator": lambda model: with_more(model, field(1, field(4, b"Relu") + field(7, b"com.evil"))),
    "foreign operators": lambda model: model + field(8, field(1, b"ai.onnx.ml") + b"\x10\x03"),
    "a function": lambda model: model + field(25, field(1, b"f")),
    "an operator more than it needs": lambda model: with_more(model, field(1, field(4, b"NonZero"))),
    "cut in half": lambda model: model[: len(model) // 2],
    "nothing": lambda model: b"",
    "a picture": lambda model: b"\x89PNG\r\n" + model[6:],
    "a newer opset": lambda model: model + field(8, field(1, b"") + b"\x10\x63"),
}


@pytest.mark.parametrize("case", CRAFTED)
def test_f46_a_crafted_model_is_refused_though_its_sums_are_right(copied: Path, tmp_path: Path, case: str) -> None:
    meant(copied, CRAFTED[case]((copied / "model.onnx").read_bytes()))
    found = find_pack(tmp_path / "none", came_with=copied)
    assert found.pack is None
    shape = classify(ShapeMemory(), Unknown(found.refused[0]), UP, 3, PATCH, RULE, film_s=0.4)
    assert (shape.label, shape.model) == ("round", MODEL)
    assert "refused" in shape.reason


def evil_worker(tmp_path: Path, deed: str) -> Path:
    """The real worker, in which a run after the golden patches does something else."""
    from assistant.model_packs import model_process

    source = model_process.WORKER.read_text("utf-8")
    line = '            p, strangeness = session.run(["p", "strangeness"], {"leak": values})\n'
    assert line in source
    evil = "            if len(values) == 1:\n" + "".join(f"                {part}\n" for part in deed.split("\n"))
    path = tmp_path / "evil.py"
    path.write_text(source.replace(line, line + evil))
    return path


ANSWERS = {
    "not a number": "p = p * np.nan",
    "infinite": "strangeness = strangeness + np.inf",
    "negative": "p = p - 1",
    "not summed": "p = p * 2",
    "more outputs": "p = np.hstack([p, p])",
    "whole memory": "x = [bytearray(1 << 28) for _ in range(64)]",
    "dies": "import os\nos._exit(11)",
}


@pytest.mark.parametrize("case", ANSWERS)
def test_f47_an_answer_that_is_no_probability_is_not_used(pack: Pack, tmp_path: Path, case: str) -> None:
    process = ModelProcess(pack, worker=evil_worker(tmp_path, ANSWERS[case]))
    with WaitingShapeModel(pack, process) as model:
        shape = typed(model)
    assert (shape.label, shape.model) == ("round", MODEL)
    assert shape.reason.startswith("by the geometric rule, the model")


def typed(model: ShapeModel, memory: ShapeMemory | None = None, frame: int = 3) -> Shape:
    return classify(memory or ShapeMemory(), model, UP, frame, PATCH, RULE, film_s=frame / 7.5)


def test_f48_a_slow_model_holds_nobody_up_and_is_replaced(pack: Pack, tmp_path: Path) -> None:
    process = ModelProcess(pack, worker=evil_worker(tmp_path, "import time\ntime.sleep(600)"))
    with LiveShapeModel(pack, process, limit_s=0.2) as model:
        model.warm()
        reasons: list[str] = []

        def look() -> None:
            shape = typed(model)
            assert (shape.label, shape.model) == ("round", MODEL)
            reasons.append(shape.reason)

        # By the rule at once, again and again, while the model is asked: long before it would have answered.
        wait_until(lambda: "did not answer" in reasons[-1], look)
        assert "did not answer within 0.2 s" in reasons[-1]
        assert len(reasons) > 1
        assert process.failures == 1


STRANGE = {
    "grain": lambda rng, golden: rng.uniform(-2, 2, golden.shape),
    "empty": lambda rng, golden: np.zeros(golden.shape),
    "all dark": lambda rng, golden: np.full(golden.shape, 2.0),
    "upside down": lambda rng, golden: golden[:, :, ::-1],
    "stripes": lambda rng, golden: np.broadcast_to(np.sign(np.sin(np.arange(64) * 0.9)) * 1.0, golden.shape),
    "a checkerboard leak": lambda rng, golden: np.broadcast_to(
        (np.indices((64, 64)).sum(axis=0) // 4 % 2).astype(float), golden.shape
    ),
}


@pytest.mark.parametrize("case", STRANGE)
def test_f49_what_is_no_leak_is_left_open(pack: Pack, case: str) -> None:
    rng = np.random.default_rng(49)
    values = np.ascontiguousarray(STRANGE[case](rng, pack.golden), dtype=np.float32)
    process = ModelProcess(pack)
    output = process.ask(values, HUNG_S)
    process.stop()
    assert not isinstance(output, Unknown)
    given = (output.p[:, :2].max(axis=1) >= pack.limits.decide) & (output.strangeness <= pack.limits.strangeness)
    assert given.mean() <= 0.25


def test_f50_a_model_with_other_weights_does_not_start(copied: Path) -> None:
    model = bytearray((copied / "model.onnx").read_bytes())
    # A whole block of weights a tenth larger, somewhere in the middle, where the file holds nothing but weights.
    at = len(model) // 2 & ~3
    block = np.frombuffer(bytes(model[at : at + 4000]), "<f4")
    with np.errstate(all="ignore"):  # not on a number's boundary these are no weights, but other ones all the same
        model[at : at + 4000] = np.nan_to_num(block * np.float32(1.1)).astype("<f4").tobytes()
    meant(copied, bytes(model))
    process = ModelProcess(read_pack(copied))
    trouble = process.make_ready()
    process.stop()
    assert trouble
    assert process.failures == 1


def test_f47_weights_that_are_no_numbers_do_not_let_it_start(copied: Path) -> None:
    model = (copied / "model.onnx").read_bytes()
    temperature = json.loads((copied / "manifest.json").read_bytes())["temperature"]
    sharpness = struct.pack("<f", np.float32(1.0 / temperature))
    assert model.count(sharpness) == 1
    meant(copied, model.replace(sharpness, struct.pack("<f", float("nan"))))
    process = ModelProcess(read_pack(copied))
    trouble = process.make_ready()
    process.stop()
    assert trouble
    assert process.failures == 1


HUGE = (
    "c-o~<O;3YB5M@{@+i46qVrt??4e`Xq=+Su4UQ9^1)SI`Ztk@JN>9(Oi$M{Eep<vZ`bCOAR_q};<=W)D!w{VD7CdC}tbdeDV-=0YI"
    "DoVKnmWzrY-T{XQ0wE?A&r*Lc602yP;U(5rg52*<WU`*hNNfTJ`CQ5}ndRyj-oV7GR?`w2smRKuD12=B`ut<Ss0Tc3NC^51*_WAv"
    "kRjw`W;Z^2ND@3leIzJ-`)TpA%C+^N_L#M{qgKVNu4$lFOHrh<kV<ue1Zi->P1hdRDTMAvTVQOf19cLi+dX!q;Isjol|t8SQPzz<"
    "@*Za{jG+qejDJ*cp@l#T=_Nw%FUIp|n=TFUhyxuUBhWkZp6>g)V-KMu2lqAF?@$(><M&K{<1n_+aOo2}4QpB"
)
"""A model of 557 bytes of permitted operators: it multiplies all pixels with all pixels, 430 GB for the golden patches.

leak -> Reshape to a column, Reshape to a row -> MatMul -> ReduceMax -> added to the logits."""


def test_f47_a_model_that_asks_for_more_memory_than_there_is_is_refused_and_the_program_goes_on(copied: Path) -> None:
    meant(copied, zlib.decompress(base64.b85decode(HUGE)))
    huge = read_pack(copied)  # nothing is wrong with its form
    process = ModelProcess(huge)
    trouble = process.make_ready()
    assert "cannot be run" in trouble
    with WaitingShapeModel(huge, process) as model:
        shape = typed(model)
    assert (shape.label, shape.model) == ("round", MODEL)
    assert shape.reason.startswith("by the geometric rule, the model")


def test_f50_golden_answers_that_are_not_the_models_do_not_let_it_start(copied: Path) -> None:
    manifest = json.loads((copied / "manifest.json").read_bytes())
    manifest["golden"]["p"][5] = manifest["golden"]["p"][5][::-1]
    (copied / "manifest.json").write_text(json.dumps(manifest))
    meant(copied, (copied / "model.onnx").read_bytes())
    process = ModelProcess(read_pack(copied))
    trouble = process.make_ready()
    process.stop()
    assert "golden" in trouble


def test_a_refused_pack_is_one_sentence(copied: Path) -> None:
    (copied / "card.md").write_bytes(b"")
    with pytest.raises(ModelRefused) as refused:
        read_pack(copied)
    assert str(refused.value).count(". ") == 0
    assert "\n" not in str(refused.value)
