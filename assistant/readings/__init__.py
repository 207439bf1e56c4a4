"""What becomes of a reading: what is kept of it, its row of the table, its line."""
