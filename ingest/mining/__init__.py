"""Example mining: one pass over a corpus keeps statistics and the texts that fire most."""
