"""Training of the model packs: from nothing to a verified pack with one command, ``python -m models.training``."""
