"""After a restored backup: a person says, order by order, what is in the books already."""
