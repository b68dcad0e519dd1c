"""The rules of orders: plain Python, without database or network."""
