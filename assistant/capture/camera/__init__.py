"""A live camera or frame grabber."""
