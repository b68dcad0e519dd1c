"""What the catalogue does, one module for each aggregate."""
