"""Carts of customers and guests.

Owns carts and their lines; emits cart.updated and cart.abandoned; asks catalog for prices and inventory for stock,
and takes ordered quantities off when order.paid tells so.
"""
