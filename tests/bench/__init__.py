"""`make bench`: what the golden calls cost, as ratios within one run and as CPU-milliseconds for each operation."""
