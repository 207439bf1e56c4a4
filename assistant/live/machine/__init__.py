"""What the machine does beside us: sleep, clock, battery."""
