"""The review page (F2): a run seen again, measured, corrected, reported."""
