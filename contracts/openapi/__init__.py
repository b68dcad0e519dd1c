"""OpenAPI 3.1 and the reference page, from the descriptors, their annotations and comments alone."""
