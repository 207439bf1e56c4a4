"""What the processes share: memory, the ring of frames, mailboxes, and words as bytes."""
