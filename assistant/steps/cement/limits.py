"""All numbers of the cement step in one tree, handed down from the pipeline: `evaluate --limits` tries others.

A number that is pure mathematics (1.4826, the scale of a logarithm) is none of them and stands where it is used.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any, Final

from assistant.errors import UsageError
from assistant.steps.cement.ground_limits import (
    BaselineLimits,
    BladeLimits,
    BreathingLimits,
    CannulaLimits,
    CannulaMotionLimits,
    GlareLimits,
    LearningLimits,
    NoiseLimits,
    SteelLimits,
    ToneLimits,
)
from assistant.steps.cement.mask_limits import (
    BandLimits,
    ComponentLimits,
    EarlierLimits,
    EdgeLimits,
    GasLimits,
    LowContrastLimits,
    OutlineLimits,
    SoftEdgeLimits,
)
from assistant.steps.cement.sign_limits import (
    OppositeGrowthLimits,
    PolarityLimits,
    PolarityWatchLimits,
    SteelBarLimits,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CementLimits:
    """One group of numbers a concern; made once, never changed."""

    baseline: BaselineLimits = field(default_factory=BaselineLimits)
    learning: LearningLimits = field(default_factory=LearningLimits)
    tone: ToneLimits = field(default_factory=ToneLimits)
    breathing: BreathingLimits = field(default_factory=BreathingLimits)
    glare: GlareLimits = field(default_factory=GlareLimits)
    noise: NoiseLimits = field(default_factory=NoiseLimits)
    blade: BladeLimits = field(default_factory=BladeLimits)
    cannula: CannulaLimits = field(default_factory=CannulaLimits)
    steel: SteelLimits = field(default_factory=SteelLimits)
    cannula_motion: CannulaMotionLimits = field(default_factory=CannulaMotionLimits)
    edge: EdgeLimits = field(default_factory=EdgeLimits)
    low_contrast: LowContrastLimits = field(default_factory=LowContrastLimits)
    gas: GasLimits = field(default_factory=GasLimits)
    band: BandLimits = field(default_factory=BandLimits)
    components: ComponentLimits = field(default_factory=ComponentLimits)
    soft_edge: SoftEdgeLimits = field(default_factory=SoftEdgeLimits)
    outline: OutlineLimits = field(default_factory=OutlineLimits)
    earlier: EarlierLimits = field(default_factory=EarlierLimits)
    steel_bar: SteelBarLimits = field(default_factory=SteelBarLimits)
    polarity: PolarityLimits = field(default_factory=PolarityLimits)
    polarity_watch: PolarityWatchLimits = field(default_factory=PolarityWatchLimits)
    opposite_growth: OppositeGrowthLimits = field(default_factory=OppositeGrowthLimits)


USUAL_LIMITS: Final = CementLimits()
"""With which the program runs."""


def limits_with(texts: Iterable[str]) -> CementLimits:
    """The usual limits but for some.

    Parameters
    ----------
    texts : iterable of str
        ``group.name=value`` each, as in ``edge.share=0.25``; several values with commas.

    Raises
    ------
    UsageError
        If there is no such limit, or the value is none for it.
    """
    limits = USUAL_LIMITS
    for text in texts:
        path, equals, value = text.partition("=")
        if not equals:
            raise UsageError(f"--limits {text}: say NAME=VALUE, as in --limits edge.share=0.25")
        limits = _with(limits, path.strip().split("."), value.strip(), text)
    return limits


def _with(group: Any, path: list[str], value: str, text: str) -> Any:
    names = [each.name for each in fields(group)]
    if path[0] not in names:
        raise UsageError(f'--limits {text}: there is no "{path[0]}"; there are {", ".join(names)}')
    now = getattr(group, path[0])
    if is_dataclass(now):
        if len(path) == 1:
            inside = ", ".join(f"{path[0]}.{each.name}" for each in fields(now))
            raise UsageError(f"--limits {text}: {path[0]} is a group; name one of {inside}")
        return replace(group, **{path[0]: _with(now, path[1:], value, text)})
    if len(path) > 1:
        raise UsageError(f"--limits {text}: {path[0]} is a number, with nothing inside it")
    return replace(group, **{path[0]: _value(now, value, text)})


def _value(now: Any, value: str, text: str) -> Any:
    """The text as a value of the same kind as the usual one."""
    try:
        if isinstance(now, tuple):
            return tuple(type(now[0])(part) for part in value.split(","))
        return type(now)(value)
    except ValueError:
        kind = {int: "a whole number", float: "a number"}.get(type(now), f"numbers with commas, as in {now}")
        raise UsageError(f'--limits {text}: "{value}" is not {kind}') from None
