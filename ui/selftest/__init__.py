"""The self-test page (F5): start of the list."""
