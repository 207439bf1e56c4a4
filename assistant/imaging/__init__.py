"""Pixels without meaning: resampling, robust statistics, the X-ray field, the pictures on a screen, subtraction."""
