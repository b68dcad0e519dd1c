"""The rules of notification: what is said, and what becomes of a message on its way."""
