"""Shops, who runs them, and whether they may sell.

Emits shop.applied, shop.verified, shop.suspended and shop.updated, each with the shop as it is. Calls nobody.
"""
