"""The case library: cases, levels and runs in one SQLite file, every change logged and undoable."""
