"""What the picture and the session are, from what is known: pure verdicts."""
