"""Who may import whom (pyproject.toml, tool.importlinter), also checked where only the tests run."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

from ui.page import PAGES

ROOT = Path(__file__).resolve().parents[1]
# In a process of its own: the linter sets logging up for itself, and every logger of the program was silent after it.
CODE = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"


def test_import_contracts_hold() -> None:
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", CODE], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def contract(name: str) -> dict[str, Any]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (found,) = [each for each in project["tool"]["importlinter"]["contracts"] if each["name"] == name]
    return found


def test_no_page_and_no_controller_is_left_out_of_its_contract() -> None:
    controllers = {f"ui.{path.parent.name}.controller" for path in (ROOT / "ui").glob("*/controller.py")}
    assert controllers <= set(contract("No Qt in the controllers of the pages")["source_modules"])
    # The set-up is a part of the theatre's page, and the self-test looks at the theatre's picture (pyproject.toml).
    left_out = {"ui.theatre", "ui.selftest"}
    assert {f"ui.{name}" for name in PAGES} - left_out <= set(contract("Pages do not know each other")["modules"])
