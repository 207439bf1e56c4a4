"""The page of the case library."""
