"""The acts of `souk demo`."""
