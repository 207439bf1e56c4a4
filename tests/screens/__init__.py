"""Pictures of every page and state, for the documentation and for a look: ``python -m tests.screens [FOLDER]``."""
