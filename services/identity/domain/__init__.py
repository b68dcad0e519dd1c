"""The rules of identity: accounts, passwords, sessions, saved addresses."""
