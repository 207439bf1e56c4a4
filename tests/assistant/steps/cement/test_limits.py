"""The numbers of the step: each has a unit, a source and a reader; others can be tried; none stands beside the tree."""

import ast
import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.errors import UsageError
from assistant.steps import cement
from assistant.steps.cement.limits import USUAL_LIMITS, CementLimits, limits_with

FOLDER = Path(cement.__file__).parent
LIMITS = sorted(FOLDER.glob("*_limits.py"))
# Not numbers of the step: the scale of the logarithm is the unit in which all of it is said.
MATHEMATICS = {"_LOG_SCALE", "_ROOM"}
"""What no picture is judged by: a scale, and how many pictures a memory holds at most."""
LAYOUT = "reader_inputs.py"
"""Its numbers are those that a network has learned from: another number needs another network, none can be tried."""


def field_docs(path: Path) -> Iterator[tuple[str, str, str]]:
    """Class, field and what is said of it."""
    for group in ast.parse(path.read_text(encoding="utf-8")).body:
        if not isinstance(group, ast.ClassDef):
            continue
        for node, after in zip(group.body, [*group.body[1:], None], strict=True):
            if isinstance(node, ast.AnnAssign) and not isinstance(node.value, ast.Call):
                said = (
                    after.value.value if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) else ""
                )
                assert isinstance(node.target, ast.Name)
                yield group.name, node.target.id, str(said)


@pytest.mark.parametrize("path", LIMITS, ids=lambda path: path.stem)
def test_each_number_says_its_source(path: Path) -> None:
    bare = [f"{group}.{name}" for group, name, said in field_docs(path) if "[P]" not in said and "doi" not in said]
    assert not bare


def test_each_number_is_read_in_the_step() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("*.py") if path not in LIMITS)
    names = {(group, name) for path in LIMITS for group, name, _ in field_docs(path) if group != "PolarityWeights"}
    assert len(names) > 190
    assert not [pair for pair in sorted(names) if not re.search(rf"\.{pair[1]}\b", code)]


def test_no_number_of_the_step_stands_beside_the_tree() -> None:
    beside = [
        f"{path.name}: {ast.unparse(node)}"
        for path in FOLDER.glob("*.py")
        if path.name != LAYOUT
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        and isinstance(node.value, ast.Constant | ast.Tuple | ast.UnaryOp)
        and ast.unparse(node.targets[0] if isinstance(node, ast.Assign) else node.target) not in MATHEMATICS
    ]
    assert not beside


def test_another_number_is_taken_and_all_others_stay() -> None:
    tried = limits_with(["edge.share=0.25", "glare.widths_mm=1.0,3", "tone.steps=9", "polarity.weights.steel=8"])
    assert tried.edge == dataclasses.replace(USUAL_LIMITS.edge, share=0.25)
    assert tried.glare.widths_mm == (1.0, 3.0)
    assert tried.tone.steps == 9
    assert tried.polarity.weights.steel == 8.0
    assert tried.noise is USUAL_LIMITS.noise
    assert limits_with([]) == USUAL_LIMITS == CementLimits()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("edge.share", "say NAME=VALUE"),
        ("edges.share=1", 'there is no "edges"; there are baseline,'),
        ("edge.shares=1", 'there is no "shares"; there are share,'),
        ("edge=1", "edge is a group; name one of edge.share,"),
        ("edge.share.more=1", "share is a number"),
        ("edge.share=much", '"much" is not a number'),
        ("tone.steps=1.5", '"1.5" is not a whole number'),
        ("glare.widths_mm=1;2", '"1;2" is not numbers with commas'),
    ],
)
def test_what_is_no_limit_is_refused_with_what_there_is(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=re.escape(says)):
        limits_with([text])
