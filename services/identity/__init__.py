"""Accounts, passwords, tokens, sessions, roles, profiles and saved addresses.

Emits user.registered, user.updated and user.deleted. Calls seller, for the shops that an access token carries.
"""
