"""Where a set-up stands: what was chosen, placed and said so far. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, field

from assistant.errors import UsageError
from assistant.language import sentence, tr
from assistant.live.status import LiveStatus
from assistant.plan import Plan, plan_from_document
from assistant.run_facts import RunFacts
from assistant.setup.model import SetUp, SetView, Step
from assistant.setup.sources import SourceChoice
from ui.setup.polarity import AskedPolarity
from ui.setup.scale import Scale


@dataclass(slots=True)
class SetupState:
    """The state that the acts change and the screen shows.

    Attributes
    ----------
    setup : SetUp
        Source, level, views with their points, line.
    step : Step
        The present one.
    done : set of Step
    choices, chosen : list of SourceChoice, int
        The sources that can be chosen now, and which one is.
    scale, polarity : Scale, AskedPolarity
    message : str
        What happened last, or what is missing; names of keys as ``[[page:act]]``.
    facts : RunFacts or None
        What the open source says it is.
    status : LiveStatus or None
        Of the session, the newest.
    waits_for_plan : bool
        The lines were handed over; the analysis has not answered yet.
    """

    setup: SetUp
    step: Step = Step.SOURCE
    done: set[Step] = field(default_factory=set)
    choices: list[SourceChoice] = field(default_factory=list)
    chosen: int = 0
    scale: Scale = field(default_factory=Scale)
    polarity: AskedPolarity = field(default_factory=AskedPolarity)
    message: str = ""
    facts: RunFacts | None = None
    status: LiveStatus | None = None
    waits_for_plan: bool = False

    @property
    def owns_picture(self) -> bool:
        """Whether the picture is the still one of this step."""
        return self.step >= Step.POINTS and self.setup.view.still is not None

    def begin_with(self, source: str) -> None:
        """Another source: nothing that was placed or said of the one before holds."""
        self.setup = SetUp(lines=self.setup.lines, source=source)
        self.scale.forget_shaft()
        self.done.clear()
        self.polarity = AskedPolarity()
        self.status, self.facts = None, None

    def next_level(self) -> None:
        """Another level: its points are placed anew, what was done of the level before is open again."""
        before = self.setup.views[0]
        scale, by = before.mm_per_px, before.scale_by
        self.setup.views, self.setup.at = [SetView()], 0
        # The C-arm has not moved for another level: the scale is proposed again, not used.
        self.scale = Scale()
        if scale is not None:
            self.scale.propose(scale, sentence(f"as before: {by}"))
        self.message = (
            tr("Scale of the last level: {scale:.4f} mm/px ({by})", scale=scale, by=by) if scale is not None else ""
        )
        self.done -= {Step.LEVEL, Step.POINTS, Step.SCALE, Step.LINE}

    def plan(self) -> Plan | None:
        """The lines as they stand; None, with the reason as the message, where they cannot be used."""
        try:
            return plan_from_document(self.setup.document(), self.setup.lines)
        except UsageError as error:
            self.message = str(error)
            return None
