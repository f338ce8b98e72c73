"""Jobs: each reads what the one before wrote, and writes a pack of its own tables."""
