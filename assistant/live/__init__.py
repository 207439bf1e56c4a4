"""Live use: capture, analysis and watchdog in processes of their own, and the session that joins them. No Qt."""
