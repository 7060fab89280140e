"""What is true without a computer: orders, invoices, money, deciding. Pure: frozen values in, frozen values out."""
