"""Every query of notification."""
