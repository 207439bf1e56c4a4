"""``python -m assistant``: the commands that need no window."""

import sys

from assistant.cli import main

sys.exit(main())
