"""Every query of the catalogue, one module for each aggregate."""
