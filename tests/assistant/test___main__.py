"""``python -m assistant``."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_it_is_the_command_line_and_loads_no_qt() -> None:
    program = (
        "import runpy, sys; sys.argv = ['assistant', '--version']\n"
        "try:\n    runpy.run_module('assistant', run_name='__main__')\n"
        "finally:\n    print(any(name.startswith('PyQt') for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert done.stdout.split()[0::2] == ["fluoro-assistant", "False"]
