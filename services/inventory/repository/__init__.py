"""Every query of inventory, one module for each aggregate."""
