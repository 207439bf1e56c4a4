"""A verified pack as the pipeline sees it: one that waits for its answer, and one that never waits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from assistant.leak_shape.model_protocol import ShapeAnswer, ShapeLimits
from assistant.leak_shape.patch import SeenPatch
from assistant.model_packs.model_process import ModelFailure, ModelOutput, ModelProcess
from assistant.model_packs.pack import Pack
from assistant.model_packs.saliency import saliency
from assistant.vocabulary import Leak, LeakSite, ModelIdentity, Saliency, Unknown

LIVE_LIMIT_S = 0.5
"""Later than this an answer is of no use in the theatre (proposal of the reliability facts, A13)."""
PATIENT_LIMIT_S = 20.0
"""Offline the same run must give the same answer on a busy machine as on an idle one."""


class _ShapeModel:
    """What both have in common."""

    def __init__(self, pack: Pack, process: ModelProcess | None = None) -> None:
        self._pack = pack
        self._process = ModelProcess(pack) if process is None else process

    @property
    def identity(self) -> ModelIdentity:
        """Name and checksum of the pack."""
        return self._pack.identity

    @property
    def limits(self) -> ShapeLimits:
        """From the pack."""
        return self._pack.limits

    def warm(self) -> None:
        """Start the process now rather than at the first leak."""
        self._process.start()

    def close(self) -> None:
        """End the process."""
        self._process.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class WaitingShapeModel(_ShapeModel):
    """For recorded runs: waits for each answer, so that the same run always gives the same one."""

    def explained(self, leaks: Sequence[Leak], seen: Mapping[LeakSite, SeenPatch]) -> tuple[Leak, ...]:
        """The same leaks, with what each answer of this model hangs on where that can be worked out.

        Parameters
        ----------
        leaks : sequence of Leak
        seen : mapping
            Of `assistant.pipeline.Pipeline.seen_by_model`.
        """
        return tuple(self._explained(leak, seen.get(leak.site)) for leak in leaks)

    def _explained(self, leak: Leak, seen: SeenPatch | None) -> Leak:
        if leak.shape is None or seen is None or seen.frame_index not in leak.shape.frames:
            return leak
        values = saliency(self._process, seen.values, PATIENT_LIMIT_S)
        if isinstance(values, Unknown):
            return leak
        explanation = Saliency(
            frame_index=seen.frame_index, values=values, reference_from_patch=seen.reference_from_patch
        )
        return replace(leak, shape=replace(leak.shape, saliency=explanation))

    def ask(self, site: LeakSite, frame_index: int, values: NDArray[np.float32]) -> tuple[ShapeAnswer, ...] | Unknown:
        """See `assistant.leak_shape.model_protocol.ShapeModel.ask`."""
        output = self._process.ask(values[None], PATIENT_LIMIT_S)
        if isinstance(output, Unknown):
            return output
        return (_answer(frame_index, output),)


class LiveShapeModel(_ShapeModel):
    """For live runs: hands the newest patch over and takes what is answered; an alarm never waits for it."""

    def __init__(self, pack: Pack, process: ModelProcess | None = None, limit_s: float = LIVE_LIMIT_S) -> None:
        super().__init__(pack, process)
        self._limit_s = limit_s
        self._asked: dict[int, tuple[LeakSite, int]] = {}
        self._ready: dict[LeakSite, list[ShapeAnswer]] = {}

    def ask(self, site: LeakSite, frame_index: int, values: NDArray[np.float32]) -> tuple[ShapeAnswer, ...] | Unknown:
        """See `assistant.leak_shape.model_protocol.ShapeModel.ask`."""
        try:
            self._keep(self._process.take(self._limit_s).items())
            # One question at a time and site: a slow model is not buried under pictures.
            if site not in {asked for asked, _ in self._asked.values()}:
                self._asked[self._process.send(values[None])] = (site, frame_index)
        except ModelFailure as failure:
            self._asked.clear()
            return Unknown(str(failure))
        return tuple(self._ready.pop(site, ()))

    def _keep(self, done: Iterable[tuple[int, ModelOutput]]) -> None:
        for token, output in done:
            site, frame_index = self._asked.pop(token)
            self._ready.setdefault(site, []).append(_answer(frame_index, output))


def _answer(frame_index: int, output: ModelOutput) -> ShapeAnswer:
    spike, round_, open_ = (float(p) for p in output.p[0])
    return ShapeAnswer(
        frame_index=frame_index,
        probabilities=(spike, round_, open_),
        strangeness=float(output.strangeness[0]),
    )
