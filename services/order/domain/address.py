"""Postal addresses of orders."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Address:
    """Where something is sent, or who is billed."""

    name: str
    line1: str
    line2: str
    city: str
    region: str
    postal_code: str
    country: str
    phone: str
