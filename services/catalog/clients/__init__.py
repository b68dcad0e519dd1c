"""What the catalogue asks others for."""
