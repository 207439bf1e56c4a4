"""The shapes of one view's leaks into a disc: after the alarms have gone out, and at their cost of nothing.

A shape says more of a leak that is told already. Whatever goes wrong here (a model that raises, a patch that cannot be
cut) costs the shape alone: it is undetermined, with the fault as its reason, and the picture's distances, leaks and
alarms stand as they were found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from assistant.errors import describe
from assistant.language import sentence
from assistant.leak_shape.model_protocol import ShapeModel
from assistant.leak_shape.patch import (
    Endplate,
    LeakPatch,
    SeenPatch,
    endplate_on_lattice,
    leak_patch,
    seen_patch,
)
from assistant.lines import Line
from assistant.quick_steps import QuickSteps
from assistant.steps.cement import MaskMemory, ground_of
from assistant.steps.leak_shape import ShapeMemory, classify, classify_by_geometry, undetermined
from assistant.steps.leaks import keep_shape, weighed_shape
from assistant.vocabulary import CementMask, Leak, LeakSite, Shape, Unknown


@dataclass(slots=True, eq=False)
class LeakTyping:
    """The shapes of one planned view.

    Attributes
    ----------
    quick : QuickSteps
    mask : MaskMemory
        Of the cement step.
    fault : str
        A sentence of the first fault of the program in here; empty while there was none.
    """

    quick: QuickSteps
    mask: MaskMemory
    fault: str = ""
    _endplates: dict[LeakSite, Endplate] = field(default_factory=dict)
    _memories: dict[LeakSite, ShapeMemory] = field(default_factory=dict)

    def typed(
        self,
        model: ShapeModel | Unknown | None,
        leaks: Sequence[Leak],
        cement: CementMask,
        frame_index: int,
        film_s: float,
    ) -> tuple[Leak, ...]:
        """The leaks of a picture, each into a disc with its shape; never raises.

        Parameters
        ----------
        model : ShapeModel, Unknown or None
            Unknown: why there is none; None: none is wanted.
        leaks : sequence of Leak
        cement : CementMask
            Of the same picture.
        frame_index : int
        film_s : float
            The beam was on so long before that picture.
        """
        return tuple(
            self._with_shape(model, leak, cement, frame_index, film_s) if is_untyped(leak) else leak for leak in leaks
        )

    def seen(self) -> dict[LeakSite, SeenPatch]:
        """The newest picture of each leak that the model's answer rests on."""
        lattice = self.mask.baseline
        newest = {site: memory.newest for site, memory in self._memories.items() if memory.newest is not None}
        return {site: seen_patch(k, patch, lattice.crop, lattice.step) for site, (k, patch) in newest.items()}

    def _with_shape(
        self, model: ShapeModel | Unknown | None, leak: Leak, cement: CementMask, frame_index: int, film_s: float
    ) -> Leak:
        try:
            typed = replace(leak, shape=self._shape(model, leak, cement, frame_index, film_s))
            keep_shape(self.quick.leaks, typed)
        except Exception as error:
            return self._untold(leak, describe(error), frame_index)
        return typed

    def _untold(self, leak: Leak, fault: str, frame_index: int) -> Leak:
        """A fault in one picture: what earlier pictures said of the leak together stands, else its shape is open."""
        self.fault = self.fault or (
            sentence(
                f"The shape of a leak could not be told from frame {frame_index} on because of a fault in the program "
                f"({fault}); distances and alarms are not touched by it. Please report it."
            )
        )
        untyped = replace(leak, shape=undetermined(sentence(f"a fault in the program: {fault}")))
        try:
            keep_shape(self.quick.leaks, untyped)
            weighed = weighed_shape(self.quick.leaks, leak.site)
        except Exception:
            return untyped  # the fault lies in what is kept: it is named above
        return untyped if weighed is None else replace(leak, shape=weighed)

    def _shape(
        self, model: ShapeModel | Unknown | None, leak: Leak, cement: CementMask, frame_index: int, film_s: float
    ) -> Shape:
        maps = self.quick.maps
        is_superior = leak.site is LeakSite.SUPERIOR_DISC
        endplate = maps.mm[Line.SUPERIOR_ENDPLATE if is_superior else Line.INFERIOR_ENDPLATE]
        rule = classify_by_geometry(cement.mask, endplate, maps.mm_per_px)
        memory = self._memories.setdefault(leak.site, ShapeMemory())
        patch = Unknown("no model is wanted") if model is None else self._patch(leak.site)
        return classify(memory, model, leak.site, frame_index, patch, rule, film_s=film_s)

    def _patch(self, site: LeakSite) -> LeakPatch | Unknown:
        """What a shape model is given of a leak in the picture just measured."""
        planned, baseline = self.quick.planned, self.mask.baseline
        if not planned.is_lateral:
            return Unknown("the shape is judged in the lateral view only")
        if site not in self._endplates:
            self._endplates[site] = endplate_on_lattice(planned, self.quick.maps, site, baseline.crop, baseline.step)
        ground = ground_of(baseline, self.mask.mask, self.mask.smoothed, planned.mm_per_px)
        return ground if isinstance(ground, Unknown) else leak_patch(ground, self._endplates[site])


def is_untyped(leak: Leak) -> bool:
    """Whether a leak has a shape that nobody has looked at yet."""
    return leak.shape is None and leak.site in (LeakSite.SUPERIOR_DISC, LeakSite.INFERIOR_DISC)
