"""Settings: the tree, the one loader of its file, and its command."""
