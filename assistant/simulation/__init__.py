"""The synthetic fluoroscope: X-ray runs with three-dimensional truth."""
