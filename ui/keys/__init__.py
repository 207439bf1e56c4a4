"""Keys: the one table, what a site changed in it, and from a key event to an act."""
