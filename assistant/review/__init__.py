"""A run seen again: what was told on the day, what an analysis found, replay, what-if, and what a reviewer says."""
