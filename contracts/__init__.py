"""The generator: turns the protos into stubs, clients, OpenAPI and the event catalogue, and lints them."""
