"""The alarm table A1 to A18: what a row is made of, the rows, and how they sound."""
