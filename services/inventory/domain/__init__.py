"""What may be held, sold and given back, one module for each thing."""
