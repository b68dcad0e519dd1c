"""Every query of identity."""
