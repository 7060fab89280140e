"""What the law says, as data: the EU, areas with rules of their own, VAT rates with their dates."""
