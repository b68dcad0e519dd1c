"""Every query of the payment service."""
