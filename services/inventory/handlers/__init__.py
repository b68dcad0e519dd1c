"""What inventory does, one module for each aggregate."""
