"""Training of the model packs: from nothing to a verified pack with one command, ``python -m models.training``."""

import assistant  # noqa: F401  first: it keeps the runtime quiet that the modules here load
