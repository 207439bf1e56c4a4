"""From a trained network to ONNX bytes, float and int8, and to a pack that the program accepts."""

from __future__ import annotations

import json
import tempfile
import warnings
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

from assistant.leak_shape.model_protocol import ShapeLimits
from assistant.leak_shape.patch import CHANNELS, LAYOUT, PATCH_MM_PER_PX, PATCH_PX
from assistant.model_packs import pack as packs
from models.training.network import CLASSES, Packed

OPSET = 18
F32 = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CalibratedModel:
    """A calibrated model.

    Attributes
    ----------
    model : bytes
        ONNX.
    limits : ShapeLimits
    temperature : float
    training_data_sha256 : str
    golden : array of uint8
        Patches of the calibration part.
    facts : dict
        Counts for the card.
    """

    model: bytes = field(repr=False)
    limits: ShapeLimits
    temperature: float
    training_data_sha256: str
    golden: NDArray[np.uint8] = field(repr=False)
    facts: dict[str, Any]


def to_onnx(packed: Packed) -> bytes:
    """Export with a free batch size."""
    example = torch.zeros(2, len(CHANNELS), PATCH_PX, PATCH_PX)
    packed.eval()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            packed,
            (example,),
            input_names=[packs.INPUT],
            output_names=list(packs.OUTPUTS),
            opset_version=OPSET,
            dynamic_shapes={"patch": {0: torch.export.Dim("n", min=1, max=1024)}},
            dynamo=True,
            verbose=False,
        )
    model = program.model_proto
    model.producer_version = ""
    # Names of source files on the machine that trained it are nobody's business.
    for holder in (model.graph, *model.graph.node, *model.graph.value_info, *model.graph.input, *model.graph.output):
        del holder.metadata_props[:]
        holder.doc_string = ""
    del model.metadata_props[:]
    del model.graph.value_info[:]
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString(deterministic=True))


def to_int8(model: bytes, examples: Iterable[F32], name_of_input: str = packs.INPUT) -> bytes:
    """The same with 8-bit weights and activations in its convolutions, ranges from examples, batches of one."""

    class Examples(CalibrationDataReader):
        def __init__(self) -> None:
            self._rows = iter(examples)

        def get_next(self) -> dict[str, F32] | None:
            row = next(self._rows, None)
            return None if row is None else {name_of_input: row}

    with tempfile.TemporaryDirectory() as name:
        source, target = Path(name, "float.onnx"), Path(name, "int8.onnx")
        source.write_bytes(model)
        quantize_static(
            source,
            target,
            Examples(),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=["Conv"],
        )
        return target.read_bytes()


def run_onnx(model: bytes, values: F32) -> tuple[F32, F32]:
    """Probabilities (n, 3) and strangeness (n,) of patches, as the program would get them."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    p, strangeness = [], []
    for first in range(0, len(values), 64):
        some, far = session.run(list(packs.OUTPUTS), {packs.INPUT: values[first : first + 64]})
        p.append(some)
        strangeness.append(far[:, 0])
    return np.concatenate(p), np.concatenate(strangeness)


def write_pack(
    folder: Path, *, learned: CalibratedModel, version: str, made: str, card: str, metrics: dict[str, Any]
) -> packs.Pack:
    """Write a pack and read it back as the program does.

    Parameters
    ----------
    folder : Path
    learned : CalibratedModel
    version, made : str
    card : str
        Markdown.
    metrics : dict

    Raises
    ------
    ModelRefused
        If the program would not take it.
    """
    p, strangeness = run_onnx(learned.model, packs.from_bytes(learned.golden))
    manifest = packs.PackManifest(
        schema=packs.SCHEMA,
        name="leak-shape",
        version=version,
        task="leak_shape",
        made=made,
        opset=OPSET,
        input=packs.InputFile(
            name=packs.INPUT, layout=LAYOUT, channels=CHANNELS, size_px=PATCH_PX, mm_per_px=PATCH_MM_PER_PX
        ),
        outputs=packs.OUTPUTS,
        classes=CLASSES,
        limits=packs.LimitsFile(**asdict(learned.limits)),
        temperature=learned.temperature,
        training_data_sha256=learned.training_data_sha256,
        model_sha256=packs.sha256_of(learned.model),
        golden=packs.GoldenFile(
            p=tuple((float(a), float(b), float(c)) for a, b, c in np.round(p.astype(float), 7)),
            strangeness=tuple(float(far) for far in np.round(strangeness.astype(float), 6)),
            tolerance=1e-4,
        ),
    )
    files = {
        "model.onnx": learned.model,
        "golden.bin": learned.golden.tobytes(),
        "manifest.json": msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n",
        "card.md": card.encode(),
        "metrics.json": (json.dumps(metrics, indent=1) + "\n").encode(),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    (folder / packs.SUMS).write_bytes(packs.sums_of(files))
    return packs.read_pack(folder)
