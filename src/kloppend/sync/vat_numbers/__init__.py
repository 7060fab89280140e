"""What VIES says of VAT numbers: asked outside every transaction, kept, and read when an order is decided."""
