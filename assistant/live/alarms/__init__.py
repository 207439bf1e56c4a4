"""Which rows of the alarm table are true now, which alarms stand, and what sounds."""
