"""Checkout and orders.

Owns orders, sellers' parts of them, shipments, quotes and the checkout saga; emits order.* and seller_order.*; asks
cart, catalog and seller before a sale, and drives inventory and payment through it.
"""
