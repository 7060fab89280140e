"""Where invoices go: the port every bookkeeping package fits, and one folder per package."""
