"""The reference page."""


def page(document):
    return "<!doctype html><title>Souk</title>"
