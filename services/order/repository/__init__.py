"""Every query of order."""
