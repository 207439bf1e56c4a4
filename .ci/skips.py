"""Prints every skipped test with its reason; with CI=true one that is not on the list below fails.

A test that is silently skipped protects nobody: each reason that may occur on a test machine stands here.
"""

import os
import sys
import xml.etree.ElementTree as ElementTree

ALLOWED = (
    "real data",  # the real recordings lie beside the project only on some machines
    "shared data",
    "shared/data",
    "field cases",  # of the real data
    "small disk cannot be mounted",  # needs root and, in a container, the right to mount
    "no strace or unshare here",
    "refuses an empty network namespace",  # as some containers do
    "only root gives files away",
    "only on Windows",
    "only on macOS",
    "benchmark",
    "this computer does not speak it",  # a language of the system that is not installed
    "the extra train is not installed",  # PyTorch: training happens outside the program
)


def main(report: str) -> int:
    """Read a JUnit report; 1 when a skip is unexpected on a test machine."""
    unexpected = 0
    for case in ElementTree.parse(report).iter("testcase"):
        for skipped in case.iter("skipped"):
            # A module skipped as a whole says only "collection skipped" in its message; the reason is the text.
            reason = f"{skipped.get('message', '')} {skipped.text or ''}".strip()
            allowed = any(word in reason for word in ALLOWED)
            unexpected += not allowed
            sys.stdout.write(
                f"{'skipped' if allowed else 'UNEXPECTED SKIP'}: {case.get('classname')}.{case.get('name')}: {reason}\n"
            )
    if unexpected and os.environ.get("CI") == "true":
        sys.stdout.write(f"{unexpected} tests were skipped for a reason that .ci/skips.py does not list\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
