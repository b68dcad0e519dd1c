"""The seeded catalogue: artisans, their goods and drawn pictures of them."""
