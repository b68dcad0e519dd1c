"""The use cases of payments: taking money, giving it back, and going on after a fault."""
