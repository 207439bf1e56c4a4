"""Training: clips that stop before the outcome, answers, when a case comes back, and how well people agree."""
