"""Proposal of the six points of a vertebra in a still picture, for a person to confirm."""

from assistant.landmarks.proposal import Proposal, propose

__all__ = ["Proposal", "propose"]
