"""Inventory owns the stock of each variant and location, reservations, and the movements ledger.

It emits stock.changed, stock.low, stock.reserved, stock.released and stock.committed, follows catalog's products and
order's orders, and calls catalog for a variant that it has not heard of yet.
"""
