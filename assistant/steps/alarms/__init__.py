"""Alarms: which conditions of the alarm table stand; its face. Nothing outside imports the inside."""

from assistant.steps.alarms.alarms import acknowledge, acknowledged, alarms_at_end, all_alarms, update_alarms
from assistant.steps.alarms.memory import AlarmInput, AlarmMemory, AlarmOutcome

__all__ = [
    "AlarmInput",
    "AlarmMemory",
    "AlarmOutcome",
    "acknowledge",
    "acknowledged",
    "alarms_at_end",
    "all_alarms",
    "update_alarms",
]
