"""Model packs: found, verified, and run in a process of their own; a pack that is not what it says is refused."""
