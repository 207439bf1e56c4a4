"""Fluoroscopy assistant: what the program is, without its window."""

import os

__version__ = "0.2.0"

# Here, because every process of the program comes by here before it does anything, and its children take both over:
# what it writes shows patients and is its user's alone, and the models' runtime, which reads this when it is loaded,
# keeps no id of the machine and asks for no collector of its maker (tests/faults/test_F_75_quiet.py).
os.umask(0o077)
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
