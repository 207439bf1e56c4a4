"""Fluoroscopy assistant: what the program is, without its window."""

__version__ = "0.1.0"
