"""Errors split by whose fault they are.

Every text names what was expected, what came, and what to do. The exit status of the command line follows
from the class, so a caller never has to read the text to know what happened.
"""


class AssistantError(Exception):
    """Base of every error that is told to a person in one sentence."""

    exit_status = 1


class UsageError(AssistantError):
    """Arguments or a plan that cannot be used (exit status 2)."""

    exit_status = 2


class InputError(AssistantError):
    """A run that cannot be read, or not to its end (exit status 3)."""

    exit_status = 3


class EnvironmentError_(AssistantError):
    """The world's fault: disk full, device gone, no permission (exit status 4)."""

    exit_status = 4
