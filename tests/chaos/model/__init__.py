"""T18: a market in memory, and a machine that tries whether the real one does the same."""
