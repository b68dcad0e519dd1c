"""Catalog owns categories, products, variants with their prices, and the import of product files.

It emits product.created, product.updated, product.archived and price.changed; it keeps copies of shops (from seller's
events) and of what can be bought (from inventory's), and calls seller for a shop that it has not heard of yet.
"""
