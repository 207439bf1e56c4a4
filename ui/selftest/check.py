"""A check of the self-test, and what it came to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from assistant.errors import AssistantError, describe
from assistant.language import sentence
from assistant.settings.tree import Settings


class CheckStatus(StrEnum):
    """What a check came to; about the equipment, never about a patient."""

    RUNNING = "running"  # sentences
    PASSED = "passed"  # sentences
    NOTE = "works without"  # sentences
    OPEN = "open"  # sentences
    FAILED = "failed"  # sentences


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOutcome:
    """What a check says: the word, and what was measured (or what to do)."""

    status: CheckStatus
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One row of the list."""

    name: str
    run: Callable[[Settings], CheckOutcome]


def run_safely(each: Check, settings: Settings) -> CheckOutcome:
    """Run a check; a check that breaks has failed, and the list goes on."""
    try:
        return each.run(settings)
    except AssistantError as error:
        return CheckOutcome(status=CheckStatus.FAILED, text=str(error))
    except Exception as error:
        return CheckOutcome(status=CheckStatus.FAILED, text=sentence(f"a fault of the program: {describe(error)}"))
