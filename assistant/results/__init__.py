"""Writing what an analysis found: the table, the masks, the result document and its summary."""
