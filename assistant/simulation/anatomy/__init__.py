"""A patient's spine: made from a seed, or read from real surfaces and CT."""
