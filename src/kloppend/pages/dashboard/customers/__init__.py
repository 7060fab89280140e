"""Customers: whose an order is when one e-mail address has several, and where guests without an address go."""
