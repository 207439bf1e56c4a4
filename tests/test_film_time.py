"""What lasts is counted in film or in exposures (`assistant.acquisition`), never in pictures.

Half a second of film is six pictures at 12.5 a second and a minute of single shots. So each number that counts pictures
on the way of one is named here, with the reason why nobody waits for it. Whoever adds one asks
`Acquisition.has_lasted`, or names it here.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PLACES = ("assistant/steps", "assistant/pipeline.py", "assistant/quick_steps.py", "assistant/leak_typing.py")
COUNTS = re.compile(r"(^|_)(pictures?|frames?|shots?|maxlen|look_again_at)(_|$)", re.IGNORECASE)

NO_WAIT = {
    "alarms/alarms.py": {
        "_LEAD_PICTURES": "how far the console's filter lags, and that is in pictures",
    },
    "alarms/memory.py": {
        "maxlen=_SLOW_WINDOW": "the time that pictures took, for a share of them",
        "_SLOW_WINDOW": "the time that pictures took, for a share of them",
    },
    "approach.py": {
        "_LEAST_PICTURES": "points that a line is fitted to; the window is in seconds of one exposure",
        "_MOST_PICTURES": "the same",
    },
    "cement/ground_limits.py": {
        "most_pictures": "weight of a new one in a mean over grain",
        "suspect_from_pictures": "until then the mean's own grain would be suspected",
        "first_pictures": "so many of a breath span its components",
        "every_pictures": "how often they are worked out anew: a cost",
    },
    "cement/baseline.py": {"maxlen=_ROOM": "room; what is asked of it is in seconds"},
    "cement/opposite_growth.py": {"maxlen=_ROOM": "the same"},
    "cement/soft_edges.py": {"maxlen=_ROOM": "the same"},
    "cement/mask_limits.py": {
        "pictures": "from before the reference frame: one alone is grain",
        "most_pictures": "a mean over grain",
    },
    "cement/polarity_watch.py": {"pictures": "which are judged: a cost"},
    "cement/sign_limits.py": {"look_again_at": "the same"},
    "liveness/screen_watch.py": {
        "_LIVE_WITHIN_FRAMES": "of video frames, not of X-ray: which part of a screen moves",
        "_NEW_PICTURES": "the same",
        "maxlen=_LIVE_WITHIN_FRAMES": "the same",
    },
    "liveness/doubts.py": {
        "_FRAMES": "held frames over which the line's error is averaged",
        "_LEAST_FRAMES": "the same",
        "maxlen=_FRAMES": "the same",
        "maxlen=_MOST": "room",
        "maxlen": "room",
    },
    "liveness/learned_kinds.py": {"_KEY_FRAME": "of a codec"},
    "liveness/seen_pictures.py": {"MOST_PICTURES": "room", "_LATELY": "a sample of how near new ones lie"},
    "lost_pictures.py": {"_frames": "told in the end; nobody waits for them"},
    "motion/limits.py": {
        "template_pictures": "weight of a new one in a mean over grain",
        "structure_pictures": "the same",
        "fell_pictures": "a confidence that falls in one picture alone is grain",
        "usual_pictures": "room: taken in as often as that many lie in a breath",
    },
    "motion/speed.py": {"maxlen=32": "room; what is asked of it is in seconds"},
    "motion/template.py": {"pictures": "as template_pictures"},
    "motion/usual_match.py": {"maxlen=LIMITS.usual_pictures": "as usual_pictures"},
}


def _plain_number(value: ast.expr | None) -> bool:
    values = value.elts if isinstance(value, ast.Tuple) else [value]
    return all(isinstance(each, ast.Constant) and type(each.value) in (int, float) for each in values)


def _targets(node: ast.AST) -> list[ast.AST]:
    """What a number is given to."""
    if isinstance(node, ast.Assign) and _plain_number(node.value):
        return [each for target in node.targets for each in ast.walk(target)]
    if isinstance(node, ast.AnnAssign | ast.AugAssign) and _plain_number(node.value):
        return [node.target]
    return []


def counters(path: Path) -> Iterator[str]:
    """Names of numbers that count pictures, and queues of so many."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield from (f"maxlen={ast.unparse(each.value)}" for each in node.keywords if each.arg == "maxlen")
        for target in _targets(node):
            name = getattr(target, "id", getattr(target, "attr", ""))
            if COUNTS.search(name):
                yield name


def test_whoever_counts_pictures_says_why_nobody_waits_for_them() -> None:
    unnamed = []
    for place in PLACES:
        for path in sorted((ROOT / place).rglob("*.py")) or [ROOT / place]:
            under = path.relative_to(ROOT / "assistant").as_posix().removeprefix("steps/")
            unnamed += [f"{under}: {name}" for name in counters(path) if name not in NO_WAIT.get(under, {})]
    assert unnamed == []


def test_it_finds_what_counts_pictures(tmp_path: Path) -> None:
    """The three that were mended last, as they were written."""
    old = tmp_path / "old.py"
    old.write_text(
        "_ROUTE_PICTURES = 3\nclass Limits:\n    pictures: int = 3\nroutes = deque(maxlen=_ROUTE_PICTURES)\n"
        "watch.pictures += 1\nroom_px = 7\n",
        encoding="utf-8",
    )
    assert set(counters(old)) == {"_ROUTE_PICTURES", "pictures", "maxlen=_ROUTE_PICTURES"}
