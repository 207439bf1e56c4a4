"""Which way round a run is shown: judged from its reference frames and later ones, and watched to the end.

The first thing taken for cement proves nothing: a phantom of the wrong sign comes first as well. So both signs are
watched for as long as the run lasts, and a sign that nothing has said clearly is asked of further pictures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.acquisition import Acquisition
from assistant.geometry import Similarity, apply
from assistant.language import sentence
from assistant.plan import PlannedView
from assistant.steps.cement.limits import USUAL_LIMITS, CementLimits
from assistant.steps.cement.memory import MaskMemory, turn_round
from assistant.steps.cement.opposite_growth import OppositeGrowth, grows_opposite
from assistant.steps.cement.polarity import Body, Polarity, judged, log_odds_of, stated_polarity
from assistant.vocabulary import Frame, ShownPolarity


@dataclass(slots=True, eq=False)
class _Evidence:
    """What the pictures of one view have said so far."""

    log_odds: list[float]
    pictures: int = 0
    grown: float = 0.0
    """What the last thing that grew with the other sign says: it outweighed what had been taken for cement before."""
    growth: OppositeGrowth = field(default_factory=OppositeGrowth)
    grew_in: int | None = None


class PolarityWatch:
    """The sign of each planned view of a run.

    Parameters
    ----------
    views : sequence of PlannedView
    references : sequence of Frame
        The reference frame of each.
    limits : CementLimits
        The numbers of the step.
    """

    def __init__(
        self, views: Sequence[PlannedView], references: Sequence[Frame], limits: CementLimits = USUAL_LIMITS
    ) -> None:
        self._views = views
        self._limits = limits
        self._evidence = [
            _Evidence([] if view.shown is not ShownPolarity.NOT_KNOWN else [_log_odds(frame, view, None, limits)])
            for view, frame in zip(views, references, strict=True)
        ]
        self._due: tuple[int, Frame, Similarity] | None = None

    def polarity(self, at: int) -> Polarity:
        """Of one view: what a person said of it, what its pictures say, else what is known of another view."""
        own = self._own(at)
        if own.is_known:
            return own
        others = [one for k in range(len(self._views)) if (one := self._own(k)).is_known]
        return max(others, key=lambda one: abs(one.log_odds), default=own)

    def look(self, at: int, frame: Frame, similarity: Similarity, memory: MaskMemory) -> None:
        """Keep a view's sign to what is known of it; another picture of it is due to be judged while nothing is clear.

        Once something is taken for cement only what says it clearly turns the sign round.
        """
        evidence, limits = self._evidence[at], self._limits.polarity_watch
        evidence.pictures += 1
        # Judged later, in `judge_due`: it takes longer than a picture may wait for its alarms.
        clear = abs(self._own(at).log_odds) >= limits.clear_log_odds
        if self._views[at].shown is ShownPolarity.NOT_KNOWN and not clear and evidence.pictures in limits.look_again_at:
            self._due = at, frame, similarity
        # Another view may have told the sign since.
        if not memory.started or abs(self.polarity(at).log_odds) >= limits.clear_log_odds:
            self._keep(at, memory)

    def judge_due(self) -> None:
        """Judge the picture that is due, after its alarms have gone out: it takes as long as some pictures do."""
        if self._due is None:
            return
        at, frame, similarity = self._due
        self._due = None
        self._evidence[at].log_odds.append(_log_odds(frame, self._views[at], similarity, self._limits))

    def grows(self, at: int, frame_index: int, memory: MaskMemory, beam: Acquisition) -> bool:
        """Whether something grows with the other sign in the picture that the cement step has just looked at.

        Where the sign was not told clearly this settles it, unless what was taken for cement weighs as much: cement is
        looked for with the other one from then on.
        """
        evidence, limits = self._evidence[at], self._limits.polarity_watch
        grown = grows_opposite(evidence.growth, memory, beam)
        if grown is None:
            return False
        evidence.grew_in = frame_index if evidence.grew_in is None else evidence.grew_in
        # A person's word is never overruled, only contradicted in the notes.
        if self._views[at].shown is ShownPolarity.NOT_KNOWN and grown.outweighs >= limits.outweighs:
            evidence.grown = -memory.baseline.sign * limits.growth_log_odds
            self._keep(at, memory)
        return True

    def notes(self) -> tuple[str, ...]:
        """What is assumed of the sign, or was wrong with it, in sentences."""
        notes = []
        for at, view in enumerate(self._views):
            polarity, evidence = self.polarity(at), self._evidence[at]
            cement = "dark" if polarity.sign > 0 else "bright"
            if evidence.grew_in is not None:
                notes.append(
                    sentence(
                        f"In the {view.view} view something grew from frame {evidence.grew_in} on with the sign that "
                        f"cement was not expected to have; cement is looked for as {cement}. Check whether the picture "
                        f'is native or inverted and say it in the plan ("polarity").'
                    )
                )
            elif not polarity.is_known:
                notes.append(
                    sentence(
                        f"Whether the picture of the {view.view} view is native or inverted is not known; cement is "
                        f'looked for as {cement}. Say it in the plan ("polarity": "native" or "inverted").'
                    )
                )
        return tuple(notes)

    def _own(self, at: int) -> Polarity:
        shown = self._views[at].shown
        evidence = self._evidence[at]
        return (
            judged([*evidence.log_odds, evidence.grown], self._limits)
            if shown is ShownPolarity.NOT_KNOWN
            else stated_polarity(shown)
        )

    def _keep(self, at: int, memory: MaskMemory) -> None:
        if self.polarity(at).sign != memory.baseline.sign:
            growth = self._evidence[at].growth
            turn_round(memory, growth.before if growth.is_seen else None)
            self._evidence[at].growth = OppositeGrowth()


def _log_odds(frame: Frame, view: PlannedView, similarity: Similarity | None, limits: CementLimits) -> float:
    superior, inferior = view.superior, view.inferior
    if similarity is not None:
        matrix = similarity.current_from_reference()
        superior, inferior = apply(matrix, superior), apply(matrix, inferior)
    scale = view.mm_per_px / (similarity.scale if similarity is not None else 1.0)
    body = Body(superior_px=superior, inferior_px=inferior, is_lateral=view.is_lateral, mm_per_px=scale)
    return log_odds_of(frame.grey, frame.white, body, limits)
