"""Credit notes: proposed after booking, made when a person or the merchant's setting says so, and sent on."""
