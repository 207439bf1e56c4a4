"""How cement spreads, and where it leaves the body."""
